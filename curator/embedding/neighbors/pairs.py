"""All pairs at or above a cosine, exactly, without a full product.

The vectors are projected so that the first directions hold most of them (principal directions). Of two vectors the
product of the first directions is computed; what the rest can add is at most the product of the lengths of the two
rests (Cauchy and Schwarz). Appended as one more number, these lengths turn the product of blocks into an upper bound
of every cosine. The few pairs whose bound reaches the threshold are computed in full. Nothing is lost by it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from curator.embedding.neighbors.exact_knn import DECIMALS, SLACK, exact_cosines
from curator.embedding.vectors import Floats, FullTextVectors, Positions
from curator.jit import reassociating_kernel

SIDE = 768  # examples on a side of a block: its bounds fit a core's second cache
RUN = 64  # bounds that are looked at together
FEW = 1e-3
"""Share of pairs that may have to be computed in full: a pair costs as much as some hundred bounds."""

ROUNDED = 1e-6  # above what float32 takes from a sum of squares: the length of a rest is never told too small

PAIRS, LISTED = 2**23, 100
"""Pairs that are listed at most, but for so many with examples before it of each example."""

AT_ONCE = 2**15  # pairs that are looked at closely at a time

_SAMPLED = 2048  # examples on which the number of directions is tried
_SEED = 0
_STEP = 16_384

Rule = Callable[[Positions], npt.NDArray[np.bool_]]
"""Which of the pairs, int64 [pairs, 2], count."""


@dataclass(frozen=True)
class NearPairs:
    """Pairs that reach a threshold.

    Attributes:
        ends: int64 [pairs, 2], left < right, sorted.
        cosines: float32 [pairs].
        cut: int64, sorted, examples of which some pairs with those before them are not listed: there are too many.
    """

    ends: Positions
    cosines: Floats
    cut: Positions


@dataclass(frozen=True)
class Criterion:
    """What makes a pair.

    Attributes:
        threshold: cosine of the whole from which two examples are a pair, above 0.
        sorts: uint64 [n], equal in both examples of a pair.
        also: what else is asked of a pair.
        most: pairs with examples before it that are listed of one.
    """

    threshold: float
    sorts: npt.NDArray[np.uint64]
    also: Rule
    most: int

    @classmethod
    def cosine(cls, threshold: float, examples: int) -> "Criterion":
        """Any two of so many examples, from the threshold up."""
        return cls(
            threshold, np.zeros(examples, np.uint64), lambda pairs: np.ones(len(pairs), np.bool_), most(examples)
        )

    @property
    def floor(self) -> np.float32:
        """What a pair's cosine in float32 reaches."""
        return np.float32(self.threshold - SLACK)

    def at(self, positions: Positions) -> "Criterion":
        """Of some examples; their pairs are told by their place among them."""
        return Criterion(self.threshold, self.sorts[positions], lambda pairs: self.also(positions[pairs]), self.most)


def most(examples: int) -> int:
    """Pairs with examples before it that are listed of one."""
    return max(PAIRS // max(examples, 1), LISTED)


def exact_pairs(full_text: FullTextVectors, criterion: Criterion, threads: int = 2, begin: int = 0) -> NearPairs:
    """Every pair that meets the criterion, of those whose right end is at `begin` or beyond.

    The result depends neither on the blocks nor on the number of threads nor on how many directions were taken.

    Args:
        full_text: of `n` examples, all held at once. One without text is near to nothing.
        criterion: what makes a pair.
        threads: kernels that run at once.
        begin: blocks of examples before it are no right ends.
    """
    vectors = full_text[:]
    bounds = bounding(full_text, criterion.floor)

    def work(left: int) -> NearPairs:
        return near_before(bounds, vectors, criterion, left)

    columns = range(begin // SIDE * SIDE, len(full_text), SIDE)[::-1]  # the longest first
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        found = joined(list(pool.map(work, columns)))
    order = np.lexsort((found.ends[:, 1], found.ends[:, 0]))
    return NearPairs(found.ends[order], found.cosines[order], np.sort(found.cut))


def near_before(bounds: Floats, vectors: Floats, criterion: Criterion, left: int) -> NearPairs:
    """The pairs of one block of examples with those before and among them, in no order.

    Args:
        bounds: of the examples, as `bounding` gives them.
        vectors: of the same examples, as wholes.
        criterion: what makes a pair.
        left: where the block begins.
    """
    found, listed = [], np.zeros(min(SIDE, len(vectors) - left), dtype=np.int64)
    for top in range(0, left + 1, SIDE):
        products = bounds[top : top + SIDE] @ bounds[left : left + SIDE].T
        pairs = _reaching(products, top, left, vectors, criterion.sorts, listed <= criterion.most, criterion.floor)
        # some at a time: where nearly all are pairs, the first of them fill the lists, and the others cost nothing
        for start in range(0, len(pairs), AT_ONCE):
            some = pairs[start : start + AT_ONCE]
            some = some[listed[some[:, 1] - left] <= criterion.most]
            cosines = exact_cosines(vectors, some[:, 0], some[:, 1])
            is_near = cosines >= round(criterion.threshold, DECIMALS)
            some, cosines = some[is_near], cosines[is_near]
            counts = criterion.also(some)
            some, cosines = some[counts], cosines[counts]
            fits = _fitting(some, left, listed, criterion.most)
            found.append(NearPairs(some[fits], cosines[fits].astype(np.float32), np.empty(0, dtype=np.int64)))
        if (listed > criterion.most).all():
            break
    return replace(joined(found), cut=left + np.flatnonzero(listed > criterion.most))


def joined(parts: list[NearPairs]) -> NearPairs:
    """The pairs of all parts, and the examples whose list is cut, in no order."""
    return NearPairs(
        np.concatenate([np.empty((0, 2), dtype=np.int64), *(part.ends for part in parts)]),
        np.concatenate([np.empty(0, dtype=np.float32), *(part.cosines for part in parts)]),
        np.concatenate([np.empty(0, dtype=np.int64), *(part.cut for part in parts)]),
    )


def _fitting(pairs: Positions, left: int, listed: Positions, most: int) -> npt.NDArray[np.bool_]:
    """Which of the pairs still fit into the lists of their right ends; `listed` is counted up, past `most` too."""
    order = np.argsort(pairs[:, 1], kind="stable")
    rows = pairs[order, 1] - left
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    has_room = np.empty(len(rows), dtype=np.bool_)
    has_room[order] = listed[rows] + place < most
    listed += np.bincount(rows, minlength=len(listed))
    return has_room


def bounding(full_text: FullTextVectors, floor: np.float32) -> Floats:
    """Vectors whose products bound the cosines from above: as few directions as leave few pairs, and the rest's length.

    All of them where no smaller number does.
    """
    some = np.arange(len(full_text))
    if len(full_text) > _SAMPLED:
        some = np.sort(np.random.default_rng(_SEED).choice(len(full_text), _SAMPLED, replace=False))
    sample = full_text[some]
    directions = np.linalg.eigh((sample.T @ sample).astype(np.float64))[1][:, ::-1].astype(np.float32)
    for few in (full_text.dimensions // 8, full_text.dimensions // 4, full_text.dimensions // 2):
        tried = _projected(sample, directions[:, :few])
        reached = np.count_nonzero(tried @ tried.T >= floor) - len(tried)
        if few and reached <= FEW * len(tried) ** 2:
            break
    else:
        return full_text[:]
    projected = np.empty((len(full_text), few + 1), dtype=np.float32)
    for rows, block in full_text.blocks(_STEP):
        projected[rows] = _projected(block, directions[:, :few])
    return projected


def _projected(block: Floats, directions: Floats) -> Floats:
    """Along `directions`, and the length of what remains beyond them, float32 [n, directions + 1]."""
    along = block @ directions
    rest = np.einsum("ij,ij->i", block, block) - np.einsum("ij,ij->i", along, along)
    projected: Floats = np.column_stack([along, np.sqrt(np.maximum(rest, 0) + ROUNDED)])
    return projected


@reassociating_kernel
def _reaching(bounds: Any, top: int, left: int, full_text: Any, sorts: Any, has_room: Any, floor: Any) -> Any:
    """The pairs of a block of one sort whose bound and whose cosine, too, reach the floor, int64 [pairs, 2].

    Those whose right end has no room are skipped.
    """
    pairs = np.empty((256, 2), dtype=np.int64)
    count = 0
    for i in range(bounds.shape[0]):
        line, ours = bounds[i], full_text[top + i]
        for begin in range(i + 1 if top == left else 0, bounds.shape[1], RUN):
            end = min(begin + RUN, bounds.shape[1])
            hits = 0
            for j in range(begin, end):
                hits += line[j] >= floor
            if hits == 0:
                continue
            for j in range(begin, end):
                if line[j] < floor or not has_room[j] or sorts[left + j] != sorts[top + i]:
                    continue
                theirs = full_text[left + j]
                cosine = np.float32(0)
                for at in range(full_text.shape[1]):
                    cosine += ours[at] * theirs[at]
                if cosine < floor:
                    continue
                if count == pairs.shape[0]:
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                pairs[count, 0] = top + i
                pairs[count, 1] = left + j
                count += 1
    return pairs[:count].copy()
