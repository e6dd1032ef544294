"""The project of standard input that nobody named: it goes when nothing was decided in it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from curator.data.files.atomic import left_temporary
from curator.project.folder import DATABASE

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
