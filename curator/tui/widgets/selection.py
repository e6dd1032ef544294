"""Which examples are selected: one bit each, so that a range of a million is marked at once."""

import numpy as np
import numpy.typing as npt


class Selection:
    """A set of positions in a set of examples.

    Attributes:
        size: examples in all.
        count: how many are selected.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._chosen = np.zeros(size, dtype=np.bool_)
        self.count = 0

    def __contains__(self, position: int) -> bool:
        """Whether an example is selected."""
        return bool(self._chosen[position])

    def toggle(self, position: int) -> None:
        """Select an example, or no longer."""
        self._chosen[position] = not self._chosen[position]
        self.count += 1 if self._chosen[position] else -1

    def add(self, positions: npt.NDArray[np.int64]) -> None:
        """Select these too."""
        self._chosen[positions] = True
        self.count = int(self._chosen.sum())

    def clear(self) -> None:
        """Select nothing."""
        self._chosen[:] = False
        self.count = 0

    def positions(self) -> npt.NDArray[np.int64]:
        """Those selected, in the order of the file."""
        return np.flatnonzero(self._chosen)
