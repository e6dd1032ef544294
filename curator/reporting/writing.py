"""Reports reach their place whole or not at all."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex

from curator.errors import UsageError, WorkFailed


def write_report(text: str, destination: str) -> None:
    """Write `text` as UTF-8 to a file, replacing it in one step, or to stdout for `-`.

    Something that is not a regular file (a pipe, a device) is written to directly.

    Raises:
        UsageError: the folder does not exist or may not be written to, or the destination is a folder.
        WorkFailed: writing failed midway, for example because the disk is full; an earlier file is untouched.
    """
    write_lines([text], destination, end="")


def write_lines(lines: Iterable[str], destination: str, end: str = "\n") -> None:
    """Write `lines`, each with `end` after it, as `write_report` does; they are taken one at a time.

    Raises:
        UsageError: the folder does not exist or may not be written to, or the destination is a folder.
        WorkFailed: writing failed midway, for example because the disk is full; an earlier file is untouched.
    """
    content = ((line + end).encode() for line in lines)
    if destination == "-":
        sys.stdout.buffer.writelines(content)
        sys.stdout.flush()
        return
    path = Path(destination)
    if path.is_dir():
        raise UsageError(f"{destination} is a folder; name a file to write the report to.")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(content)
        else:
            _replace(path.resolve(), content)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise UsageError(f"The report cannot be written to {destination}: {error.strerror}.") from error
    except OSError as error:
        if error.errno in (errno.EROFS, errno.ENAMETOOLONG):
            raise UsageError(f"The report cannot be written to {destination}: {error.strerror}.") from error
        sentence = f"Writing the report to {destination} failed: {error.strerror}. Nothing was replaced; try again."
        raise WorkFailed(sentence) from error


def _replace(path: Path, content: Iterable[bytes]) -> None:
    temporary = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
