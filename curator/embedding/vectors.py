"""The vectors of examples: prompt and answer apart, and the whole as their sum."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from curator.errors import UnreadableInput

PROMPT_WEIGHT, ANSWER_WEIGHT = 0.5, 0.5
"""What prompt and answer add to the whole: equal parts, so that neither drowns the other by its length."""

_STEP = 2048  # examples that are turned into float32 at a time: they fit a core's cache
_SMALLEST_MAPPED = 1 << 16  # bytes of a file that is mapped, and not read
_SEED = 0

Floats = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]


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

    @cached_property
    def parts_with_text(self) -> npt.NDArray[np.bool_]:
        """Which prompts and answers have a vector, bool [n, 2]."""
        return np.asarray(self.parts.any(axis=2))

    @property
    def with_text(self) -> npt.NDArray[np.bool_]:
        """Which examples have one, bool [n]."""
        return np.asarray(self.parts_with_text.any(axis=1))

    @property
    def full_text(self) -> "FullTextVectors":
        """Of all examples."""
        return FullTextVectors(self, np.arange(len(self)))

    @cached_property
    def first_of_copies(self) -> Positions:
        """The position of the first example with the same vectors, int64 [n], by a hash of 64 bits."""
        factors = np.random.default_rng(_SEED).integers(1, 2**63, self.parts.shape[1:], dtype=np.uint64)
        hashes = np.empty(len(self), dtype=np.uint64)
        for start in range(0, len(self), _STEP):
            bits = np.ascontiguousarray(self.parts[start : start + _STEP]).view(np.uint16)
            hashes[start : start + _STEP] = (bits * factors).sum(axis=(1, 2))
        return first_of_equal(hashes)

    def save(self, path: Path) -> None:
        """Write one .npy file; the caller makes it appear whole."""
        save_joined([self], len(self), path)

    @classmethod
    def load(cls, path: Path) -> "Vectors":
        """Map a file that `save` wrote; nothing is read before it is used.

        Raises:
            UnreadableInput: the file is cut off or not of this kind.
        """
        try:
            parts = np.load(path, mmap_mode="r" if path.stat().st_size > _SMALLEST_MAPPED else None, allow_pickle=False)
        except (ValueError, OSError, EOFError) as problem:
            raise UnreadableInput(f"{path} is damaged ({problem}). Delete it: it will be made again.") from problem
        if parts.ndim != 3 or parts.dtype != np.float16 or parts.shape[1] != 2:
            raise UnreadableInput(f"{path} does not hold vectors. Delete it: it will be made again.")
        return cls(parts)


@dataclass(frozen=True)
class FullTextVectors:
    """Unit vectors of prompt and answer together, of some examples; zeros for one without text.

    They are made when they are asked for: of a million examples all of them are a gigabyte.

    Attributes:
        vectors: of the set.
        at: int64, positions of the examples.
    """

    vectors: Vectors
    at: Positions

    def __len__(self) -> int:
        """Examples."""
        return len(self.at)

    @property
    def dimensions(self) -> int:
        """Of a vector."""
        return int(self.vectors.parts.shape[2])

    @property
    def with_text(self) -> npt.NDArray[np.bool_]:
        """Which of the examples have a vector, bool."""
        return self.vectors.with_text[self.at]

    def __getitem__(self, rows: slice | Positions) -> Floats:
        """Of some of the examples, float32 [rows, dimensions]."""
        at = self.at[rows]
        result = np.empty((len(at), self.dimensions), dtype=np.float32)
        for start in range(0, len(at), _STEP):
            parts = self.vectors.parts[at[start : start + _STEP]].astype(np.float32)
            result[start : start + _STEP] = unit(PROMPT_WEIGHT * parts[:, 0] + ANSWER_WEIGHT * parts[:, 1])
        return result

    def blocks(self, size: int) -> Iterator[tuple[slice, Floats]]:
        """All, `size` examples at a time, and where they stand."""
        for start in range(0, len(self), size):
            rows = slice(start, start + size)
            yield rows, self[rows]


def save_joined(blocks: Iterable[Vectors], count: int, path: Path) -> None:
    """Write the vectors of `count` examples, given block by block and in order, as `Vectors.save` does.

    No more than a block is held: of a million examples all of them are a gigabyte.
    """
    shape: tuple[int, ...] = (0, 2, 1)
    with path.open("wb") as file:
        for number, block in enumerate(blocks):
            if number == 0:
                shape = (count, *block.parts.shape[1:])
                _write_header(file, shape)
            file.write(np.ascontiguousarray(block.parts).data)
        if count == 0:
            _write_header(file, shape)


def _write_header(file: BinaryIO, shape: tuple[int, ...]) -> None:
    np.lib.format.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": "<f2"})


def first_of_equal(values: npt.NDArray[np.uint64]) -> Positions:
    """The position of the first equal value, int64 [n]."""
    _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    return np.asarray(first[inverse])


def unit(vectors: Floats) -> Floats:
    """Each row divided by its length; zeros stay zeros. A row's result hangs on that row alone, to the last bit."""
    wide = vectors.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    lengths[lengths == 0] = 1
    result: Floats = (vectors / lengths[:, None]).astype(np.float32)
    return result
