"""Who may read what is written, whatever the umask: a project is its owner's alone, an export as open as its sources.

Permissions are only ever taken away, so a stricter umask still counts.
"""

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

OWNER = 0o600
"""Read and write for the owner, nothing for others; a folder with these can be entered, too."""

ANYONE = 0o666
"""What the umask leaves."""


def allowed_by(sources: Iterable[Path]) -> int:
    """The permissions to read and write that all of these files grant, the owner's included.

    Without a file, as where data came from standard input: `ANYONE`.
    """
    allowed = ANYONE
    for source in sources:
        allowed &= source.stat().st_mode | OWNER
    return allowed


def narrow(path: Path, allowed: int = OWNER) -> None:
    """Take from a file or folder every permission beyond `allowed`; whoever may read it may also enter or execute it.

    What belongs to another user, and the target of a link, stay as they are.
    """
    with contextlib.suppress(FileNotFoundError, PermissionError):
        mode = path.lstat().st_mode
        wanted = mode & (allowed | (allowed >> 2 & 0o111) | 0o7000)
        if not stat.S_ISLNK(mode) and wanted != stat.S_IMODE(mode):
            path.chmod(wanted)


def narrow_all(folder: Path, allowed: int = OWNER) -> None:
    """`narrow` a folder and all in it; the folder itself last, so that it tells whether the rest is done."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            narrow(Path(place, name), allowed)
    narrow(folder, allowed)


def is_open(folder: Path, allowed: int = OWNER) -> bool:
    """Whether a folder has permissions beyond `allowed`."""
    return bool(stat.S_IMODE(folder.stat().st_mode) & ~(allowed | (allowed >> 2 & 0o111) | 0o7000))


def as_its_folder(path: Path) -> None:
    """Open a file to nobody who may not read its folder."""
    narrow(path, path.parent.stat().st_mode & ANYONE | OWNER)


def make_private(path: Path) -> None:
    """Make an empty file for the owner alone, where there is none."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER))
