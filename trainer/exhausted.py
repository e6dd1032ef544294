"""Memory or disk that ran out while a run worked: a sentence that says what to lower or to free."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from trainer.errors import ExhaustedError

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""There is no room, a quota is used up, a file may not grow further."""
_NO_MEMORY = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")
_NO_ROOM = ("no space left on device", "disk quota exceeded", "file too large", "file write failed", "unexpected pos")
"""Native writers of safetensors and torch raise errors of their own kinds: only the words tell."""


@contextmanager
def exhaustion_worded(go_on: str) -> Iterator[None]:
    """Turn what Python, torch and safetensors raise when memory or disk runs out into an `ExhaustedError`.

    Args:
        go_on: a sentence on how the work is continued.
    """
    try:
        yield
    except Exception as problem:
        if (sentence := _worded(problem)) is None:
            raise
        raise ExhaustedError(f"{sentence} {go_on}") from problem


def _worded(problem: Exception) -> str | None:
    words = str(problem).lower()
    if isinstance(problem, MemoryError) or any(part in words for part in _NO_MEMORY):
        return (
            "Out of memory. Lower [training] micro_batch_tokens or max_length, or close what else needs memory "
            f"({_first_line(problem)})."
        )
    if (isinstance(problem, OSError) and problem.errno in DISK_FULL) or any(part in words for part in _NO_ROOM):
        return f"The disk is full ({_first_line(problem)}). Free some space."
    return None


def _first_line(problem: Exception) -> str:
    text = str(problem).strip() or type(problem).__name__
    return text.splitlines()[0][:200].rstrip(".")
