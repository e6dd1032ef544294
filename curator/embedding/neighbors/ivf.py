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
from curator.embedding.neighbors.pairs import SIDE, Criterion, NearPairs, bounding, joined, near_before
from curator.embedding.topics.kmeans import fitted_centroids
from curator.embedding.vectors import Floats, FullTextVectors, Positions
from curator.jit import kernel

LISTS = 4
"""Cells that an example lies in: of the pairs of Alpaca from 0.84 up 99.98 % share one of four, 99.6 % one of two."""

AHEAD = 16  # cells that are compared before what was found in them is taken in
ENOUGH = 2**18  # true pairs that are looked at, at least, to measure what share is found, where there are as many
PROBED = 500  # examples whose pairs are searched exactly to measure what share is found
_SEED = 0
_STEP = 4096


def pairs_in_lists(full_text: FullTextVectors, criterion: Criterion, threads: int = 2) -> NearPairs:
    """The pairs that meet the criterion and share a cell.

    Args:
        full_text: of `n` examples with text.
        criterion: what makes a pair; what it lists of an example is shared among its cells.
        threads: cells that are compared at once.
    """
    members = _members(full_text)
    bounds = bounding(full_text, criterion.floor)
    shared = replace(criterion, most=-(-criterion.most // LISTS))

    def work(ivf_list: Positions) -> tuple[Positions, Floats, Positions]:
        vectors, near, within = full_text[ivf_list], bounds[ivf_list], shared.at(ivf_list)
        found = joined([near_before(near, vectors, within, left) for left in range(0, len(ivf_list), SIDE)])
        return _numbers(ivf_list[found.ends], len(full_text)), found.cosines, ivf_list[found.cut]

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        numbers, cosines, cut = (np.concatenate(parts) for parts in zip(*pool.map(work, members), strict=True))
    numbers, at = np.unique(numbers, return_index=True)
    return NearPairs(np.stack(np.divmod(numbers, len(full_text)), axis=1), cosines[at], np.unique(cut))


def near_in_lists(full_text: FullTextVectors, vectors: Floats, listed: int, threads: int = 2) -> npt.NDArray[np.int32]:
    """Of each example those that share a cell, the nearest `listed` of them, int32 [n, listed]; -1 for none.

    Args:
        full_text: of `n` examples with text.
        vectors: the same, made.
        listed: how many.
        threads: cells that are compared at once.
    """
    members = _members(full_text)
    release(full_text.vectors.parts)  # as large as `vectors`, and not needed while those are there
    near = np.full((len(full_text), listed), -1, dtype=np.int32)
    cosines = np.full((len(full_text), listed), -2, dtype=np.float32)

    def work(ivf_list: Positions) -> tuple[Positions, Positions, Floats]:
        found, theirs = candidates_among(vectors[ivf_list], min(listed, max(len(ivf_list) - 1, 1)))
        return ivf_list, np.where(found < 0, -1, ivf_list[found]), theirs

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


def share_found(full_text: FullTextVectors, found: NearPairs, criterion: Criterion) -> tuple[int, int]:
    """Of `PROBED` examples: how many of their true pairs were found, and how many there are.

    Where they have very many, not all are looked at.
    """
    probed = np.random.default_rng(_SEED).choice(len(full_text), min(PROBED, len(full_text)), replace=False)
    known, hits, true = np.append(_numbers(found.ends, len(full_text)), -1), 0, 0  # beyond the last is none
    for left, products in products_with_all(full_text[probed], full_text):
        at, others = np.nonzero(products >= criterion.floor)
        pairs = np.stack([probed[at], left + others], axis=1)
        is_pair = criterion.sorts[pairs[:, 0]] == criterion.sorts[pairs[:, 1]]
        is_pair &= (pairs[:, 0] < pairs[:, 1]) | ((pairs[:, 0] > pairs[:, 1]) & ~np.isin(pairs[:, 1], probed))
        pairs = np.sort(pairs[is_pair][:ENOUGH], axis=1)
        cosines = exact_cosines(full_text, pairs[:, 0], pairs[:, 1])
        pairs = pairs[cosines >= round(criterion.threshold, DECIMALS)]
        numbers = _numbers(pairs[criterion.also(pairs)], len(full_text))
        true += len(numbers)
        hits += int((known[np.searchsorted(known[:-1], numbers)] == numbers).sum())
        if true >= ENOUGH:
            break
    return hits, true


def _numbers(pairs: Positions, examples: int) -> Positions:
    """A number for each pair, in the order of pairs."""
    return pairs[:, 0] * examples + pairs[:, 1]


def _members(full_text: FullTextVectors) -> list[Positions]:
    """The examples of each cell, in order."""
    centroids = fitted_centroids(full_text, math.isqrt(len(full_text)))
    nearest = np.empty((len(full_text), min(LISTS, len(centroids))), dtype=np.int32)
    for rows, block in full_text.blocks(_STEP):
        nearest[rows] = _best_of_each(block @ centroids.T, nearest.shape[1])
    order = np.argsort(nearest.reshape(-1), kind="stable")
    begins = np.searchsorted(nearest.reshape(-1)[order], np.arange(1, len(centroids)))
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
