"""What the system refuses (a full disk, a folder that may not be written), as sentences."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from curator.errors import DISK_FULL, UsageError, WorkFailed

NOT_WRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def worded(place: Path) -> Iterator[None]:
    """Turn what the system refuses while `place` is written into a sentence.

    Raises:
        WorkFailed: the disk is full, or failed in another way.
        UsageError: this user may not write there.
    """
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        number = _system_error(error)
        if number is None and not isinstance(error, OSError):
            raise
        if number in DISK_FULL:
            raise disk_full(place) from error
        if number in NOT_WRITABLE:
            raise UsageError(
                f"{place} may not be written by this user. Make it writable, or name another folder with --project."
            ) from error
        if number == errno.ENAMETOOLONG:
            raise UsageError(f"{place} has a name that is too long. Give it a shorter one.") from error
        raise WorkFailed(f"{place} could not be written: {error}. Run the command again.") from error


def _system_error(error: Exception) -> int | None:
    """The system's number for an error; polars names it in the text alone."""
    number = getattr(error, "errno", None)
    if number is not None:
        return int(number)
    named = re.search(r"\(os error (\d+)\)", str(error))
    return int(named[1]) if named else None


def disk_full(place: Path) -> WorkFailed:
    """The disk has no room for `place`."""
    return WorkFailed(
        f"The disk is full: {place} could not be written. Nothing of it was kept, and what was there before is "
        "untouched. Free some space and run the command again; it resumes from here."
    )
