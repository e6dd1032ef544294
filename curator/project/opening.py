"""Open the project of some data files: its folder, its database, its cache."""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import platformdirs
import xxhash

from curator.data.files.atomic import temporary_prefix
from curator.errors import UnreadableInput, UsageError
from curator.project.cache import Cache
from curator.project.database import Database
from curator.project.decisions.log import DecisionLog
from curator.project.decisions.state_snapshot import States
from curator.project.folder import DATABASE, Folder, folder_for, may_write


@dataclass(frozen=True)
class Project:
    """An open project.

    Attributes:
        folder: where it is; `folder.note` is for a person.
        database: its database.
        log: its decisions.
        states: what they add up to.
        cache: its derived columns.
    """

    folder: Folder
    database: Database
    log: DecisionLog
    states: States
    cache: Cache

    def sources(self) -> list[Path]:
        """The data files that the project is about, absolute, in the order they were named."""
        base = self.folder.path.resolve().parent
        rows = self.database.rows("SELECT path FROM source ORDER BY position")
        return [Path(os.path.normpath(base / os.fsdecode(path))) for (path,) in rows]

    def remember(self, name: str, value: Any) -> None:
        """Keep something about this session (a JSON value), such as where a person left off.

        Raises:
            DecisionConflict, WorkFailed, UsageError: as `Database.transaction`.
        """
        with self.database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO session VALUES (?, ?)", (name, json.dumps(value)))

    def recall(self, name: str) -> Any:
        """What `remember` kept under `name`; None: nothing."""
        rows = self.database.rows("SELECT value FROM session WHERE name = ?", [name])
        return json.loads(rows[0][0]) if rows else None


@contextmanager
def open_project(sources: Sequence[Path], named: Path | None = None, *, readonly: bool = False) -> Iterator[Project]:
    """The project of these data files, made if there is none; closed at the end.

    Args:
        sources: the data files; empty: standard input.
        named: the folder that the user asked for with --project. It is then used whatever its sources were so far;
            decisions follow the ids of examples.
        readonly: nothing is decided, and the project must be there.

    Raises:
        UsageError: the folder belongs to other files, may not be written, or was made by a newer version.
        UnreadableInput: its database is damaged, or missing while `readonly`.
        DecisionConflict: another process has been writing for too long.
        WorkFailed: the disk is full.
    """
    folder = folder_for(sources, named, readonly=readonly)
    if readonly and not folder.database.exists():
        raise UnreadableInput(f"There is no project in {folder.path} yet; `curator audit` makes one.")
    if not readonly:
        folder.make()
    database = Database(folder.database, readonly=readonly)
    try:
        log, cache = DecisionLog(database), Cache(_cache_folder(folder, readonly=readonly))
        project = Project(folder, database, log, States(log, cache), cache)
        _claim(project, sources, taken_over=named is not None)
        yield project
    finally:
        database.close()


@contextmanager
def trial_project(sources: Sequence[Path], named: Path | None = None) -> Iterator[Project]:
    """A copy of the project of these data files, to see what a command would do: nothing of the project changes.

    What was derived is read where it is; what is derived anew, decided or written goes with the copy at the end.

    Raises:
        UsageError, UnreadableInput, WorkFailed: as `open_project`.
    """
    with TemporaryDirectory(prefix=temporary_prefix("project")) as place:
        folder, below = Folder(Path(place)), None
        folder.make()
        if sources or named is not None:
            real = folder_for(sources, named, readonly=True)
            below = real.cache
            for file in (real.database, real.database.with_name(f"{DATABASE}-wal"), real.judge_replies):
                if file.exists():
                    shutil.copyfile(file, folder.path / file.name)
            for run in real.runs.iterdir() if real.runs.is_dir() else ():
                (folder.runs / run.name).symlink_to(run.resolve())
        database = Database(folder.database)
        try:
            log, cache = DecisionLog(database), Cache(folder.cache, below)
            project = Project(folder, database, log, States(log, cache), cache)
            _claim(project, sources, taken_over=True)
            yield project
        finally:
            database.close()


def _claim(project: Project, sources: Sequence[Path], *, taken_over: bool) -> None:
    """See that the project is about these files.

    Their places are kept relative to the project's parent, so that data and project can be moved together.
    """
    base = project.folder.path.resolve().parent
    known, asked = project.sources(), [path.resolve() for path in sources]
    if set(known) == set(asked):
        return
    if known and not taken_over:
        raise UsageError(
            f"The project {project.folder.path} is about {_listed(known)}, and not about {_listed(asked)}. Name the "
            f"same files, or say which folder to use: --project {project.folder.path} takes this one, with the "
            "decisions in it; any other name starts a new one."
        )
    if project.database.readonly:
        return
    with project.database.transaction() as connection:
        connection.execute("DELETE FROM source")
        paths = [Path(os.path.relpath(path, base)).as_posix() for path in asked]
        connection.executemany(
            "INSERT INTO source (path) VALUES (?)", [(_as_stored(path),) for path in dict.fromkeys(paths)]
        )


def _as_stored(path: str) -> str | bytes:
    """A path as text, or, where it is none, as the bytes that it is."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def _listed(paths: Sequence[Path], most: int = 3) -> str:
    names = [path.name for path in paths[:most]]
    more = len(paths) - len(names)
    return (", ".join(names) + (f" and {more} more" if more > 0 else "")) or "standard input"


def _cache_folder(folder: Folder, *, readonly: bool) -> Path:
    """Whoever may only read a project keeps what is derived in the user's own cache folder."""
    if readonly and not may_write(folder.cache):
        place = xxhash.xxh3_64_hexdigest(os.fsencode(folder.path.resolve()))[:8]
        return platformdirs.user_cache_path("curator") / f"{folder.path.name}-{place}"
    return folder.cache
