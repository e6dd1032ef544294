"""Files that appear whole, and what a process that was killed left of its own."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from curator.data.files.permissions import ANYONE, narrow

_TEMPORARY = re.compile(r"curator-[a-z]+-(\d+)-")
_CLOCK = 1.0
"""Seconds by which the start of a process may be off: some systems give it from a boot time in whole seconds."""


@contextmanager
def atomic_file(path: Path, allowed: int = ANYONE) -> Iterator[Path]:
    """Give a temporary name in the same folder; after a clean end the file is flushed and takes the name `path`.

    Where something is replaced, the new file is no more open than that was. What a killed process left of its attempt
    to write the same file is removed. A link is written through; a pipe or a device is written to directly.

    Args:
        path: of the file.
        allowed: permissions that it may have at most; see `curator.data.files.permissions`.

    Raises:
        OSError: the system refused; the earlier file is untouched.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    path = path.resolve()
    _sweep_unfinished(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{token_hex(4)}.unfinished")
    if path.is_file():
        allowed &= path.stat().st_mode
    try:
        unfinished.touch(mode=allowed, exist_ok=False)
        yield unfinished
        narrow(unfinished, allowed)
        flush(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_left_over(path: Path, process: str) -> bool:
    """Whether the process of that number, which made `path`, is gone; one that began later only has the same number.

    Raises:
        FileNotFoundError: there is no such file any more.
    """
    import psutil

    made = path.lstat().st_ctime
    try:
        writer = psutil.Process(int(process))
        return bool(writer.create_time() > made + _CLOCK or not writer.cmdline())
    except psutil.AccessDenied:
        return False
    except (psutil.NoSuchProcess, OverflowError):
        return True


def temporary_prefix(kind: str) -> str:
    """How the name of a temporary file or folder begins, so that `sweep_temporary` knows whose it is."""
    return f"curator-{kind}-{os.getpid()}-"


def left_temporary(kind: str) -> Iterator[Path]:
    """Temporary files and folders of this user that a process which is gone left behind."""
    for path in Path(tempfile.gettempdir()).glob(f"curator-{kind}-*"):
        named = _TEMPORARY.match(path.name)
        try:
            if named and path.lstat().st_uid == os.getuid() and is_left_over(path, named[1]):
                yield path
        except FileNotFoundError:
            continue


def sweep_temporary(kind: str) -> None:
    """Remove them."""
    for path in left_temporary(kind):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _sweep_unfinished(path: Path) -> None:
    pattern = re.compile(rf"\.{re.escape(path.name)}\.(\d+)-[0-9a-f]{{8}}\.unfinished")
    try:
        found = [(left, pattern.fullmatch(left.name)) for left in path.parent.iterdir()]
    except OSError:
        return  # whoever writes here next is told
    for left, named in found:
        with suppress(FileNotFoundError):
            if named and left.is_file() and is_left_over(left, named[1]):
                left.unlink()
