"""Pairs at or above a cosine in a set too large to compare every pair: those that share one of a few cells.

Each example lies in the cells of its nearest centres; two examples that say the same have, but for a few, a cell in
common. Within a cell every pair is compared. The result is the same for any number of threads.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from curator.embedding.clusters import clusters
from curator.embedding.pairs import bounding, near_within
from curator.embedding.product import HELD, SLACK, Positions, exact_cosines, pairs_from
from curator.embedding.vectors import Floats

CELLS = 4
"""Cells that an example lies in: of the pairs of Alpaca from 0.84 up 99.98 % share one of four, 99.6 % one of two."""

PROBED = 500  # examples whose pairs are searched exactly to measure what share is found
_SEED = 0


def pairs_in_cells(whole: Floats, threshold: float, threads: int = 2) -> tuple[Positions, Floats]:
    """Pairs from `threshold` up, int64 [pairs, 2], left < right, sorted, and their cosines, float32 [pairs].

    Args:
        whole: unit vectors, float32 [n, dimensions].
        threshold: cosine of a pair, above 0.
        threads: cells that are compared at once.
    """
    members = _members(whole)
    floor = np.float32(threshold - SLACK)
    bounds = bounding(whole, floor)

    def work(cell: Positions) -> Positions:
        found: Positions = cell[near_within(bounds[cell], whole[cell], floor)]
        return found

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(work, members))
    pairs = np.concatenate([np.empty((0, 2), dtype=np.int64), *found])
    return pairs_from(whole, np.unique(pairs, axis=0), threshold)


def share_found(whole: Floats, pairs: Positions, threshold: float) -> tuple[int, int]:
    """Of `PROBED` examples: how many of their true pairs are among the sorted `pairs`, and how many there are."""
    probed = np.random.default_rng(_SEED).choice(len(whole), min(PROBED, len(whole)), replace=False)
    known, found, true = pairs[:, 0] * len(whole) + pairs[:, 1], 0, 0
    some = max(HELD // len(whole), 1)
    for start in range(0, len(probed), some):
        rows = probed[start : start + some]
        at, others = np.nonzero(whole[rows] @ whole.T >= threshold - SLACK)
        ends = np.sort(np.stack([rows[at], others], axis=1), axis=1)[rows[at] != others]
        ends = ends[exact_cosines(whole, ends[:, 0], ends[:, 1]) >= threshold]
        true += len(ends)
        found += int(np.isin(ends[:, 0] * len(whole) + ends[:, 1], known).sum())
    return found, true


def _members(whole: Floats) -> list[Positions]:
    """The examples of each cell, in order; one without text is in none."""
    _, centres = clusters(whole, math.isqrt(len(whole)))
    nearest = np.empty((len(whole), min(CELLS, len(centres))), dtype=np.int64)
    some = max(HELD // len(centres), 1)
    for start in range(0, len(whole), some):
        products = np.round(whole[start : start + some] @ centres.T, 5)
        nearest[start : start + some] = np.argpartition(-products, nearest.shape[1] - 1)[:, : nearest.shape[1]]
    rows = np.repeat(np.flatnonzero(whole.any(axis=1)), nearest.shape[1])
    cells = nearest[whole.any(axis=1)].reshape(-1)
    order = np.lexsort((rows, cells))
    return np.split(rows[order], np.searchsorted(cells[order], np.arange(1, len(centres))))
