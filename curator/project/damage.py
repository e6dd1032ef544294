"""Whether `project.db` is as it was left: bytes that a disk or another program changed are noticed before they count.

SQLite itself notices a broken page, not a changed letter. So each decision carries a digest of what it says, and the
file as a whole one beside it, `project.db.checked`, written when it was closed in order. Where that one fits, nothing
else needs to be looked at; where it does not (the program was killed, a backup was put back, another process is at
work), everything is.
"""

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import xxhash

from curator.data.files.atomic import atomic_file
from curator.data.files.permissions import OWNER

_READ_BYTES = 4 << 20
_ROWS = 10_000
_FEWEST_BYTES_OF_A_ROW = 32
_FIELDS = "id, example, action, value, reason, policy, annotator, time, undoes, version"
_EXAMPLE_ID = re.compile(r"[0-9a-f]{16}(-[1-9][0-9]*)?")


def row_digest(*fields: Any) -> int:
    """Of a decision's fields, in the order of its table: a number that fits SQLite's."""
    return xxhash.xxh3_64_intdigest(msgspec.msgpack.encode(fields)) - 2**63


def is_as_left(path: Path) -> bool:
    """Whether the database is, to the byte, as it was when it was last closed in order."""
    try:
        return not _log_of(path).exists() and _mark_of(path).read_text() == _digest(path)
    except (OSError, UnicodeError):
        return False


def mark_as_left(path: Path) -> None:
    """Remember how the database is now; nothing while somebody else has it open, or where nothing can be written."""
    with contextlib.suppress(OSError):
        if path.exists() and not _log_of(path).exists():
            with atomic_file(_mark_of(path), OWNER) as unfinished:
                unfinished.write_text(_digest(path))


def was_emptied(path: Path) -> bool:
    """Whether nothing is left of a database that had something in it."""
    return path.stat().st_size == 0 and _mark_of(path).exists()


def damage_of(connection: sqlite3.Connection, migrations: Sequence[str]) -> str | None:
    """What is damaged, as the part of a sentence; None: nothing.

    Raises:
        sqlite3.DatabaseError: it is busy, or cannot be read at all.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if not 0 <= version <= len(migrations):
        return None  # of a newer program
    fault = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if fault != "ok":
        return " ".join(str(fault).split())
    tables, expected = _tables(connection), _expected_tables(migrations[:version])
    later = _names(_expected_tables(migrations)) - _names(expected)
    if not expected <= tables or later & _names(tables):
        return "its tables are not those that were made"
    return _changed_rows(connection) if version == len(migrations) else None


def readable_rows(connection: sqlite3.Connection, size: int) -> Iterator[tuple[Any, ...] | None]:
    """The decisions of a damaged database that can be read and say what they said; None for each that cannot.

    Args:
        connection: to it.
        size: of the file, in bytes, which limits how many decisions there can be.
    """
    with _lenient(connection):
        try:
            last = int(connection.execute("SELECT max(sequence) FROM decision").fetchone()[0] or 0)
        except (sqlite3.DatabaseError, TypeError, ValueError):
            last = size // _FEWEST_BYTES_OF_A_ROW
        yield from _between(connection, 1, min(last, size // _FEWEST_BYTES_OF_A_ROW) + 1)


def _between(connection: sqlite3.Connection, first: int, end: int) -> Iterator[tuple[Any, ...] | None]:
    """Ever smaller ranges, until a range can be read or is one decision."""
    query = f"SELECT {_FIELDS}, digest FROM decision WHERE sequence >= ? AND sequence < ? ORDER BY sequence"
    try:
        rows = connection.execute(query, (first, end)).fetchall() if end - first <= _ROWS else None
    except sqlite3.DatabaseError:
        rows = None
    if rows is not None:
        yield from (row[:-1] if _says_what_it_said(row) else None for row in rows)
    elif end - first <= 1:
        yield None
    else:
        middle = (first + end) // 2
        yield from _between(connection, first, middle)
        yield from _between(connection, middle, end)


def _changed_rows(connection: sqlite3.Connection) -> str | None:
    changed = 0
    rows = connection.execute(f"SELECT {_FIELDS}, digest FROM decision")
    while chunk := rows.fetchmany(_ROWS):
        changed += sum(not _says_what_it_said(row) for row in chunk)
    if changed:
        return "a decision no longer says what it said" if changed == 1 else f"{changed:,} decisions are not as made"
    for example, side in connection.execute("SELECT example, side FROM side"):
        if side not in (0, 1, 2) or not isinstance(example, str) or not _EXAMPLE_ID.fullmatch(example):
            return "an entry of the split is none"
    for (value,) in connection.execute("SELECT value FROM session"):
        try:
            json.loads(value)
        except (TypeError, ValueError, RecursionError):
            return "what was kept about a session is not readable"
    return None


def _says_what_it_said(row: tuple[Any, ...]) -> bool:
    """A decision without a digest was not made by this program, and nothing is known about it."""
    try:
        return row[-1] is None or row_digest(*row[:-1]) == row[-1]
    except (UnicodeError, TypeError, ValueError, OverflowError):
        return False


def _tables(connection: sqlite3.Connection) -> set[tuple[Any, ...]]:
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
    return set(connection.execute(query).fetchall())


def _names(tables: set[tuple[Any, ...]]) -> set[str]:
    return {str(name) for _, name, *_ in tables}


def _expected_tables(migrations: Sequence[str]) -> set[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as model:
        model.create_function("row_digest", -1, row_digest)
        for script in migrations:
            model.executescript(script)
        return _tables(model)


@contextlib.contextmanager
def _lenient(connection: sqlite3.Connection) -> Iterator[None]:
    """Texts that are not UTF-8 are read too; their digests will not fit."""
    before = connection.text_factory
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = before


def _digest(path: Path) -> str:
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _mark_of(path: Path) -> Path:
    return path.with_name(path.name + ".checked")


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
