"""Prompts that ask the same in other words, within a set or across two.

Vectors see what a prompt is about, and not which number, operator or denial is in it: those must be equal. The less a
prompt says, the more other prompts are near it, so the cosine that counts falls with what the shorter one says; and a
paraphrase keeps some of the words that say most (names, things), which what is merely about the same does not.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from curator.embedding.encoders.pooling import summed
from curator.embedding.encoders.static import default_encoder
from curator.embedding.encoders.subwords import SMALL, Subwords
from curator.embedding.neighbors.exact_knn import DECIMALS, exact_cosines
from curator.embedding.neighbors.nearest import all_pairs
from curator.embedding.neighbors.pairs import Criterion, NearPairs, most
from curator.embedding.vectors import Floats, FullTextVectors, Positions, Vectors, first_of_equal, unit
from curator.jit import kernel

VERSION = 1
"""Counts up when the paraphrases of unchanged prompts would change."""

SIZES, COSINES = (8, 18), (0.95, 0.75)
"""Word pieces that the shorter prompt has of its own, and the cosine from which two prompts of that size are
paraphrases; in between it falls evenly. Chosen by `benchmarks/studies/embedding/paraphrases.py`, which measures recall
and precision."""

COMMON, COMMON_FEWEST = 0.05, 20
"""Share of the prompts, and how many, from which a subword is the set's form and no prompt's own: prompts that are
filled into one template are near one another, whatever they ask."""

SHARED = 0.3
"""Share of the weight of all their own subwords that both prompts hold; the weight is the length of a piece's vector,
small for words that are in every text."""

FEWEST = 3  # own subwords below which a prompt says too little to be compared

_OTHER_SMALL = np.uint64(2**SMALL - 4)
"""Of the small numbers those that both prompts must hold: all but 1 and 2, which other words say, too (a, a pair)."""

_STEP = 16_384

LENIENT = 0.1
"""How much lower the cosine is from which a split keeps prompts on one side: keeping together costs nothing."""


@dataclass(frozen=True)
class Prompts:
    """The prompts of `n` examples, as the default encoder sees them.

    Attributes:
        vectors: float16 [n, dimensions]; zeros where there is no prompt, or none that the encoder reads.
        asked: uint64 [n]; see `Subwords`.
        subwords: uint16, the different ones of the first prompt in order, of the second, ...
        begins: int64 [n + 1], where each prompt's begin; the last is their number.
    """

    vectors: npt.NDArray[np.float16]
    asked: npt.NDArray[np.uint64]
    subwords: npt.NDArray[np.uint16]
    begins: Positions

    @classmethod
    def of(cls, vectors: Vectors, words: Subwords) -> "Prompts":
        """From what the default encoder made of a set."""
        counts = np.diff(words.ends, prepend=0)
        held = words.subwords[np.repeat(np.arange(len(counts)) % 2 == 0, counts)]
        return cls(vectors.prompt, words.asked, held, _begins(counts[0::2]))

    def __len__(self) -> int:
        """Examples."""
        return len(self.vectors)

    def words_of(self, row: int) -> npt.NDArray[np.uint16]:
        """The different subwords of one prompt, in order."""
        return self.subwords[self.begins[row] : self.begins[row + 1]]

    @cached_property
    def own(self) -> "Prompts":
        """The same without the subwords that are the set's form; see `COMMON`."""
        table = default_encoder().table
        times = np.bincount(self.subwords, minlength=len(table))
        is_own = times[self.subwords] < max(COMMON_FEWEST, COMMON * len(self))
        begins = np.concatenate([[0], np.cumsum(is_own)])[self.begins]
        rest = self.subwords[is_own]
        vectors = np.zeros(self.vectors.shape, dtype=np.float16)
        for start in range(0, len(self), _STEP):
            some = begins[start : start + _STEP + 1]
            ids = rest[some[0] : some[-1]].astype(np.int32)
            vectors[start : start + _STEP] = unit(summed(table, ids, some - some[0]))
        return Prompts(vectors, self.asked, rest, begins)

    @cached_property
    def sizes(self) -> Positions:
        """Different subwords of each, int64 [n]."""
        return np.asarray(np.diff(self.begins))

    def at(self, positions: Positions) -> "Prompts":
        """Of the examples at these positions."""
        counts = self.sizes[positions]
        begins = _begins(counts)
        within = np.arange(begins[-1]) - np.repeat(begins[:-1], counts)
        subwords = self.subwords[np.repeat(self.begins[:-1][positions], counts) + within]
        return Prompts(self.vectors[positions], self.asked[positions], subwords, begins)

    def followed_by(self, others: "Prompts") -> "Prompts":
        """These, then the others."""
        return Prompts(
            np.concatenate([self.vectors, others.vectors]),
            np.concatenate([self.asked, others.asked]),
            np.concatenate([self.subwords, others.subwords]),
            np.concatenate([self.begins, others.begins[1:] + self.begins[-1]]),
        )


def _begins(counts: npt.NDArray[np.integer]) -> Positions:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@kernel
def _shared(subwords: Any, begins: Any, weights: Any, pairs: Any) -> Any:
    """Of the weight of all subwords of two prompts the share that both hold, float64 [pairs]."""
    shares = np.zeros(len(pairs))
    for row in range(len(pairs)):
        left, right = begins[pairs[row, 0]], begins[pairs[row, 1]]
        left_end, right_end = begins[pairs[row, 0] + 1], begins[pairs[row, 1] + 1]
        both, either = 0.0, 0.0
        while left < left_end or right < right_end:
            here = subwords[left] if left < left_end else 65536
            there = subwords[right] if right < right_end else 65536
            weight = weights[min(here, there)]
            either += weight
            both += weight if here == there else 0.0
            left += here <= there
            right += there <= here
        shares[row] = both / either if either > 0 else 0.0
    return shares


def paraphrase_pairs(prompts: Prompts, lenient: float = LENIENT, threads: int = 2) -> Positions:
    """Pairs of one set that ask the same in other words, int64 [pairs, 2]; of equal prompts each with the first."""
    found, first = _pairs(prompts, 0, lenient, threads)
    copies = np.flatnonzero((first != np.arange(len(prompts))) & (first >= 0))
    return np.concatenate([found.ends, np.stack([first[copies], copies], axis=1)])


def paraphrases_of(known: Prompts, held: Prompts, threads: int = 2) -> tuple[Positions, Floats]:
    """For each held prompt the known one that asks the same in other words, -1 for none, and their cosine.

    Of several the nearest; of equally near ones the first.
    """
    begin = len(known)
    nearest, cosines = np.full(len(held), -1, dtype=np.int64), np.zeros(len(held), dtype=np.float32)
    if not begin or not len(held):
        return nearest, cosines
    found, first = _pairs(known.followed_by(held), begin, 0.0, threads)
    best_first = np.lexsort((found.ends[:, 0], -found.cosines, found.ends[:, 1]))
    held_at, rows = np.unique(found.ends[best_first, 1], return_index=True)
    nearest[held_at - begin], cosines[held_at - begin] = (
        found.ends[best_first[rows], 0],
        found.cosines[best_first[rows]],
    )
    own = first[begin:]
    is_known, is_again = (own >= 0) & (own < begin), (own >= begin) & (own != np.arange(begin, begin + len(held)))
    nearest[is_known], cosines[is_known] = own[is_known], 1
    nearest[is_again], cosines[is_again] = nearest[own[is_again] - begin], cosines[own[is_again] - begin]
    return nearest, cosines


def _pairs(prompts: Prompts, begin: int, lenient: float, threads: int) -> tuple[NearPairs, Positions]:
    """Paraphrases among different prompts, and the first prompt equal to each, int64 [n]; -1 for one not compared.

    Unless `begin` is 0, left ends are before it and right ends are not.
    """
    # The prompt takes the place of both parts, so that the whole is the prompt; a view, and nothing is copied.
    vectors = Vectors(np.broadcast_to(prompts.vectors[:, None], (len(prompts), 2, prompts.vectors.shape[1])))
    is_there = vectors.with_text & (prompts.own.sizes >= FEWEST)
    first = first_of_equal(vectors.first_of_copies.astype(np.uint64) * np.uint64(2**32) ^ prompts.asked)
    distinct = np.flatnonzero(is_there & (first == np.arange(len(prompts))))
    inside = int(np.searchsorted(distinct, begin))

    def asks_the_same(pairs: Positions) -> npt.NDArray[np.bool_]:
        counts: npt.NDArray[np.bool_] = (pairs[:, 0] < inside) & (pairs[:, 1] >= inside) if begin else pairs[:, 0] >= 0
        counts[counts] = _are_paraphrases(prompts, distinct[pairs[counts]], lenient)
        return counts

    criterion = Criterion(
        COSINES[1] - lenient, prompts.asked[distinct] >> np.uint64(SMALL), asks_the_same, most(len(distinct))
    )
    near, _ = all_pairs(FullTextVectors(vectors, distinct), criterion, threads=threads, begin=inside)
    return replace(near, ends=distinct[near.ends]), np.where(is_there, first, -1)


def _are_paraphrases(prompts: Prompts, pairs: Positions, lenient: float) -> npt.NDArray[np.bool_]:
    own = prompts.own
    needed = np.round(np.interp(own.sizes[pairs].min(axis=1), SIZES, COSINES) - lenient, DECIMALS)
    asked = prompts.asked[pairs]
    counts: npt.NDArray[np.bool_] = ((asked[:, 0] ^ asked[:, 1]) & _OTHER_SMALL) == 0
    for vectors in (prompts.vectors, own.vectors):
        counts[counts] = exact_cosines(vectors, *pairs[counts].T) >= needed[counts]
    weights = np.linalg.norm(default_encoder().table, axis=1)
    counts[counts] = _shared(own.subwords, own.begins, weights, pairs[counts]) >= SHARED
    return counts
