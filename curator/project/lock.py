"""One long piece of work at a time on a project.

Decisions need no lock: the database lets any number of processes read and makes writers take turns. An audit, or
whatever else fills and prunes the cache, waits a little for another one and is then refused. The lock is SQLite's own
on an empty database, held by an open transaction, so the system releases it when its holder ends, however it ends.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from curator.data.files.permissions import make_private
from curator.errors import DecisionConflict, WorkFailed
from curator.project.database import PATIENCE
from curator.project.opening import Project
from curator.project.refusals import disk_full

_HOLDER = "work in progress"


@contextmanager
def only_one(project: Project, work: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the project for `work` (a noun phrase: "an audit"). A read-only project is not held.

    Args:
        project: what to hold.
        work: what for.
        patience: seconds to wait for another process's work.

    Raises:
        DecisionConflict: another process still holds it.
        WorkFailed: the file system cannot lock.
    """
    if project.database.readonly:
        yield
        return
    path = project.folder.path / "lock.db"
    make_private(path)
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise disk_full(path) from error
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise WorkFailed(f"{path} cannot be locked ({error}). Delete it: it holds nothing.") from error
            raise DecisionConflict(_refusal(project, work)) from error
        started = datetime.now().astimezone().isoformat(timespec="seconds")
        project.remember(_HOLDER, {"work": work, "process": os.getpid(), "since": started})
        yield
    finally:
        connection.close()


def _refusal(project: Project, work: str) -> str:
    holder = project.recall(_HOLDER) or {"work": "other work", "process": "?", "since": "just now"}
    return (
        f"{holder['work'].capitalize()} is running on {project.folder.path} (process {holder['process']}, since "
        f"{holder['since']}), so {work} cannot start. Wait until it has finished, or end it."
    )
