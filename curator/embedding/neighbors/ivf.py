"""Pairs at or above a cosine in a set too large to compare every pair: those that share one of a few cells.

Each example lies in the cells of its nearest centres; two examples that say the same have, but for a few, a cell in
common. Within a cell every pair is compared. The result is the same for any number of threads.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from curator.data.mapped import release
from curator.embedding.neighbors.exact_knn import (
    DECIMALS,
    candidates_among,
    exact_cosines,
    insert,
    products_with_all,
)
from curator.embedding.neighbors.pairs import SIDE, Criterion, Found, bounding, joined, near_before
from curator.embedding.topics.kmeans import fitted_centres
from curator.embedding.vectors import Floats, Positions, Whole
from curator.jit import kernel

CELLS = 4
"""Cells that an example lies in: of the pairs of Alpaca from 0.84 up 99.98 % share one of four, 99.6 % one of two."""

AHEAD = 16  # cells that are compared before what was found in them is taken in
ENOUGH = 2**18  # true pairs that are looked at, at least, to measure what share is found, where there are as many
PROBED = 500  # examples whose pairs are searched exactly to measure what share is found
_SEED = 0
_STEP = 4096


def pairs_in_cells(whole: Whole, criterion: Criterion, threads: int = 2) -> Found:
    """The pairs that meet the criterion and share a cell.

    Args:
        whole: of `n` examples with text.
        criterion: what makes a pair; what it lists of an example is shared among its cells.
        threads: cells that are compared at once.
    """
    members = _members(whole)
    bounds = bounding(whole, criterion.floor)
    shared = replace(criterion, most=-(-criterion.most // CELLS))

    def work(cell: Positions) -> tuple[Positions, Floats, Positions]:
        vectors, near, within = whole[cell], bounds[cell], shared.at(cell)
        found = joined([near_before(near, vectors, within, left) for left in range(0, len(cell), SIDE)])
        return _numbers(cell[found.ends], len(whole)), found.cosines, cell[found.cut]

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        numbers, cosines, cut = (np.concatenate(parts) for parts in zip(*pool.map(work, members), strict=True))
    numbers, at = np.unique(numbers, return_index=True)
    return Found(np.stack(np.divmod(numbers, len(whole)), axis=1), cosines[at], np.unique(cut))


def near_in_cells(whole: Whole, vectors: Floats, listed: int, threads: int = 2) -> npt.NDArray[np.int32]:
    """Of each example those that share a cell, the nearest `listed` of them, int32 [n, listed]; -1 for none.

    Args:
        whole: of `n` examples with text.
        vectors: the same, made.
        listed: how many.
        threads: cells that are compared at once.
    """
    members = _members(whole)
    release(whole.vectors.parts)  # as large as `vectors`, and not needed while those are there
    near = np.full((len(whole), listed), -1, dtype=np.int32)
    cosines = np.full((len(whole), listed), -2, dtype=np.float32)

    def work(cell: Positions) -> tuple[Positions, Positions, Floats]:
        found, theirs = candidates_among(vectors[cell], min(listed, max(len(cell) - 1, 1)))
        return cell, np.where(found < 0, -1, cell[found]), theirs

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(members), AHEAD):
            for found in pool.map(work, members[start : start + AHEAD]):
                _merge(near, cosines, *found)
    return near


@kernel
def _merge(near: Any, cosines: Any, rows: Any, found: Any, theirs: Any) -> None:
    """Take what was found of some rows, best first, into their lists, each example once."""
    last = near.shape[1] - 1
    for i in range(rows.size):
        row = rows[i]
        for j in range(found.shape[1]):
            other, cosine = found[i, j], theirs[i, j]
            if other < 0 or cosine <= cosines[row, last]:
                break
            is_new = True
            for listed in near[row]:
                is_new &= listed != other
            if is_new:
                insert(near, cosines, row, other, cosine)


def share_found(whole: Whole, found: Found, criterion: Criterion) -> tuple[int, int]:
    """Of `PROBED` examples: how many of their true pairs were found, and how many there are.

    Where they have very many, not all are looked at.
    """
    probed = np.random.default_rng(_SEED).choice(len(whole), min(PROBED, len(whole)), replace=False)
    known, hits, true = np.append(_numbers(found.ends, len(whole)), -1), 0, 0  # beyond the last is none
    for left, products in products_with_all(whole[probed], whole):
        at, others = np.nonzero(products >= criterion.floor)
        pairs = np.stack([probed[at], left + others], axis=1)
        is_pair = criterion.sorts[pairs[:, 0]] == criterion.sorts[pairs[:, 1]]
        is_pair &= (pairs[:, 0] < pairs[:, 1]) | ((pairs[:, 0] > pairs[:, 1]) & ~np.isin(pairs[:, 1], probed))
        pairs = np.sort(pairs[is_pair][:ENOUGH], axis=1)
        cosines = exact_cosines(whole, pairs[:, 0], pairs[:, 1])
        pairs = pairs[cosines >= round(criterion.threshold, DECIMALS)]
        numbers = _numbers(pairs[criterion.also(pairs)], len(whole))
        true += len(numbers)
        hits += int((known[np.searchsorted(known[:-1], numbers)] == numbers).sum())
        if true >= ENOUGH:
            break
    return hits, true


def _numbers(pairs: Positions, examples: int) -> Positions:
    """A number for each pair, in the order of pairs."""
    return pairs[:, 0] * examples + pairs[:, 1]


def _members(whole: Whole) -> list[Positions]:
    """The examples of each cell, in order."""
    centres = fitted_centres(whole, math.isqrt(len(whole)))
    nearest = np.empty((len(whole), min(CELLS, len(centres))), dtype=np.int32)
    for rows, block in whole.blocks(_STEP):
        nearest[rows] = _best_of_each(block @ centres.T, nearest.shape[1])
    order = np.argsort(nearest.reshape(-1), kind="stable")
    begins = np.searchsorted(nearest.reshape(-1)[order], np.arange(1, len(centres)))
    return np.split(order // nearest.shape[1], begins)


@kernel
def _best_of_each(products: Any, count: int) -> Any:
    """The columns of the `count` largest products of each row, int32 [rows, count], of equal ones the first.

    Products are compared rounded, so that no order of sums decides.
    """
    best = np.zeros((products.shape[0], count), dtype=np.int32)
    values = np.empty(count, dtype=np.int64)
    for row in range(products.shape[0]):
        values[:] = -(2**62)
        for column in range(products.shape[1]):
            value = np.int64(np.floor(products[row, column] * 1e5 + 0.5))
            if value <= values[count - 1]:
                continue
            at = count - 1
            while at > 0 and values[at - 1] < value:
                values[at], best[row, at] = values[at - 1], best[row, at - 1]
                at -= 1
            values[at], best[row, at] = value, column
    return best
