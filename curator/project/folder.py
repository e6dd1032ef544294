"""Where a project's folder is, and what lies in it.

One file: `NAME.curator/` beside it, shortened where that is too long for a name. Several: in their common folder, named
after it. Where that may not be written, a folder of the user's own; a note says so.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import xxhash

from curator.data.files.atomic import left_temporary, temporary_prefix
from curator.data.files.permissions import is_open, narrow_all
from curator.data.safe_text import as_text
from curator.errors import UsageError
from curator.project.refusals import NOT_WRITABLE, worded

ENDING = ".curator"
DATABASE = "project.db"
REPLIES = "judge_replies.jsonl"
_LONGEST_NAME = 255
"""Bytes of a file's name, on every usual file system."""
PARTS = ("cache", "exports", "runs", "logs")
NAMES = frozenset(
    {*PARTS, "split", "lock.db", "lock.db-journal", DATABASE}
    | {f"{DATABASE}-{part}" for part in ("wal", "shm", "journal")}
    | {f"{DATABASE}.checked", REPLIES}
)
"""What a project's folder holds."""


@dataclass(frozen=True)
class Folder:
    """A project's folder.

    Attributes:
        path: where it is.
        note: what a person should be told about the place; None: nothing.
    """

    path: Path
    note: str | None = None

    @property
    def database(self) -> Path:
        """Decisions, labels, session: the only file that cannot be made again."""
        return self.path / DATABASE

    @property
    def cache(self) -> Path:
        """Derived columns; safe to delete."""
        return self.path / "cache"

    @property
    def judge_replies(self) -> Path:
        """What judges answered, so that nothing is asked, and paid for, twice."""
        return self.path / REPLIES

    @property
    def exports(self) -> Path:
        """A folder for each export."""
        return self.path / "exports"

    @property
    def runs(self) -> Path:
        """A folder for each training."""
        return self.path / "runs"

    @property
    def logs(self) -> Path:
        """Events of long work."""
        return self.path / "logs"

    def make(self) -> None:
        """Create what is missing of it, for its owner alone; what an earlier version left open to others is closed.

        Raises:
            UsageError: it may not be written.
            WorkFailed: the disk is full, or something else is in the way.
        """
        with worded(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_complete = self.path.name.endswith(ENDING) or all(found.name in NAMES for found in self.path.iterdir())
            for part in PARTS:
                (self.path / part).mkdir(mode=0o700, exist_ok=True)
            if not is_complete:  # a folder of the user's own, named with --project: what else is in it stays as it is
                for ours in (self.path / name for name in sorted(NAMES)):
                    if ours.exists() and is_open(ours):
                        narrow_all(ours)
            elif is_open(self.path):
                narrow_all(self.path)


def folder_for(sources: Sequence[Path], named: Path | None = None, *, readonly: bool = False) -> Folder:
    """The project's folder for some data files.

    Args:
        sources: the data files; empty: standard input, which has no place that anything could lie beside.
        named: the folder that the user asked for; it is taken as it is.
        readonly: nothing is made; a folder beside the data is taken even where it may not be written.

    Raises:
        UsageError: the folder that was named cannot be used.
    """
    if named is not None:
        if not is_utf_8(named):
            raise UsageError(f"{named} is not UTF-8, so no project can be kept there. Name another --project.")
        return Folder(named)
    if not sources:
        path = Path(tempfile.mkdtemp(prefix=temporary_prefix("project")))
        return Folder(path, f"Decisions about standard input would go to {path}; --project DIR names a lasting place.")
    beside = beside_sources(sources)
    own = _users_own(beside)
    if readonly:
        is_beside = is_utf_8(beside) and (beside / DATABASE).exists() and may_write(beside)
        is_own = not is_utf_8(beside) or ((own / DATABASE).exists() and not is_beside)
        return Folder(own if is_own else beside)
    if is_utf_8(beside) and may_write(beside):
        return Folder(beside)
    why = "may not be written" if is_utf_8(beside) else "is in a folder whose name is not UTF-8"
    note = f"{beside} {why}, so the project is kept in {own}."
    if (beside / DATABASE).exists():
        note += " What was decided there before stays there, and does not count here."
    return Folder(own, note)


def beside_sources(sources: Sequence[Path]) -> Path:
    """The folder's place beside the data, whether or not it may be written."""
    paths = sorted({path.resolve() for path in sources})
    if len(paths) == 1:
        return paths[0].with_name(_possible_name(paths[0].name))
    common = Path(os.path.commonpath([path.parent for path in paths]))
    return common / _possible_name(common.name or "data")


def _possible_name(name: str) -> str:
    """The project's name for a file's, in UTF-8, which all that reads and writes it can do with, and not too long."""
    shown = as_text(name)
    if len(shown.encode()) + len(ENDING) <= _LONGEST_NAME:
        return shown + ENDING
    begin = shown.encode()[: _LONGEST_NAME - 32].decode("utf-8", "ignore")
    return f"{begin}-{xxhash.xxh3_64_hexdigest(os.fsencode(name))[:8]}{ENDING}"


def is_utf_8(path: Path) -> bool:
    """Whether a path is text; on Linux it may be any bytes, which not every library can open."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _users_own(beside: Path) -> Path:
    """A folder in the user's state folder, with the same name and a hash of the place it replaces."""
    place = xxhash.xxh3_64_hexdigest(os.fsencode(beside))[:8]
    return (
        platformdirs.user_state_path("curator")
        / "projects"
        / f"{beside.name.removesuffix(ENDING)[:100]}-{place}{ENDING}"
    )


def may_write(folder: Path) -> bool:
    """Whether files can be made in `folder`, which is made if it is not there; asked by doing it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError as error:
        if error.errno in NOT_WRITABLE:
            return False
        with worded(folder):
            raise
    return False


_LASTING = ("exports", "runs", "split")


def remove_unnamed(folder: Path) -> None:
    """Remove what was derived, and the whole project unless something was decided, exported, trained or split in it."""
    has_results = any((folder / part).is_dir() and any((folder / part).iterdir()) for part in _LASTING)
    is_kept = has_results or _has_decisions(folder / DATABASE)
    shutil.rmtree(folder / "cache" if is_kept else folder, ignore_errors=True)


def sweep_unnamed() -> None:
    """The same for what killed processes left."""
    for folder in left_temporary("project"):
        if folder.is_dir() and not folder.is_symlink() and (folder / "cache").is_dir():
            remove_unnamed(folder)


def _has_decisions(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM decision LIMIT 1").fetchone() is not None
    except sqlite3.DatabaseError:
        return database.exists()  # one that cannot be read may hold some
