"""Decisions as JSON Lines: take them along, hand them on, bring several annotators' together.

A line is one decision with the fields id, example, action, value, reason, policy, annotator, time, undoes and version;
those that are null may be left out. Importing is idempotent by id and, because state depends on times and ids alone and
not on the order of arrival, journals may be imported in any order, any number of times.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import NamedTuple

import msgspec

from curator.errors import DecisionConflict, UnreadableInput
from curator.examples.safe_text import visible
from curator.modes import ANYONE
from curator.project.decision import VERSION, Action, Decision, fault_of
from curator.project.log import COLUMNS, DecisionLog, insert
from curator.project.refusals import worded
from curator.whole_files import whole_file

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 10_000


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A decision as it is written; the value stays the JSON text it is."""

    id: str
    example: str | None = None
    action: Action
    value: msgspec.Raw = msgspec.Raw(b"null")
    reason: str | None = None
    policy: str | None = None
    annotator: str
    time: str
    undoes: str | None = None
    version: int = VERSION


class Imported(NamedTuple):
    """What an import did: decisions that were new, and that were here already."""

    new: int
    known: int


class _Fault(ValueError):
    """A line is not a sound decision; the text says why."""


def export_journal(log: DecisionLog, path: Path, annotator: str | None = None, allowed: int = ANYONE) -> int:
    """Write the decisions (of all, or of one annotator) in the order they were made; how many. The file appears whole.

    A new file has at most the permissions `allowed`, see `curator.modes`; one that is replaced keeps its own.

    Raises:
        WorkFailed, UsageError: it cannot be written.
    """
    count = 0
    with worded(path), whole_file(path, allowed) as unfinished, unfinished.open("wb") as stream:
        for line in journal_lines(log, annotator):
            stream.write(line)
            count += 1
    return count


def journal_lines(log: DecisionLog, annotator: str | None = None) -> Iterator[bytes]:
    """The lines of a journal, each with its newline."""
    where, values = ("WHERE annotator = ?", [annotator]) if annotator is not None else ("", [])
    encode = msgspec.json.Encoder().encode
    for rows in log.database.chunks(f"SELECT {COLUMNS} FROM decision {where} ORDER BY time, id", values):
        for row in rows:
            yield encode(_line(Decision(*row))) + b"\n"


def import_journal(log: DecisionLog, lines: Iterable[bytes], name: str) -> Imported:
    """Add the decisions that are not here yet: all of the journal, or, after a bad line, none.

    Args:
        log: where to.
        lines: an open binary file.
        name: of the journal, for sentences.

    Raises:
        UnreadableInput: a line is not a sound decision; the sentence names it.
        DecisionConflict: a decision with the same id and another content is here already; or as `DecisionLog.append`.
        WorkFailed: the disk is full.
    """
    new = known = 0
    with log.database.transaction() as connection:
        for numbered in _batches(_decisions(lines, name)):
            missing = _missing(connection, numbered, name)
            insert(connection, missing)
            new += len(missing)
            known += len(numbered) - len(missing)
    return Imported(new, known)


def _decisions(lines: Iterable[bytes], name: str) -> Iterator[tuple[int, Decision]]:
    decode = msgspec.json.Decoder(_Line).decode
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            decision = _decision(decode(line))
        except (_Fault, msgspec.DecodeError, UnicodeError, RecursionError) as error:
            reason = str(error) if isinstance(error, _Fault) else f"It is not a decision: {error}."
            raise UnreadableInput(
                f"{name}, line {number}: {visible(reason, one_line=True)} Nothing of the file was imported."
            ) from error
        yield number, decision


def _decision(line: _Line) -> Decision:
    value = bytes(line.value).decode()
    decision = Decision(
        line.id,
        line.example,
        line.action,
        None if value == "null" else value,
        line.reason,
        line.policy,
        line.annotator,
        _microseconds(line.time),
        line.undoes,
        line.version,
    )
    fault = fault_of(decision)
    if fault is not None:
        raise _Fault(fault)
    return decision


def _line(decision: Decision) -> _Line:
    return _Line(
        id=decision.id,
        example=decision.example,
        action=decision.action,
        value=msgspec.Raw((decision.value or "null").encode()),
        reason=decision.reason,
        policy=decision.policy,
        annotator=decision.annotator,
        time=time_text(decision.time),
        undoes=decision.undoes,
        version=decision.version,
    )


def time_text(microseconds: int) -> str:
    """A decision's time as text: ISO 8601, UTC, to the microsecond."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _microseconds(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise _Fault(f"Its time is not one: '{text}'; 2026-11-24T09:30:00Z would be.") from None
    if time.tzinfo is None:
        raise _Fault(f"Its time has no zone: '{text}'; add Z for UTC.")
    if time < _EPOCH:
        raise _Fault(f"Its time is before 1970: '{text}'.")
    return (time - _EPOCH) // timedelta(microseconds=1)


def _batches(decisions: Iterable[tuple[int, Decision]]) -> Iterator[dict[str, tuple[int, Decision]]]:
    """By id, some at a time; a journal that names an id twice is dealt with as if imported twice."""
    batch: dict[str, tuple[int, Decision]] = {}
    for number, decision in decisions:
        if decision.id in batch or len(batch) == _AT_ONCE:
            yield batch
            batch = {}
        batch[decision.id] = (number, decision)
    if batch:
        yield batch


def _missing(connection: Connection, batch: dict[str, tuple[int, Decision]], name: str) -> list[Decision]:
    """The decisions of a batch that are not here yet."""
    ids = msgspec.json.encode(list(batch)).decode()
    rows = connection.execute(f"SELECT {COLUMNS} FROM decision WHERE id IN (SELECT value FROM json_each(?))", [ids])
    known = {row[0]: Decision(*row) for row in rows}
    for id_, here in known.items():
        number, given = batch[id_]
        if not _same(here, given):
            raise DecisionConflict(
                f"{name}, line {number}: decision {visible(id_)} is here already and says something else. Nothing of "
                "the file was imported: give the line another id, or leave it out."
            )
    return [decision for id_, (_, decision) in batch.items() if id_ not in known]


def _same(one: Decision, other: Decision) -> bool:
    """Equal up to the way a value's JSON is spelled."""
    return _comparable(one) == _comparable(other)


def _comparable(decision: Decision) -> tuple[object, ...]:
    value = None if decision.value is None else msgspec.json.decode(decision.value)
    rest = (decision.example, decision.action, decision.reason, decision.policy, decision.annotator)
    return (*rest, decision.time, decision.undoes, value)
