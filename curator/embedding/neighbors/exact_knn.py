"""The nearest others of every example: one symmetric blocked product, each block computed once for rows and columns.

Products of blocks say who is a candidate; what counts is computed again in float64, rounded to six decimals. So the
result depends neither on the blocks nor on the number of threads.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from curator.embedding.vectors import Floats, FullTextVectors, Positions
from curator.jit import kernel

BLOCK = 1024  # examples on a side of a block: its products fit a core's cache
RUN = 32  # products that are looked at together
HELD = 2**24  # cosines of some examples to all others that are held at a time, 64 MB
WIDEST = 16_384  # examples on the longer side of such a block
STEP = 16_384  # pairs whose vectors are gathered at a time
SLACK = 1e-4  # by how much a float32 product may be off, and more
SPARE = 8  # neighbours gathered beyond those wanted, for ties
DECIMALS = 6


@kernel
def insert(near: Any, cosines: Any, row: int, other: int, cosine: float) -> None:
    """Put `other` into the row's list, which is sorted, best first."""
    at = cosines.shape[1] - 1
    while at > 0 and cosines[row, at - 1] < cosine:
        cosines[row, at] = cosines[row, at - 1]
        near[row, at] = near[row, at - 1]
        at -= 1
    cosines[row, at] = cosine
    near[row, at] = other


@kernel
def _scan(products: Any, top: int, left: int, near: Any, cosines: Any, worst: Any) -> None:
    """Take a block of products into the lists of its rows and columns.

    `worst` holds the last cosine of every list. Most runs of products change nothing: a pass without branches, which
    the compiler turns into vector instructions, tells which do.
    """
    last = cosines.shape[1] - 1
    for i in range(products.shape[0]):
        row = top + i
        line = products[i]
        for begin in range(i + 1 if top == left else 0, products.shape[1], RUN):
            end = min(begin + RUN, products.shape[1])
            bar = worst[row]
            hits = 0
            for j in range(begin, end):
                hits += (line[j] > bar) | (line[j] > worst[left + j])
            if hits == 0:
                continue
            for j in range(begin, end):
                cosine, column = line[j], left + j
                if cosine > worst[row]:
                    insert(near, cosines, row, column, cosine)
                    worst[row] = cosines[row, last]
                if cosine > worst[column]:
                    insert(near, cosines, column, row, cosine)
                    worst[column] = cosines[column, last]


def blocks_above(examples: int, first: int, step: int) -> Iterator[tuple[int, int]]:
    """Every `step`-th block on or above the diagonal."""
    number = 0
    for top in range(0, examples, BLOCK):
        for left in range(top, examples, BLOCK):
            if number % step == first:
                yield top, left
            number += 1


def exact_neighbours(full_text: FullTextVectors, neighbours: int, threads: int = 2) -> tuple[Positions, Floats]:
    """The nearest others of every example, nearest first, ties by position, and their cosines.

    Args:
        full_text: of `n` examples, all held at once. One without text is near to nothing.
        neighbours: how many nearest others to list.
        threads: kernels that run at once; each takes 16 bytes an example and neighbour.

    Returns:
        int64 [n, neighbours] and float32 [n, neighbours]; -1 where there are fewer.
    """
    vectors, listed = full_text[:], min(neighbours + SPARE, max(len(full_text) - 1, 1))

    def work(first: int) -> tuple[Positions, Floats]:
        return candidates_among(vectors, listed, first, threads)

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(work, range(threads)))
    return nearest_of(vectors, full_text.with_text, np.arange(len(full_text)), _merged(parts, listed), neighbours)


def candidates_among(vectors: Floats, listed: int, first: int = 0, step: int = 1) -> tuple[Positions, Floats]:
    """The `listed` others nearest to each vector by products in float32, best first, -1 where there are fewer.

    Every `step`-th block of products is looked at, from the one numbered `first`.
    """
    near = np.full((len(vectors), listed), -1, dtype=np.int64)
    cosines = np.full((len(vectors), listed), -2, dtype=np.float32)
    worst = np.full(len(vectors), -2, dtype=np.float32)
    for top, left in blocks_above(len(vectors), first, step):
        _scan(vectors[top : top + BLOCK] @ vectors[left : left + BLOCK].T, top, left, near, cosines, worst)
    return near, cosines


def products_with_all(some: Floats, full_text: FullTextVectors) -> Iterator[tuple[int, Floats]]:
    """Where each block of examples begins, and the products of `some` vectors with it, [some, block]."""
    for rows, block in full_text.blocks(min(max(HELD // max(len(some), 1), 1), WIDEST)):
        yield rows.start, some @ block.T


def neighbours_of_some(full_text: FullTextVectors, asked: Positions, neighbours: int) -> tuple[Positions, Floats]:
    """The nearest others of the examples at `asked`, as `exact_neighbours` tells them."""
    listed = min(neighbours + SPARE, max(len(full_text) - 1, 1))
    near = np.full((len(asked), listed), -1, dtype=np.int64)
    cosines = np.full((len(asked), listed), -2, dtype=np.float32)
    if len(asked):
        for left, products in products_with_all(full_text[asked], full_text):
            _scan_rows(products, asked, left, near, cosines)
    return nearest_of(full_text, full_text.with_text, asked, near, neighbours)


@kernel
def _scan_rows(products: Any, own: Any, left: int, near: Any, cosines: Any) -> None:
    """Take a block of products into the lists of its rows; `own` is each row's position."""
    last = cosines.shape[1] - 1
    for row in range(products.shape[0]):
        for j in range(products.shape[1]):
            if products[row, j] > cosines[row, last] and left + j != own[row]:
                insert(near, cosines, row, left + j, products[row, j])


def _merged(parts: list[tuple[Positions, Floats]], listed: int) -> Positions:
    """The best `listed` candidates of every example from the lists of all threads, in no order."""
    near = np.concatenate([part[0] for part in parts], axis=1)
    if len(parts) == 1:
        return near
    cosines = np.concatenate([part[1] for part in parts], axis=1)
    best = np.argpartition(-cosines, listed - 1, axis=1)[:, :listed]
    return np.take_along_axis(near, best, axis=1)


def nearest_of(
    vectors: Floats | FullTextVectors,
    with_text: npt.NDArray[np.bool_],
    asked: Positions,
    near: npt.NDArray[np.integer],
    neighbours: int,
) -> tuple[Positions, Floats]:
    """Of the candidates of each example at `asked` (-1: none), the nearest ones and their cosines."""
    positions = np.full((len(asked), neighbours), -1, dtype=np.int64)
    cosines = np.full((len(asked), neighbours), -1, dtype=np.float32)
    width = min(neighbours, near.shape[1])
    for start in range(0, len(asked), BLOCK):
        candidates, own = near[start : start + BLOCK], asked[start : start + BLOCK]
        rows = np.repeat(own, candidates.shape[1])
        others = candidates.reshape(-1).astype(np.int64)
        exact = exact_cosines(vectors, rows, others).reshape(candidates.shape)
        usable = (candidates >= 0) & with_text[candidates] & with_text[own][:, None]
        exact = np.where(usable, exact, -1)
        order = np.lexsort((candidates, -exact), axis=1)[:, :width]
        cosines[start : start + len(own), :width] = np.take_along_axis(exact, order, axis=1)
        chosen = np.where(usable, candidates, -1)
        positions[start : start + len(own), :width] = np.take_along_axis(chosen, order, axis=1)
    return positions, cosines


def exact_cosines(
    vectors: Floats | FullTextVectors | npt.NDArray[np.float16], left: Positions, right: Positions
) -> npt.NDArray[np.float64]:
    """Cosines of pairs of unit vectors, in float64, rounded to six decimals."""
    if isinstance(vectors, np.ndarray) and vectors.dtype == np.float32:
        return np.asarray(np.round(_dots(vectors, vectors, left, right), DECIMALS))
    cosines = np.empty(len(left), dtype=np.float64)
    for start in range(0, len(left), STEP):
        ours, theirs = (vectors[ends[start : start + STEP]].astype(np.float32) for ends in (left, right))
        every = np.arange(len(ours))
        cosines[start : start + STEP] = _dots(ours, theirs, every, every)
    return np.asarray(np.round(cosines, DECIMALS))


@kernel
def _dots(ours: Any, theirs: Any, left: Any, right: Any) -> Any:
    """Products of rows in float64, always summed in the same order; four sums run side by side."""
    products = np.empty(left.size)
    full_text = ours.shape[1] // 4 * 4
    for pair in range(left.size):
        a, b = ours[left[pair]], theirs[right[pair]]
        sum0 = sum1 = sum2 = sum3 = 0.0
        for at in range(0, full_text, 4):
            sum0 += np.float64(a[at]) * np.float64(b[at])
            sum1 += np.float64(a[at + 1]) * np.float64(b[at + 1])
            sum2 += np.float64(a[at + 2]) * np.float64(b[at + 2])
            sum3 += np.float64(a[at + 3]) * np.float64(b[at + 3])
        for at in range(full_text, ours.shape[1]):
            sum0 += np.float64(a[at]) * np.float64(b[at])
        products[pair] = (sum0 + sum1) + (sum2 + sum3)
    return products
