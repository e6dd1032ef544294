"""stdout and stderr of a command: what becomes of the work when their reader is gone, or they have no room.

Narration that finds no room is lost and stops nothing. Data on stdout that finds none ends the command, once, with
`OutputFailed`: quietly where its reader has closed the pipe, else with a sentence. A command therefore does its work
and writes its files first, and prints last.
"""

import errno
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class OutputFailed(Exception):
    """stdout does not take what is printed.

    Attributes:
        error: the system's.
        done: what was done before, and holds; None: nothing but printing was asked for.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error
        self.done: str | None = None

    @property
    def reader_left(self) -> bool:
        """Whether whoever read it has closed the pipe, which is not a problem."""
        return self.error.errno == errno.EPIPE


@contextmanager
def telling(done: str) -> Iterator[None]:
    """Print inside what was done; a print that fails then says that it was.

    Args:
        done: a sentence without its full stop, such as "The undo was made".
    """
    try:
        yield
        sys.stdout.flush()
    except OutputFailed as failed:
        failed.done = done
        raise


def print_json(*values: Any, one_line: bool = False) -> None:
    """Print each value as JSON, all of it ASCII: a report is indented, of a list each value is on one line."""
    for value in values:
        sys.stdout.write(json.dumps(value, indent=None if one_line else 1, default=str) + "\n")


class _Stream(io.FileIO):
    """A standard stream that fails at most once, and afterwards takes everything and keeps nothing."""

    def __init__(self, descriptor: int, *, is_data: bool) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._is_data = is_data
        self._has_failed = False

    def write(self, data: Any, /) -> int:
        """Write some bytes; how many."""
        if not self._has_failed:
            try:
                return super().write(data)
            except OSError as error:
                self._has_failed = True
                if self._is_data:
                    raise OutputFailed(error) from error
        return memoryview(data).nbytes


def take_over(errors: str) -> None:
    """Put such streams in the place of stdout and stderr, and something harmless in that of a closed one.

    Args:
        errors: name of the handler of characters that a stream cannot encode.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:  # the next file to be opened would be taken for this stream
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - a stream for the whole process
    sys.stdout = _text(1, sys.stdout, errors, is_data=True)
    sys.stderr = _text(2, sys.stderr, errors, is_data=False)


def _text(descriptor: int, before: Any, errors: str, *, is_data: bool) -> io.TextIOWrapper:
    stream = _Stream(descriptor, is_data=is_data)
    encoding = getattr(before, "encoding", None) or "utf-8"
    by_line = not is_data or stream.isatty()
    return io.TextIOWrapper(io.BufferedWriter(stream), encoding=encoding, errors=errors, line_buffering=by_line)
