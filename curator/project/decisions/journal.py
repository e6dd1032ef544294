"""Decisions as JSON Lines: take them along, hand them on, bring several annotators' together.

A line is one decision with the fields id, example, action, value, reason, policy, annotator, time, undoes and version;
those that are null may be missing. Importing is idempotent by id and, because state depends on times and ids alone and
not on the order of arrival, journals may be imported in any order, any number of times.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection
from typing import IO, NamedTuple

import msgspec

from curator.data.blocks import LONGEST_LINE
from curator.data.files.atomic import atomic_file
from curator.data.files.permissions import ANYONE
from curator.data.safe_text import visible
from curator.errors import DecisionConflict, UnreadableInput, UsageError
from curator.project.damage import readable_rows
from curator.project.decisions.decision import VERSION, Action, Decision, fault_of, now
from curator.project.decisions.log import COLUMNS, DecisionLog, insert
from curator.project.decisions.times import NoTime, microseconds_of, time_text
from curator.project.refusals import worded

_CLOCK_SKEW = 24 * 3600 * 1_000_000
"""How far ahead of this machine's clock another one may be, in microseconds."""
_AT_ONCE = 10_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _JournalLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
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


def write_journal(lines: Iterable[bytes], path: Path, allowed: int = ANYONE) -> int:
    """Write the lines of a journal; how many. A file appears whole; a pipe or a device is written to directly.

    Raises:
        WorkFailed, UsageError: it cannot be written.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{visible(str(path))} is a folder, or its folder does not exist. Name a file.")
    count = 0
    with worded(path), atomic_file(path, allowed) as unfinished, unfinished.open("wb") as stream:
        for line in lines:
            stream.write(line)
            count += 1
    return count


def rescued_decisions(database: Path) -> tuple[list[Decision], int]:
    """The decisions of a damaged database that can still be read, in order, and at least how many cannot.

    Raises:
        UnreadableInput: not even its beginning can be read, or there is none.
    """
    found, lost = [], 0
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            for row in readable_rows(connection, database.stat().st_size):
                decision = None if row is None else Decision(*row)
                if decision is None or fault_of(decision) is not None:
                    lost += 1
                else:
                    found.append(decision)
    except (OSError, sqlite3.DatabaseError) as error:
        raise UnreadableInput(
            f"Nothing of {database} can be read ({error}). Put back a copy from a backup, or try "
            f"`sqlite3 {database.name} .recover`."
        ) from error
    return sorted(found, key=lambda decision: (decision.time, decision.id)), lost


def journal_lines(log: DecisionLog, annotator: str | None = None) -> Iterator[bytes]:
    """The lines of a journal, each with its newline."""
    where, values = ("WHERE annotator = ?", [annotator]) if annotator is not None else ("", [])
    query = f"SELECT {COLUMNS} FROM decision {where} ORDER BY decision.time, decision.id"
    for rows in log.database.chunks(query, values):
        yield from lines_of(Decision(*row) for row in rows)


def lines_of(decisions: Iterable[Decision]) -> Iterator[bytes]:
    """The lines of a journal of these decisions, each with its newline."""
    encode = msgspec.json.Encoder().encode
    return (encode(_line(decision)) + b"\n" for decision in decisions)


def journal_chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of an open file; one that is too long to be a decision comes in pieces, the first of them too long."""
    return iter(lambda: stream.readline(LONGEST_LINE + 2), b"")


def import_journal(log: DecisionLog, lines: Iterable[bytes], name: str) -> Imported:
    """Add the decisions that are not here yet: all of the journal, or, after a bad line, none.

    Args:
        log: where to.
        lines: of a journal, as `journal_chunks` gives them.
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
    decode = msgspec.json.Decoder(_JournalLine).decode
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        if not text.strip():
            continue
        if len(text) > LONGEST_LINE + 1:
            raise _refused(name, number, f"It is longer than {LONGEST_LINE >> 20} MiB.")
        try:
            decision = _decision(decode(text))
        except (NoTime, msgspec.DecodeError, UnicodeError, RecursionError) as error:
            reason = str(error) if isinstance(error, NoTime) else f"It is not a decision: {error}."
            raise _refused(name, number, reason) from error
        yield number, decision


def _refused(name: str, number: int, reason: str) -> UnreadableInput:
    return UnreadableInput(
        f"{visible(name)}, line {number}: {visible(reason, one_line=True)} Nothing of the file was imported."
    )


def _decision(line: _JournalLine) -> Decision:
    value = bytes(line.value).decode()
    return Decision(
        line.id,
        line.example,
        line.action,
        None if value == "null" else value,
        line.reason,
        line.policy,
        line.annotator,
        microseconds_of(line.time),
        line.undoes,
        line.version,
    )


def _line(decision: Decision) -> _JournalLine:
    return _JournalLine(
        id=decision.id,
        example=decision.example,
        action=decision.action,
        value=msgspec.Raw(_as_json(decision.value)),
        reason=decision.reason,
        policy=decision.policy,
        annotator=decision.annotator,
        time=time_text(decision.time),
        undoes=decision.undoes,
        version=decision.version,
    )


def _as_json(value: str | None) -> bytes:
    """A value as JSON: the text that it is, or, should something else have written no JSON there, as a text in it."""
    text = value or "null"
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return msgspec.json.encode(text)
    return text.encode()


def _fault_of_new(decision: Decision, latest: int) -> str | None:
    """What keeps a decision from being added; None: nothing. One that is here already is not asked."""
    if decision.time < 0:
        return "Its time is before 1970."
    if decision.time > latest:
        return f"Its time, {time_text(decision.time)}, is in the future. Put right that time, or this computer's clock."
    return fault_of(decision)


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
    missing, latest = [], now() + _CLOCK_SKEW
    for number, decision in batch.values():
        if decision.id in known:
            continue
        fault = _fault_of_new(decision, latest)
        if fault is not None:
            raise _refused(name, number, fault)
        missing.append(decision)
    return missing


def _same(one: Decision, other: Decision) -> bool:
    """Equal up to the way a value's JSON is spelled."""
    return _comparable(one) == _comparable(other)


def _comparable(decision: Decision) -> tuple[object, ...]:
    value = msgspec.json.decode(_as_json(decision.value))
    rest = (decision.example, decision.action, decision.reason, decision.policy, decision.annotator)
    return (*rest, decision.time, decision.undoes, value)
