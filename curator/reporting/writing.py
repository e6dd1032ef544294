"""Reports reach their place whole or not at all."""

import errno
import sys
from collections.abc import Iterable
from pathlib import Path

from curator.data.files.atomic import atomic_file
from curator.data.files.permissions import ANYONE
from curator.errors import UsageError, WorkFailed


def write_report(text: str, destination: str, allowed: int = ANYONE) -> None:
    """Write `text` as UTF-8 to a file, replacing it in one step, or to stdout for `-`.

    Something that is not a regular file (a pipe, a device) is written to directly. A new file has at most the
    permissions `allowed`, see `curator.data.files.permissions`; one that is replaced keeps its own.

    Raises:
        UsageError: the folder does not exist or may not be written to, or the destination is a folder.
        WorkFailed: writing failed midway, for example because the disk is full; an earlier file is untouched.
    """
    write_lines([text], destination, end="", allowed=allowed)


def write_lines(lines: Iterable[str], destination: str, end: str = "\n", allowed: int = ANYONE) -> None:
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
        with atomic_file(path, allowed) as unfinished, unfinished.open("wb") as file:
            file.writelines(content)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise UsageError(f"The report cannot be written to {destination}: {error.strerror}.") from error
    except OSError as error:
        if error.errno in (errno.EROFS, errno.ENAMETOOLONG):
            raise UsageError(f"The report cannot be written to {destination}: {error.strerror}.") from error
        sentence = f"Writing the report to {destination} failed: {error.strerror}. Nothing was replaced; try again."
        raise WorkFailed(sentence) from error
