"""Components: sets of examples that must be on the same side of a split."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
        taken_apart: bool [n], examples of components that were too large, in which only close ties count.
        parts: components that those were taken apart into.
    """

    of: Positions
    count: int
    taken_apart: npt.NDArray[np.bool_]
    parts: int

    @property
    def oversized(self) -> int:
        """Examples in components that were taken apart; 0 where none was."""
        return int(self.taken_apart.sum())

    def at(self, positions: Positions) -> "Components":
        """The components of the examples at `positions` alone, in this order."""
        kept, of = np.unique(self.of[positions], return_inverse=True)
        apart = self.taken_apart[positions]
        return Components(of.astype(np.int64), len(kept), apart, len(np.unique(of[apart])))


def components(
    examples: int,
    must_link: Edges,
    close: Edges,
    groups: Positions | None = None,
    counted: npt.NDArray[np.bool_] | None = None,
) -> Components:
    """Join examples along their ties.

    Args:
        examples: how many there are.
        must_link: int64 [edges, 2], all pairs that must stay together.
        close: those that count in a component that holds more than `LARGEST` of the examples.
        groups: int64 [n], examples with the same number stay together, whatever the size; -1 for no group.
        counted: bool [n], examples that make a component large; the others (dropped ones) join and weigh nothing.
    """
    held = close if groups is None else np.concatenate([close, _group_edges(groups)])
    of = _labels(examples, np.concatenate([must_link, held]))
    counted = np.ones(examples, dtype=np.bool_) if counted is None else counted
    sizes = np.bincount(of, weights=counted, minlength=1)
    large = sizes[of] > LARGEST * counted.sum()
    if not large.any():
        return Components(of, int(of.max(initial=-1)) + 1, large, 0)
    parts = _labels(examples, held[large[held[:, 0]]])
    _, of = np.unique(np.where(large, parts + len(sizes), of), return_inverse=True)
    return Components(of.astype(np.int64), int(of.max()) + 1, large, len(np.unique(parts[large])))


def _labels(examples: int, edges: Edges) -> Positions:
    from curator.duplicates import forest  # compiles, for which a first screen does not wait

    labels: Positions = np.unique(forest.components(edges, examples), return_inverse=True)[1].astype(np.int64)
    return labels


def _group_edges(groups: Positions) -> Edges:
    """Each member of a group with the first one."""
    members = np.flatnonzero(groups >= 0)
    _, first, inverse = np.unique(groups[members], return_index=True, return_inverse=True)
    return np.stack([members[first[inverse]], members], axis=1)
