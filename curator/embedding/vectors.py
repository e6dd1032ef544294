"""The vectors of examples: prompt and answer apart, and the whole as their sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from curator.errors import UnreadableInput

PROMPT_WEIGHT, ANSWER_WEIGHT = 0.5, 0.5
"""What prompt and answer add to the whole: equal parts, so that neither drowns the other by its length."""

_STEP = 65_536  # examples that are turned into float32 at a time

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Vectors:
    """Unit vectors of `n` examples, or zeros where there is no text.

    Attributes:
        parts: float16 [n, 2, dimensions], prompt and answer.
    """

    parts: npt.NDArray[np.float16]

    def __len__(self) -> int:
        """Examples."""
        return len(self.parts)

    @property
    def prompt(self) -> npt.NDArray[np.float16]:
        """float16 [n, dimensions]."""
        return self.parts[:, 0]

    @property
    def answer(self) -> npt.NDArray[np.float16]:
        """float16 [n, dimensions]."""
        return self.parts[:, 1]

    def whole(self) -> Floats:
        """Unit vectors of prompt and answer together, float32 [n, dimensions]; zeros for an example without text."""
        whole = np.empty((len(self.parts), self.parts.shape[2]), dtype=np.float32)
        for start in range(0, len(whole), _STEP):
            parts = self.parts[start : start + _STEP].astype(np.float32)
            whole[start : start + _STEP] = unit(PROMPT_WEIGHT * parts[:, 0] + ANSWER_WEIGHT * parts[:, 1])
        return whole

    def save(self, path: Path) -> None:
        """Write one .npy file; the caller makes it appear whole."""
        with path.open("wb") as file:
            np.save(file, self.parts, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> "Vectors":
        """Map a file that `save` wrote; nothing is read before it is used.

        Raises:
            UnreadableInput: the file is cut off or not of this kind.
        """
        try:
            parts = np.load(path, mmap_mode="r" if path.stat().st_size > _STEP else None, allow_pickle=False)
        except (ValueError, OSError, EOFError) as problem:
            raise UnreadableInput(f"{path} is damaged ({problem}). Delete it: it will be made again.") from problem
        if parts.ndim != 3 or parts.dtype != np.float16 or parts.shape[1] != 2:
            raise UnreadableInput(f"{path} does not hold vectors. Delete it: it will be made again.")
        return cls(parts)


def joined(blocks: Sequence[Vectors]) -> Vectors:
    """The vectors of a set from those of its blocks, in order."""
    return Vectors(
        np.concatenate([block.parts for block in blocks]) if blocks else np.zeros((0, 2, 1), dtype=np.float16)
    )


def unit(vectors: Floats) -> Floats:
    """Each row divided by its length; zeros stay zeros."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    lengths[lengths == 0] = 1
    result: Floats = (vectors / lengths[:, None]).astype(np.float32)
    return result
