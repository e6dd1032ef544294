"""Which examples hang together at a similarity: kept as a maximum spanning forest, at most one edge an example.

For every threshold, the components of the forest's edges at or above it are those of all pairs at or above it.
"""

import numpy as np
import numpy.typing as npt

from curator.jit import inner_kernel, kernel, signed

Positions = npt.NDArray[np.int64]


@inner_kernel
def find_root(parents: Positions, member: int) -> int:
    """The root of `member`, with the path to it halved."""
    while parents[member] != member:
        parents[member] = parents[parents[member]]
        member = parents[member]
    return member


@kernel
def _joining(ids: npt.NDArray[np.uint32], order: Positions, parents: Positions) -> npt.NDArray[np.bool_]:
    joins = np.zeros(order.size, dtype=np.bool_)
    for edge in order:
        left = find_root(parents, signed(ids[edge, 0]))
        right = find_root(parents, signed(ids[edge, 1]))
        if left != right:
            parents[max(left, right)] = min(left, right)
            joins[edge] = True
    return joins


def spanning_forest(
    ids: npt.NDArray[np.uint32], similarities: npt.NDArray[np.float64], examples: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
    """The edges of a maximum spanning forest.

    Args:
        ids: [edges, 2], positions.
        similarities: [edges].
        examples: how many positions there are.
    """
    order = np.lexsort((ids[:, 1], ids[:, 0], -similarities)).astype(np.int64)
    joins = _joining(ids, order, np.arange(examples))
    return ids[joins], similarities[joins]


@kernel
def _united(edges: npt.NDArray[np.int64], parents: Positions) -> None:
    for edge in range(edges.shape[0]):
        left = find_root(parents, edges[edge, 0])
        right = find_root(parents, edges[edge, 1])
        if left != right:
            parents[max(left, right)] = min(left, right)
    for member in range(parents.size):
        parents[member] = find_root(parents, member)


def components(edges: npt.NDArray[np.int64], examples: int) -> Positions:
    """For each of `examples` the smallest position that `edges` [edges, 2] join it with."""
    parents = np.arange(examples)
    _united(np.ascontiguousarray(edges, dtype=np.int64), parents)
    return parents
