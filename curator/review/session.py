"""A review in progress: examples by position, what stands about each, and deciding, undo and redo.

It knows nothing of screens. Reading methods are quick and may be called from anywhere; those that write wait for the
disk and belong on one thread of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.engine import Audit
from curator.audit.findings import Locations, published, severity_rank
from curator.audit.ids import positions_of
from curator.audit.loading.reread import Original
from curator.audit.open_data import Opened
from curator.data.content import Content, content_of
from curator.data.finding import Finding
from curator.errors import UsageError, WorkFailed
from curator.project.decisions.decision import Action, Proposed
from curator.project.decisions.log import Undone
from curator.review.edits import Edits, id_of
from curator.review.filter.evaluate import matching
from curator.review.filter.language import conjuncts
from curator.review.filter.query import everything
from curator.review.filter.text_search import StoredTexts
from curator.review.read_one import Reader

STATUSES = ("pending", "keep", "drop", "flag")
PENDING = 0
NO_SEVERITY = 3
_FEW = 1_000
"""Examples up to which their state is asked for one by one; beyond, all of it is."""

Positions = npt.NDArray[np.int64]


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


@dataclass(frozen=True)
class ShownExample:
    """One example as it is now.

    Attributes:
        position: in the set.
        id: of the example.
        place: file and line.
        content: as edited, where it was.
        original: as the source has it; None for one that was added.
        findings: of the audit, gravest first.
        decision_state: what was decided.
    """

    position: int
    id: str
    place: str
    content: Content
    original: Original | None
    findings: list[Finding]
    decision_state: DecisionState


class Review:
    """The examples of an audited set and the decisions about them.

    Attributes:
        opened: the data.
        audit: of the data; of its first examples alone while `partial`.
        partial: whether the audit is still running.
        status: uint8, shape (examples,): index into `STATUSES`.
        severity: uint8, shape (examples,): 0 error, 1 warning, 2 info, 3 nothing found.
        found: the audit's findings about examples, by position.
        rows, ranks: of each of them, uint32 and uint8: its position, and 0 error, 1 warning, 2 info.
    """

    def __init__(self, opened: Opened, audit: Audit, *, partial: bool = False) -> None:
        self.opened, self.audit, self.partial = opened, audit, partial
        self.reader = Reader(audit.loaded, opened.project.cache)
        self.locations = Locations(audit.loaded)
        self._texts: StoredTexts | None = None
        self.found = audit.findings.filter(pl.col("row").is_not_null())
        self.rows = self.found["row"].to_numpy()
        self.ranks = self.found.select(severity_rank()).to_series().to_numpy()
        self._audited_severity = self._severities()
        self.severity = self._audited_severity.copy()
        self.status = np.zeros(self.in_source, dtype=np.uint8)
        self._recent: dict[str, DecisionState] = {}
        self._ranked: Positions | None = None
        self.edits = Edits(audit)
        self.added: list[str] = []
        self._added_positions: dict[str, int] = {}
        self.reload()

    def __len__(self) -> int:
        return self.in_source + len(self.added)

    @property
    def in_source(self) -> int:
        """Examples that the source holds; added ones have the positions after them."""
        return len(self.audit.loaded.facts)

    # Reading

    def at(self, position: int) -> ShownExample:
        """The example at `position`.

        Raises:
            WorkFailed: the source was changed meanwhile.
        """
        id_ = self.id_at(position)
        decision_state = self.decision_state(id_)
        if position >= self.in_source:
            if decision_state.content is None:
                raise WorkFailed("This added example was taken back; U adds it again.")
            content = content_of(decision_state.content)
            return ShownExample(position, id_, "added", content, None, self.findings_at(position), decision_state)
        place, original = self.locations.at(position), self.reader.at(position)
        return ShownExample(
            position=position,
            id=id_,
            place=f"{place.file}:{place.line}",
            content=original.content if decision_state.content is None else content_of(decision_state.content),
            original=original,
            findings=self.findings_at(position),
            decision_state=decision_state,
        )

    def id_at(self, position: int) -> str:
        """The id of the example at `position`."""
        if position >= self.in_source:
            return self.added[position - self.in_source]
        return self.locations.at(position).example or ""

    def findings_at(self, position: int) -> list[Finding]:
        """What the checks found in an example as it is now, gravest first."""
        if (id_ := self.id_at(position)) in self.edits:
            return self.edits.findings(id_)
        begin, end = rows_of(self.rows, position)
        if begin == end:
            return []
        found = self.found[begin:end].sort(severity_rank(), maintain_order=True)
        return list(published(found, self.audit.loaded))

    def decision_state(self, id_: str) -> DecisionState:
        """What stands about an example."""
        known = self._recent.get(id_)
        if known is not None:
            return known
        place = self._state["id"].search_sorted(id_)
        if place < len(self._state) and self._state["id"][place] == id_:
            return _decision_state(self._state.row(place, named=True))
        return DecisionState()

    def by_severity(self) -> Positions:
        """All positions, those with the gravest and most findings first; of added ones those that stand."""
        if self._ranked is None:
            counts = np.bincount(self.rows, minlength=len(self)).clip(max=8000)
            weight = self.severity.astype(np.int16) * 8192 - counts.astype(np.int16)
            self._ranked = np.argsort(weight, kind="stable")
        return self._ranked[self.there[self._ranked]] if self.added else self._ranked

    @property
    def there(self) -> npt.NDArray[np.bool_]:
        """Whether each example is part of the set: all but those that were added and taken back."""
        there = np.ones(len(self), dtype=bool)
        for position, id_ in enumerate(self.added, self.in_source):
            there[position] = self.decision_state(id_).added
        return there

    def matching(self, where: str) -> npt.NDArray[np.bool_]:
        """Whether each example is found by a filter, bool, shape (examples,).

        Raises:
            FilterError, UsageError: the filter cannot be read, or asks for what there is not.
        """
        if self._texts is None and not self.partial:
            self._texts = StoredTexts.of(self.audit.loaded, self.opened.project.cache)
        asked = everything(self.opened, self.audit, self._texts)
        found = matching(where, asked)
        mask = np.zeros(len(self), dtype=bool)
        mask[: len(found)] = found
        for id_, is_found in self.edits.matching(where, asked).items():
            if (position := self.position_of(id_)) is not None:
                mask[position] = is_found
        return mask

    def found_alone(self, where: str) -> dict[str, int]:
        """What each part of a filter finds without the others, of parts that must all hold; of one part: nothing.

        Raises:
            FilterError, UsageError: as `matching`.
        """
        parts = conjuncts(where)
        return {part: int(self.matching(part).sum()) for part in parts} if len(parts) > 1 else {}

    def position_of(self, id_: str) -> int | None:
        """Where an example is; None: not in this set."""
        if id_ in self._added_positions:
            return self._added_positions[id_]
        position = int(positions_of(self.audit.loaded, pl.Series([id_], dtype=pl.String))[0])
        return None if position < 0 else position

    def counts(self) -> dict[str, int]:
        """Examples by status."""
        decision_state = self.status[self.there] if self.added else self.status
        return {name: int(np.count_nonzero(decision_state == code)) for code, name in enumerate(STATUSES)}

    def decided_today(self) -> int:
        """Decisions and labels that this annotator made since midnight, local time."""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return self.opened.project.log.decided_since(int(midnight.timestamp() * 1e6), self.opened.annotator)

    def decided_elsewhere(self) -> int:
        """Decided examples that this set does not hold (any more)."""
        positions = self._positions(self._state["id"].to_list())
        return int((positions < 0).sum())

    # Writing

    def decide(self, positions: Sequence[int], action: Action, reason: str | None = None) -> int:
        """Decide the same about some examples, as one unit; how many. On the disk when this returns.

        Raises:
            UsageError, DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was decided.
        """
        proposed = [Proposed(self.id_at(position), action, None, reason) for position in positions]
        self.propose(proposed)
        return len(proposed)

    def propose(self, proposed: Sequence[Proposed]) -> None:
        """Decide anything, as one unit.

        Raises:
            UsageError, DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was decided.
        """
        self.opened.project.log.append(proposed, self.opened.annotator)
        self._refresh({one.example for one in proposed})

    def edit(self, position: int, content: Content | None) -> None:
        """Give an example another content, or (None) that of its source again; it is checked at once.

        Raises:
            UsageError, DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was changed.
        """
        self.propose([Proposed(self.id_at(position), "edit", None if content is None else _json(content))])

    def add(self, content: Content) -> int:
        """Add an example to the set; its position.

        Raises:
            UsageError: it is there already, or not sound.
            DecisionConflict, WorkFailed: as `DecisionLog.append`; nothing was added.
        """
        id_ = id_of(content)
        position = self.position_of(id_)
        if position is not None and (position < self.in_source or self.decision_state(id_).added):
            raise UsageError("This example is in the set already, word for word. Nothing was added.")
        self.propose([Proposed(id_, "add", _json(content))])
        return self._added_positions[id_]

    def undo(self) -> tuple[Undone, list[int]] | None:
        """Take back the latest unit; what it was and where; None: there is none.

        Raises:
            DecisionConflict, WorkFailed: nothing was taken back.
        """
        return self._after(self.opened.project.log.undo(self.opened.annotator))

    def redo(self) -> tuple[Undone, list[int]] | None:
        """Take back the latest undo; what counts again and where; None: there is none.

        Raises:
            DecisionConflict, WorkFailed: nothing was decided.
        """
        return self._after(self.opened.project.log.redo(self.opened.annotator))

    def reload(self) -> None:
        """Take over everything that was decided, also by others."""
        self._state = self.opened.state()
        self._recent = {}
        self._make_room(self._state.filter("added")["id"].to_list())
        self.status[:] = PENDING
        self._set_status(self._state["id"], self._state["status"].cast(pl.String))

    def _after(self, undone: Undone | None) -> tuple[Undone, list[int]] | None:
        if undone is None:
            return None
        examples = self.opened.project.log.examples_of(undone.unit)
        self._refresh(examples)
        return undone, sorted(int(position) for position in self._positions(sorted(examples)) if position >= 0)

    def _refresh(self, examples: Iterable[str]) -> None:
        """Ask anew what stands about these examples."""
        ids = sorted(set(examples))
        if len(ids) > _FEW:
            self.reload()
            return
        state = self.opened.project.states.of(ids)
        known = {row["id"]: _decision_state(row) for row in state.iter_rows(named=True)}
        fresh = {id_: known.get(id_, DecisionState()) for id_ in ids}
        self._recent.update(fresh)
        self._make_room([id_ for id_, decision_state in fresh.items() if decision_state.added])
        self._set_status(
            pl.Series(list(fresh), dtype=pl.String),
            pl.Series([decision_state.status for decision_state in fresh.values()], dtype=pl.String),
        )
        self._check_edits(fresh)

    def _set_status(self, ids: pl.Series, statuses: pl.Series) -> None:
        positions = self._positions(ids.to_list()) if self.added else positions_of(self.audit.loaded, ids)
        codes = statuses.replace_strict({name: code for code, name in enumerate(STATUSES)}, return_dtype=pl.UInt8)
        there = positions >= 0
        self.status[positions[there]] = codes.to_numpy()[there]

    def check_edits(self) -> None:
        """Check all that was edited and added, where that was not done yet."""
        edits = self._state.filter(pl.col("content").is_not_null())
        self._check_edits({row["id"]: _decision_state(row) for row in edits.iter_rows(named=True)})

    def _check_edits(self, standings: Mapping[str, DecisionState]) -> None:
        contents = {
            id_: decision_state.content
            for id_, decision_state in standings.items()
            if decision_state.content is not None
        }
        self.edits.check(contents)
        for id_ in standings:
            if id_ not in contents:
                self.edits.forget(id_)
            position = self.position_of(id_)
            if position is not None:
                was = self._audited_severity[position] if position < self.in_source else NO_SEVERITY
                now = self.edits.severity(id_) if id_ in self.edits else was
                if self.severity[position] != now:
                    self.severity[position], self._ranked = now, None

    def _make_room(self, added: Iterable[str]) -> None:
        """Give added examples positions, after all others, for as long as the review lasts."""
        new = [id_ for id_ in added if id_ not in self._added_positions and self.position_of(id_) is None]
        if not new:
            return
        self._ranked = None
        for id_ in new:
            self._added_positions[id_] = len(self)
            self.added.append(id_)
        self.status = np.append(self.status, np.zeros(len(new), dtype=np.uint8))
        self.severity = np.append(self.severity, np.full(len(new), NO_SEVERITY, dtype=np.uint8))

    def _positions(self, ids: Sequence[str]) -> Positions:
        positions = positions_of(self.audit.loaded, pl.Series(ids, dtype=pl.String))
        for place, id_ in enumerate(ids):
            if id_ in self._added_positions:
                positions[place] = self._added_positions[id_]
        return positions

    def _severities(self) -> npt.NDArray[np.uint8]:
        severity = np.full(self.in_source, NO_SEVERITY, dtype=np.uint8)
        for rank in (2, 1, 0):
            severity[self.rows[self.ranks == rank]] = rank
        return severity


def rows_of(rows: npt.NDArray[np.integer], position: int) -> tuple[int, int]:
    """Where in `rows` (sorted) those of a position begin and end.

    What is looked for has the type of `rows`: numpy would else convert a million numbers to look for two.
    """
    begin, end = np.searchsorted(rows, np.array([position, position + 1], dtype=rows.dtype))
    return int(begin), int(end)


def _json(content: Content) -> str:
    return msgspec.json.encode(content.identity()).decode()


def _decision_state(row: dict[str, Any]) -> DecisionState:
    return DecisionState(
        status=row["status"],
        disputed=row["disputed"],
        by_person=row["by_person"],
        reason=row["reason"],
        policy=row["policy"],
        edited=row["edited"],
        added=row["added"],
        content=row["content"],
        labels=tuple(row["labels"]),
        annotators=tuple(row["annotators"]),
    )
