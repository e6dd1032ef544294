"""Components: sets of examples that must be on the same side of a split."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

LARGEST = 0.2
"""Share of the examples above which a component is taken apart: only close ties count within it (the contract's)."""

Positions = npt.NDArray[np.int64]
Edges = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Components:
    """Which examples stay together.

    Attributes:
        of: int64 [n], a number from 0 for each example's component.
        count: how many there are.
        oversized: examples in the component that was taken apart; 0 where none was.
        parts: components that it was taken apart into.
    """

    of: Positions
    count: int
    oversized: int
    parts: int


def components(examples: int, ties: Edges, close: Edges, groups: Positions | None = None) -> Components:
    """Join examples along their ties.

    Args:
        examples: how many there are.
        ties: int64 [edges, 2], all pairs that must stay together.
        close: those that count in a component that holds more than `LARGEST` of the examples.
        groups: int64 [n], examples with the same number stay together, whatever the size; -1 for no group.
    """
    held = close if groups is None else np.concatenate([close, _group_edges(groups)])
    of = _labels(examples, np.concatenate([ties, held]))
    sizes = np.bincount(of, minlength=1)
    if sizes.max(initial=0) <= LARGEST * examples:
        return Components(of, int(of.max(initial=-1)) + 1, 0, 0)
    large = of == sizes.argmax()
    inside = held[large[held[:, 0]]]
    parts = _labels(examples, inside)
    of = np.where(large, parts + len(sizes), of)
    _, of = np.unique(of, return_inverse=True)
    return Components(of, int(of.max()) + 1, int(large.sum()), len(np.unique(parts[large])))


def _labels(examples: int, edges: Edges) -> Positions:
    graph = coo_array((np.ones(len(edges), dtype=np.bool_), (edges[:, 0], edges[:, 1])), shape=(examples, examples))
    labels: Positions = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _group_edges(groups: Positions) -> Edges:
    """Each member of a group with the first one."""
    members = np.flatnonzero(groups >= 0)
    _, first, inverse = np.unique(groups[members], return_index=True, return_inverse=True)
    return np.stack([members[first[inverse]], members], axis=1)
