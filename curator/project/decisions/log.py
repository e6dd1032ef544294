"""The decision log: append, undo, redo. Nothing in it is ever changed or removed."""

from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import NamedTuple

from curator.errors import DecisionConflict, UsageError
from curator.project.damage import row_digest
from curator.project.database import Database
from curator.project.decisions.decision import Decision, Proposed, fault_of, is_name, new_unit, now, unit_ids, unit_of

_NUMBERS = ("time", "version")
COLUMNS = ", ".join(
    f"CAST({name} AS {'INTEGER' if name in _NUMBERS else 'TEXT'}) AS {name}" for name in Decision.__dataclass_fields__
)
"""The fields of a decision, each of its own type: SQLite would keep any type in any column."""

_UNDOS = "SELECT id, undoes FROM decision WHERE action = 'undo' AND undoes IS NOT NULL ORDER BY time, id"
_OF_UNIT = "(id = ?1 OR (id > ?1 || ':' AND id < ?1 || ';'))"
_INSERT = (
    f"INSERT INTO decision ({', '.join(Decision.__dataclass_fields__)}, digest)"
    f" VALUES ({', '.join('?' * (len(Decision.__dataclass_fields__) + 1))})"
)
_LATEST_TIME = 2**62
"""Microseconds since 1970, far beyond any calendar: a later time is nonsense, and nothing is put after it."""


class Undone(NamedTuple):
    """What an undo or a redo did.

    Attributes:
        event: the new entry of the log.
        unit: the unit that no longer counts, or counts again.
        decisions: how many decisions it has.
        action: of the first of them.
        policy: that made them; None: a person.
    """

    event: Decision
    unit: str
    decisions: int
    action: str
    policy: str | None


class DecisionLog:
    """The decisions of one project, of all its annotators."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def append(
        self,
        proposed: Sequence[Proposed],
        annotator: str,
        *,
        policy: str | None = None,
        last_position: int | None = None,
    ) -> list[Decision]:
        """Decide, as one unit that is undone as one; on the disk when this returns.

        Args:
            proposed: what is decided, at least one.
            annotator: who decides.
            policy: name of the policy that proposed it; None: the person did.
            last_position: `position()` when what is decided was shown. None: whatever happened since does not matter.

        Raises:
            UsageError: a decision is not sound; nothing was decided.
            DecisionConflict: someone decided something after `last_position`, or is writing for too long.
            WorkFailed: the disk is full; nothing was decided.
        """
        if not proposed:
            raise ValueError("nothing to decide")
        with self.database.transaction() as connection:
            if last_position is not None and _position(connection) != last_position:
                raise DecisionConflict(
                    "Someone else decided about this data meanwhile, so what was shown is out of date. "
                    "Nothing was decided: look again, then decide."
                )
            time = _next_time(connection, annotator)
            ids = unit_ids(new_unit(time), len(proposed))
            decisions = [
                Decision(id_, one.example, one.action, one.value, one.reason, policy, annotator, time, None)
                for id_, one in zip(ids, proposed, strict=True)
            ]
            insert(connection, decisions)
        return decisions

    def undo(self, annotator: str) -> Undone | None:
        """Take back the annotator's latest unit that still counts; None when there is none.

        Raises:
            DecisionConflict, WorkFailed: as `append`.
        """
        with self.database.transaction() as connection:
            target = _latest_unit(connection, annotator)
            return None if target is None else _undo_event(connection, target, target, annotator)

    def redo(self, annotator: str) -> Undone | None:
        """Take back the annotator's latest undo, unless something was decided after it; None when there is none.

        Raises:
            DecisionConflict, WorkFailed: as `append`.
        """
        with self.database.transaction() as connection:
            undone = undone_units(_undo_events(connection))
            undos = connection.execute(
                "SELECT id, undoes FROM decision WHERE action = 'undo' AND annotator = ?1 AND time >"
                " (SELECT coalesce(max(time), -1) FROM decision WHERE action != 'undo' AND annotator = ?1)"
                " ORDER BY time DESC, id DESC",
                (annotator,),
            ).fetchall()
            events = {id_ for id_, _ in undos}
            for id_, unit in undos:
                if id_ not in undone and unit not in events:
                    return _undo_event(connection, id_, unit, annotator)
        return None

    def decided_since(self, time: int, annotator: str) -> int:
        """Decisions and labels of an annotator since `time` (microseconds since 1970) that still count."""
        of_unit = "substr(id, 1, instr(id || ':', ':') - 1)"
        decided = "annotator = ? AND time >= ? AND action != 'undo'"
        query = f"SELECT {of_unit}, count(*) FROM decision WHERE {decided} GROUP BY 1"
        made, undone = self.database.rows(query, [annotator, time]), self.undone()
        return sum(int(decisions) for unit, decisions in made if unit not in undone)

    def position(self) -> int:
        """How far the log goes: grows with everything that is decided, undone or imported."""
        return int(self.database.rows("SELECT coalesce(max(sequence), 0) FROM decision")[0][0])

    def latest(self, count: int, annotator: str | None = None) -> list[Decision]:
        """The last entries, the latest first, undone ones and undos included."""
        where, values = ("WHERE annotator = ?", [annotator]) if annotator is not None else ("", [])
        query = f"SELECT {COLUMNS} FROM decision {where} ORDER BY decision.time DESC, decision.id DESC LIMIT ?"
        return [Decision(*row) for row in self.database.rows(query, [*values, count])]

    def of_example(self, example: str) -> list[Decision]:
        """All that was ever decided about an example, in order, undone decisions included."""
        query = f"SELECT {COLUMNS} FROM decision WHERE example = ? ORDER BY decision.time, decision.id"
        return [Decision(*row) for row in self.database.rows(query, [example])]

    def examples_of(self, unit: str) -> set[str]:
        """The examples that a unit decides about."""
        rows = self.database.rows(
            f"SELECT DISTINCT example FROM decision WHERE {_OF_UNIT} AND example IS NOT NULL", [unit]
        )
        return {example for (example,) in rows}

    def undone(self) -> set[str]:
        """The units (and undos) that no longer count."""
        return undone_units(self.database.rows(_UNDOS))


def insert(connection: Connection, decisions: Iterable[Decision]) -> None:
    """Write decisions within a transaction.

    Raises:
        UsageError: one is not sound.
    """
    connection.executemany(_INSERT, (_row(decision) for decision in decisions))


def _row(decision: Decision) -> tuple[object, ...]:
    fault = fault_of(decision)
    if fault is not None:
        raise UsageError(f"The decision on {decision.example} cannot be kept. {fault}")
    row = (
        decision.id,
        decision.example,
        decision.action,
        decision.value,
        decision.reason,
        decision.policy,
        decision.annotator,
        decision.time,
        decision.undoes,
        decision.version,
    )
    return (*row, row_digest(*row))


def undone_units(undos: Sequence[tuple[str, str]]) -> set[str]:
    """What no longer counts, of undos (id, undoes) in order of time.

    An undo that was undone itself does not count; one that names something later than itself never does.
    """
    order = {id_: place for place, (id_, _) in enumerate(undos)}
    undone: set[str] = set()
    for place in range(len(undos) - 1, -1, -1):
        id_, target = undos[place]
        if id_ not in undone and order.get(target, -1) < place:
            undone.add(target)
    return undone


def _undo_events(connection: Connection) -> list[tuple[str, str]]:
    return connection.execute(_UNDOS).fetchall()


def _latest_unit(connection: Connection, annotator: str) -> str | None:
    undone = undone_units(_undo_events(connection))
    latest = connection.execute(
        "SELECT id FROM decision WHERE annotator = ? AND action != 'undo' ORDER BY time DESC, id DESC", (annotator,)
    )
    units = (unit_of(id_) for (id_,) in latest if isinstance(id_, str))
    return next((unit for unit in units if unit not in undone and is_name(unit)), None)


def _undo_event(connection: Connection, target: str, unit: str, annotator: str) -> Undone:
    time = _next_time(connection, annotator)
    event = Decision(new_unit(time), None, "undo", None, None, None, annotator, time, target)
    insert(connection, [event])
    decided = connection.execute(f"SELECT count(*), action, policy FROM decision WHERE {_OF_UNIT}", (unit,)).fetchone()
    return Undone(event, unit, *decided)


def _position(connection: Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(sequence), 0) FROM decision").fetchone()[0])


def _next_time(connection: Connection, annotator: str) -> int:
    """Now, or just after the annotator's latest decision where the clock went back: order is what time is kept for."""
    latest = connection.execute(
        "SELECT max(time) FROM decision WHERE annotator = ? AND typeof(time) = 'integer' AND time < ?",
        (annotator, _LATEST_TIME),
    ).fetchone()[0]
    return now() if latest is None else max(now(), latest + 1)
