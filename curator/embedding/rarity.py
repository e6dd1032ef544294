"""How unusual the words of each text are in its own set: what vectors do not see of logs, code, noise and languages.

Word pieces are the default encoder's, whichever encoder makes the vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.embedding.static import default_encoder
from curator.errors import UnreadableInput

EVIDENCE = 8
"""Word pieces of the usual rarity that every text is given beside its own: one rare word is not yet a rare text."""


@dataclass(frozen=True)
class WordPieces:
    """The different word pieces of `n` examples.

    Attributes:
        ids: uint16, of all texts: the first example's prompt, its answer, the second's prompt, ...
        ends: int64 [2 n], where each text's pieces end.
    """

    ids: npt.NDArray[np.uint16]
    ends: npt.NDArray[np.int64]

    def at(self, positions: npt.NDArray[np.int64]) -> "WordPieces":
        """Of the examples at these positions."""
        last = np.stack([self.ends[0::2], self.ends[1::2]], axis=1)[positions].reshape(-1)
        starts = np.concatenate([[0], self.ends[:-1]])
        first = np.stack([starts[0::2], starts[1::2]], axis=1)[positions].reshape(-1)
        counts = last - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return WordPieces(self.ids[np.repeat(first, counts) + within], np.cumsum(counts))

    def save(self, path: Path) -> None:
        """Write one file; the caller makes it appear whole."""
        counts = np.diff(self.ends, prepend=0).astype("<u4")
        with path.open("wb") as file:
            np.save(file, counts, allow_pickle=False)
            np.save(file, self.ids, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> "WordPieces":
        """Read what `save` wrote.

        Raises:
            UnreadableInput: the file is cut off or not of this kind.
        """
        try:
            with path.open("rb") as file:
                counts, ids = np.load(file, allow_pickle=False), np.load(file, allow_pickle=False)
        except (ValueError, OSError, EOFError) as problem:
            raise UnreadableInput(f"{path} is damaged ({problem}). Delete it: it will be made again.") from problem
        return cls(ids, np.cumsum(counts, dtype=np.int64))


def word_pieces(views: pl.DataFrame) -> WordPieces:
    """Of the `VIEWS` of a block.

    Raises:
        MissingDependency: the default encoder, whose tokenizer this is, is not here.
    """
    from scipy.sparse import csr_matrix

    encoder = default_encoder()
    texts = views.select(pl.concat_list("prompt", "answer").explode()).to_series().to_list()
    ids, begins = encoder.tokens(texts)
    held = csr_matrix((np.ones(len(ids), np.int8), ids, begins), shape=(len(texts), len(encoder.table)))
    held.sum_duplicates()
    return WordPieces(held.indices.astype(np.uint16), held.indptr[1:].astype(np.int64))


def joined_pieces(blocks: Sequence[WordPieces]) -> WordPieces:
    """The word pieces of a set from those of its blocks, in order."""
    firsts = np.cumsum([0, *(len(block.ids) for block in blocks)])
    ends = [block.ends + first for block, first in zip(blocks, firsts, strict=False)]
    return WordPieces(
        np.concatenate([np.empty(0, np.uint16), *(block.ids for block in blocks)]),
        np.concatenate([np.empty(0, np.int64), *ends]),
    )


def rarity(pieces: WordPieces) -> npt.NDArray[np.float64]:
    """Mean surprise of each text's word pieces, float64 [n, 2] for prompt and answer; NaN where there is no text.

    The surprise of a piece is -log of the share of the set's other texts of that part that hold it, half a text where
    none does. A text is drawn towards the median by `EVIDENCE` pieces.
    """
    counts = np.diff(pieces.ends, prepend=0)
    is_answer = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    result = np.full((len(counts) // 2, 2), np.nan)
    for part in (0, 1):
        sizes = counts[part::2]
        there = sizes > 0
        if not there.any():
            continue
        ids = pieces.ids[is_answer == bool(part)]
        held = np.bincount(ids, minlength=1)
        surprise = -np.log(np.maximum(held - 1, 0.5) / there.sum())
        sums = np.add.reduceat(surprise[ids], (np.cumsum(sizes) - sizes)[there])
        means = sums / sizes[there]
        result[there, part] = (sums + EVIDENCE * np.median(means)) / (sizes[there] + EVIDENCE)
    return result
