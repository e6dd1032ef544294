"""The decisions about the examples of a review: what stands about each, quickly, whatever their number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.findings import decided_by
from curator.audit.open_data import Opened
from curator.review.positions import ExamplePositions

STATUSES = ("pending", "keep", "drop", "flag")
PENDING = 0


@dataclass(frozen=True)
class DecisionState:
    """What stands about one example; see `curator.project.decisions.decision_state.STATE`."""

    status: str = "pending"
    disputed: bool = False
    by_person: bool = False
    reason: str | None = None
    policy: str | None = None
    edited: bool = False
    added: bool = False
    content: str | None = None
    labels: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: dict[str, Any]) -> "DecisionState":
        """From a row of `STATE`."""
        values = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**values | {"labels": tuple(row["labels"]), "annotators": tuple(row["annotators"])})


class Decisions:
    """What was decided.

    Attributes:
        status: uint8, shape (examples,): index into `STATUSES`.
    """

    def __init__(self, opened: Opened, positions: ExamplePositions) -> None:
        self._opened, self._positions = opened, positions
        self.reload()

    def reload(self) -> None:
        """Take over everything that was decided, also by others."""
        self._state = self._opened.state()
        self._recent: dict[str, DecisionState] = {}
        self._positions.make_room(self._state.filter("added")["id"])
        self.status = np.zeros(len(self._positions), dtype=np.uint8)
        self._set_status(self._state["id"], self._state["status"].cast(pl.String))

    def refresh(self, ids: Collection[str]) -> dict[str, DecisionState]:
        """Ask anew what stands about these examples; it, by id."""
        state = self._opened.project.states.of(sorted(ids))
        known = {row["id"]: DecisionState.of(row) for row in state.iter_rows(named=True)}
        fresh = {id_: known.get(id_, DecisionState()) for id_ in sorted(ids)}
        self._recent.update(fresh)
        self._positions.make_room(id_ for id_, state in fresh.items() if state.added)
        self.status = np.append(self.status, np.zeros(len(self._positions) - len(self.status), dtype=np.uint8))
        statuses = [state.status for state in fresh.values()]
        self._set_status(pl.Series(list(fresh), dtype=pl.String), pl.Series(statuses, dtype=pl.String))
        return fresh

    def state_of(self, id_: str) -> DecisionState:
        """What stands about an example."""
        known = self._recent.get(id_)
        if known is not None:
            return known
        place = self._state["id"].search_sorted(id_)
        if place < len(self._state) and self._state["id"][place] == id_:
            return DecisionState.of(self._state.row(place, named=True))
        return DecisionState()

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        """Whether each example is part of the set: all but those that were added and taken back."""
        there = np.ones(len(self._positions), dtype=bool)
        for position, id_ in enumerate(self._positions.added, self._positions.in_source):
            there[position] = self.state_of(id_).added
        return there

    def counts(self) -> dict[str, int]:
        """Examples by status."""
        status = self.status[self.there] if self._positions.added else self.status
        return {name: int(np.count_nonzero(status == code)) for code, name in enumerate(STATUSES)}

    def decided_today(self) -> int:
        """Decisions and labels that this annotator made since midnight, local time."""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return self._opened.project.log.decided_since(int(midnight.timestamp() * 1e6), self._opened.annotator)

    def decided_elsewhere(self, findings: pl.DataFrame) -> int:
        """Decided examples, and lines of `FINDINGS`, that this set does not hold (any more)."""
        ids = self._state["id"].filter(~self._state["id"].is_in(findings.select(decided_by()).to_series().implode()))
        return int((self._positions.positions_of(ids) < 0).sum())

    def _set_status(self, ids: pl.Series, statuses: pl.Series) -> None:
        positions = self._positions.positions_of(ids)
        codes = statuses.replace_strict({name: code for code, name in enumerate(STATUSES)}, return_dtype=pl.UInt8)
        there = positions >= 0
        self.status[positions[there]] = codes.to_numpy()[there]
