"""Where a project's folder is, and what lies in it.

One file: `NAME.curator/` beside it. Several: in their common folder, named after it. Where that may not be written, a
folder of the user's own; a note says so.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import xxhash

from curator.modes import is_open, narrow_all
from curator.project.refusals import NOT_WRITABLE, worded
from curator.whole_files import temporary_prefix

ENDING = ".curator"
DATABASE = "project.db"
PARTS = ("cache", "exports", "runs", "logs")
NAMES = frozenset(
    {*PARTS, "split", "lock.db", "lock.db-journal", DATABASE}
    | {f"{DATABASE}-{part}" for part in ("wal", "shm", "journal")}
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
            is_whole = self.path.name.endswith(ENDING) or all(found.name in NAMES for found in self.path.iterdir())
            for part in PARTS:
                (self.path / part).mkdir(mode=0o700, exist_ok=True)
            if not is_whole:  # a folder of the user's own, named with --project: what else is in it stays as it is
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
    """
    if named is not None:
        return Folder(named)
    if not sources:
        path = Path(tempfile.mkdtemp(prefix=temporary_prefix("project")))
        return Folder(path, f"Decisions about standard input would go to {path}; --project DIR names a lasting place.")
    beside = beside_sources(sources)
    own = _users_own(beside)
    if readonly:
        is_own = (own / DATABASE).exists() and not ((beside / DATABASE).exists() and may_write(beside))
        return Folder(own if is_own else beside)
    if may_write(beside):
        return Folder(beside)
    note = f"{beside} may not be written, so the project is kept in {own}."
    if (beside / DATABASE).exists():
        note += " What was decided there before stays there, and does not count here."
    return Folder(own, note)


def beside_sources(sources: Sequence[Path]) -> Path:
    """The folder's place beside the data, whether or not it may be written."""
    paths = sorted({path.resolve() for path in sources})
    if len(paths) == 1:
        return paths[0].with_name(paths[0].name + ENDING)
    common = Path(os.path.commonpath([path.parent for path in paths]))
    return common / f"{common.name or 'data'}{ENDING}"


def _users_own(beside: Path) -> Path:
    """A folder in the user's state folder, its name the same and the place it stands for in a hash."""
    place = xxhash.xxh3_64_hexdigest(os.fsencode(beside))[:8]
    return platformdirs.user_state_path("curator") / "projects" / f"{beside.name.removesuffix(ENDING)}-{place}{ENDING}"


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
