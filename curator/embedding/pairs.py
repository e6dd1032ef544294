"""All pairs at or above a cosine, exactly, without a full product.

The vectors are turned so that the first directions hold most of them (principal directions). Of two vectors the
product of the first directions is computed; what the rest can add is at most the product of the lengths of the two
rests (Cauchy and Schwarz). Appended as one more number, these lengths turn the product of blocks into an upper bound
of every cosine. The few pairs whose bound reaches the threshold are computed in full. Nothing is lost by it.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
from threadpoolctl import threadpool_limits

from curator.embedding.product import SLACK, Positions, blocks_above, pairs_from
from curator.embedding.vectors import Floats

SIDE = 768  # examples on a side of a block: its bounds fit a core's second cache
RUN = 64  # bounds that are looked at together
FEW = 1e-3
"""Share of pairs that may have to be computed in full: a pair costs as much as some hundred bounds."""

ROUNDED = 1e-6  # above what float32 takes from a sum of squares: the length of a rest is never told too small

_SAMPLED = 2048  # examples on which the number of directions is tried
_SEED = 0
_STEP = 16_384


def exact_pairs(whole: Floats, threshold: float, threads: int = 2) -> tuple[Positions, Floats]:
    """Every pair from `threshold` up, int64 [pairs, 2], left < right, sorted, and their cosines, float32 [pairs].

    The result depends neither on the blocks nor on the number of threads nor on how many directions were taken.

    Args:
        whole: unit vectors, float32 [n, dimensions]. An example without text (a zero vector) is near to nothing.
        threshold: cosine of a pair, above 0.
        threads: kernels that run at once.
    """
    floor = np.float32(threshold - SLACK)
    bounds = bounding(whole, floor)

    def work(first: int) -> Positions:
        return near_within(bounds, whole, floor, first, threads)

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(work, range(threads)))
    return pairs_from(whole, np.concatenate(found), threshold)


def near_within(bounds: Floats, whole: Floats, floor: np.float32, first: int = 0, step: int = 1) -> Positions:
    """The pairs whose bound and whose cosine in float32 reach the floor, int64 [pairs, 2], left < right.

    Args:
        bounds: of the examples, as `bounding` gives them.
        whole: unit vectors of the same examples.
        floor: cosine, somewhat below the threshold.
        first: number of the first block that is looked at.
        step: every so many blocks one is.
    """
    found = [
        _reaching(bounds[top : top + SIDE] @ bounds[left : left + SIDE].T, top, left, whole, floor)
        for top, left in blocks_above(len(whole), first, step, SIDE)
    ]
    return np.concatenate([np.empty((0, 2), dtype=np.int64), *found])


def bounding(whole: Floats, floor: np.float32) -> Floats:
    """Vectors whose products bound the cosines from above: as few directions as leave few pairs, and the rest's length.

    All of them where no smaller number does.
    """
    dimensions, sample = whole.shape[1], whole
    if len(whole) > _SAMPLED:
        sample = whole[np.sort(np.random.default_rng(_SEED).choice(len(whole), _SAMPLED, replace=False))]
    directions = np.linalg.eigh((sample.T @ sample).astype(np.float64))[1][:, ::-1].astype(np.float32)
    for few in (dimensions // 8, dimensions // 4, dimensions // 2):
        tried = _turned(sample, directions[:, :few])
        reached = np.count_nonzero(tried @ tried.T >= floor) - len(tried)
        if few and reached <= FEW * len(tried) ** 2:
            return _turned(whole, directions[:, :few])
    return whole


def _turned(whole: Floats, directions: Floats) -> Floats:
    """Along `directions`, and the length of what they leave out, float32 [n, directions + 1]."""
    turned = np.empty((len(whole), directions.shape[1] + 1), dtype=np.float32)
    for start in range(0, len(whole), _STEP):
        block = whole[start : start + _STEP]
        along = block @ directions
        rest = np.einsum("ij,ij->i", block, block) - np.einsum("ij,ij->i", along, along)
        turned[start : start + _STEP, :-1] = along
        turned[start : start + _STEP, -1] = np.sqrt(np.maximum(rest, 0) + ROUNDED)
    return turned


@numba.njit(nogil=True, cache=True, fastmath={"reassoc", "contract"})  # type: ignore[untyped-decorator]
def _reaching(bounds: Any, top: int, left: int, whole: Any, floor: float) -> Any:
    """The pairs of a block whose bound and whose cosine, too, reach the floor, int64 [pairs, 2]."""
    pairs = np.empty((256, 2), dtype=np.int64)
    count = 0
    for i in range(bounds.shape[0]):
        line, ours = bounds[i], whole[top + i]
        for begin in range(i + 1 if top == left else 0, bounds.shape[1], RUN):
            end = min(begin + RUN, bounds.shape[1])
            hits = 0
            for j in range(begin, end):
                hits += line[j] >= floor
            if hits == 0:
                continue
            for j in range(begin, end):
                if line[j] < floor:
                    continue
                theirs = whole[left + j]
                cosine = np.float32(0)
                for at in range(whole.shape[1]):
                    cosine += ours[at] * theirs[at]
                if cosine < floor:
                    continue
                if count == pairs.shape[0]:
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                pairs[count, 0] = top + i
                pairs[count, 1] = left + j
                count += 1
    return pairs[:count].copy()
