"""`project.db`: SQLite in WAL mode with synchronous=FULL, so that what was committed survives kill -9 and a power cut.

Any number of processes read while one writes. A second writer waits its turn; see `PATIENCE`. A file that is not as it
was left is looked through before anything is done with it; see `curator.project.damage`.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from curator.data.files.permissions import make_private
from curator.errors import DecisionConflict, UnreadableInput, UsageError, WorkFailed
from curator.project.damage import damage_of, is_as_left, mark_as_left, row_digest, was_emptied
from curator.project.migrations import MIGRATIONS
from curator.project.refusals import disk_full

PATIENCE = 10.0
"""Seconds a writer waits for another one. A policy that decides 20,000 examples writes for less than one."""

_APPLICATION = 0x43555241  # "CURA": tells a project's database from any other SQLite file
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NO_DAMAGE = _BUSY | {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
_NO_DAMAGE |= {sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM}
_PRIMARY_CODE = 0xFF


class Database:
    """One open `project.db`. Threads of a process may share it.

    Args:
        path: the file; made, with its tables, when it is not there.
        readonly: nothing is written, not even tables; the file must be there.
        patience: seconds to wait for another process that is writing.

    Raises:
        UnreadableInput: the file is damaged (it is then left as it is), or not a project's database.
        UsageError: it was made by a newer version of the program, or may not be written here.
        DecisionConflict: another process has been writing for longer than `patience`.
        WorkFailed: the disk is full.
    """

    def __init__(self, path: Path, *, readonly: bool = False, patience: float = PATIENCE) -> None:
        self.path = path
        self.readonly = readonly
        self._turn = threading.RLock()
        self._worded_patience = f"{patience:.0f} seconds" if patience >= 1 else "a moment"
        with self._worded():
            self._refuse_damage(patience)
            self._connection = self._opened(patience, readonly=readonly)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _refuse_damage(self, patience: float) -> None:
        """Look through a file that is not as it was left, by a connection that can change nothing in it."""
        if not self.path.is_file() or is_as_left(self.path):
            return
        if was_emptied(self.path):
            raise self._damaged("it is empty now")
        try:
            with closing(self._opened(patience, readonly=True)) as connection:
                damage = damage_of(connection, MIGRATIONS)
        except sqlite3.DatabaseError as error:
            if _code_of(error) in _NO_DAMAGE:
                raise
            raise self._damaged(str(error)) from error
        if damage is not None:
            raise self._damaged(damage)

    def _opened(self, patience: float, *, readonly: bool) -> sqlite3.Connection:
        address = self.path.absolute().as_uri() + ("?mode=ro" if readonly else "")
        if not readonly:
            with suppress(OSError):  # SQLite says what is in the way; its own files beside this one get the same mode
                make_private(self.path)
        connection = _connected(address, patience)
        if not readonly:
            return connection
        try:
            connection.execute("PRAGMA user_version")
        except sqlite3.OperationalError:
            connection.close()
            if not _is_settled(self.path):
                raise
            return _connected(f"{address}&immutable=1", patience)
        return connection

    def _prepare(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        application = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if (tables or self.readonly) and application != _APPLICATION:
            raise UnreadableInput(
                f"{self.path} is not a curator project's database. Move it away, or name another folder with --project."
            )
        if version > len(MIGRATIONS):
            raise UsageError(
                f"{self.path} was made by a newer curator (its version is {version}; this one knows "
                f"{len(MIGRATIONS)}). Update curator. Nothing was changed."
            )
        if self.readonly:
            if version < len(MIGRATIONS):
                raise UsageError(
                    f"{self.path} was made by an older curator and must be brought up to date first: "
                    "open it once without --readonly."
                )
            return
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        if version < len(MIGRATIONS):
            self._migrate()

    def _migrate(self) -> None:
        with self.transaction() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]  # another process may have been faster
            for step in MIGRATIONS[version:]:
                for statement in _statements(step):
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {max(version, len(MIGRATIONS))}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written inside is there afterwards, on the disk; or, after any error, none of it.

        Raises:
            UsageError: the database was opened read-only.
            DecisionConflict: another process is writing and did not finish in time.
            WorkFailed: the disk is full.
        """
        if self.readonly:
            raise UsageError(
                f"{self.path} was opened read-only: nothing can be decided. Run it again without --readonly."
            )
        with self._turn, self._worded():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself rolls back when the disk is full
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._turn, self._worded():
            return self._connection.execute(query, values).fetchall()

    def chunks(self, query: str, values: Sequence[Any] = (), size: int = 100_000) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, `size` at a time, as they were when it began."""
        with self._turn, self._worded():
            cursor = self._connection.execute(query, values)
            while rows := cursor.fetchmany(size):
                yield rows

    def close(self) -> None:
        """Close the file; what was committed is on the disk already."""
        with self._turn:
            self._connection.close()
            if not self.readonly and not is_as_left(self.path):
                mark_as_left(self.path)

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            worded = self._sentence(error)
            if worded is None:
                raise
            raise worded from error

    def _sentence(self, error: sqlite3.DatabaseError) -> Exception | None:
        """What an error of SQLite's means to a person; None: a mistake in this program."""
        code = _code_of(error)
        if code in _BUSY:
            return DecisionConflict(
                f"Another process has been writing to {self.path} for longer than {self._worded_patience}. "
                "Wait until it has finished, then run the command again; nothing was decided by this one."
            )
        if code in _DAMAGED or "decode to UTF-8" in str(error):
            return self._damaged(str(error))
        if code == sqlite3.SQLITE_FULL:
            return disk_full(self.path)
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return UsageError(
                f"{self.path} cannot be opened{'' if self.readonly else ' for writing'} ({error}). Check that it "
                "exists and that this user may write to its folder, or name another folder with --project."
            )
        if code == sqlite3.SQLITE_IOERR:
            return WorkFailed(
                f"The disk failed or is full while {self.path} was used ({error}). What was decided before is safe. "
                "Check the disk and run the command again."
            )
        return None

    def _damaged(self, what: str) -> UnreadableInput:
        return UnreadableInput(
            f"{self.path} is damaged ({what}). Nothing in it was changed. It holds the decisions, so do not delete it. "
            "Put back a copy from a backup; or write down what is left in it, "
            "`curator decisions export DATA rescued.jsonl --rescue`, move it away and `curator decisions import` that, "
            f"or an earlier export; where that finds nothing, `sqlite3 {self.path.name} .recover` may."
        )


def _code_of(error: sqlite3.DatabaseError) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY_CODE


def _connected(address: str, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.create_function("row_digest", -1, row_digest, deterministic=True)
    return connection


def _is_settled(path: Path) -> bool:
    """Whether all is in the main file: then it can be read even where SQLite may not put its own files beside it."""
    log = path.with_name(path.name + "-wal")
    return path.exists() and not log.exists()


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit between them."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
