"""Where each example of a review is: those of the source in their order, after them those that were added."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.findings import Locations
from curator.audit.ids import positions_of
from curator.audit.loading.load import Loaded

Positions = npt.NDArray[np.int64]


class ExamplePositions:
    """Between positions and ids.

    Attributes:
        added: ids of the examples that were added, in the order of their positions; they keep these while the review
            lasts, also those that were taken back.
        locations: file and line of the examples of the source.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self.locations = Locations(loaded)
        self.added: list[str] = []
        self._added: dict[str, int] = {}

    def __len__(self) -> int:
        return self.in_source + len(self.added)

    @property
    def in_source(self) -> int:
        """Examples that the source holds."""
        return len(self._loaded.facts)

    def id_at(self, position: int) -> str:
        """The id of the example at `position`."""
        if position >= self.in_source:
            return self.added[position - self.in_source]
        return self.locations.at(position).example or ""

    def position_of(self, id_: str) -> int | None:
        """Where an example is; None: not in this set."""
        position = int(self.positions_of([id_])[0])
        return None if position < 0 else position

    def positions_of(self, ids: Sequence[str] | pl.Series) -> Positions:
        """Where examples are, int64, shape (ids,); -1: not in this set."""
        positions = positions_of(self._loaded, pl.Series(ids, dtype=pl.String))
        if self._added:
            for place, id_ in enumerate(ids):
                positions[place] = self._added.get(id_, positions[place])
        return positions

    def make_room(self, added: Iterable[str]) -> None:
        """Give added examples positions, after all others."""
        for id_ in added:
            if self.position_of(id_) is None:
                self._added[id_] = len(self)
                self.added.append(id_)
