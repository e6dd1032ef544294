"""What cannot be read twice (standard input, a pipe) as a file that can be, for as long as this process runs."""

import atexit
import os
import re
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from curator.data.files.atomic import sweep_temporary, temporary_prefix
from curator.errors import UnreadableInput

_READ_BYTES = 4 << 20
_SPECIAL = {stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFSOCK: "a socket"}


def spooled(stream: IO[bytes], ending: str = ".jsonl") -> Path:
    """A copy of a stream that only this user can read; it is gone when the process ends."""
    return spooled_lines(iter(lambda: stream.read(_READ_BYTES), b""), ending)


def spooled_lines(chunks: Iterable[bytes], ending: str = ".jsonl") -> Path:
    """The same of bytes in parts."""
    sweep_temporary("stdin")
    descriptor, name = tempfile.mkstemp(prefix=temporary_prefix("stdin"), suffix=ending)
    atexit.register(Path(name).unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as copy:
        for chunk in chunks:
            copy.write(chunk)
    return Path(name)


def spooled_pipe(path: Path) -> Path:
    """A copy of all that a pipe gives, its ending kept, since that may say how it is packed."""
    endings = re.search(r"(\.[A-Za-z0-9]{1,8}){1,2}$", path.name)
    with path.open("rb") as stream:
        return spooled(stream, endings[0] if endings else ".jsonl")


def is_pipe(path: Path) -> bool:
    """Whether it is a named pipe, or what a shell gives for `<(command)`."""
    return stat.S_ISFIFO(_mode(path))


def is_regular(path: Path) -> bool:
    """Whether it is a file in the narrow sense."""
    return stat.S_ISREG(_mode(path))


def refuse_special(path: Path, name: str) -> None:
    """Refuse what is neither a file, a folder nor a pipe.

    Raises:
        UnreadableInput: it is a device or a socket.
    """
    kind = _SPECIAL.get(stat.S_IFMT(_mode(path)))
    if kind:
        raise UnreadableInput(f"{name} is {kind}. Name a file or a pipe, or `-` for standard input.")


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0
