"""Memory or disk that ran out while a run worked: a sentence that says what to lower or to free."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from trainer.contract.errors import ExhaustedError, TrainerError

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""There is no room, a quota is used up, a file may not grow further."""
_NO_MEMORY = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")
_NO_ROOM = ("no space left on device", "disk quota exceeded", "file too large", "file write failed", "unexpected pos")
"""Native writers of safetensors and torch raise errors of their own kinds: only the words tell."""


@contextmanager
def exhaustion_worded(go_on: str, instead: str = "") -> Iterator[None]:
    """Turn what Python, torch and safetensors raise when memory or disk runs out into an `ExhaustedError`.

    Args:
        go_on: how the work is continued, a sentence.
        instead: what else helps where memory is short, a sentence.
    """
    try:
        yield
    except TrainerError:  # has its words already
        raise
    except Exception as problem:
        words = str(problem).lower()
        if isinstance(problem, MemoryError) or any(part in words for part in _NO_MEMORY):
            sentence = f"Out of memory ({_first_line(problem)}). Close what else needs memory. {go_on} {instead}"
        elif (isinstance(problem, OSError) and problem.errno in DISK_FULL) or any(part in words for part in _NO_ROOM):
            sentence = f"The disk is full ({_first_line(problem)}). Free some space. {go_on}"
        else:
            raise
        raise ExhaustedError(sentence.rstrip()) from problem


def _first_line(problem: Exception) -> str:
    text = str(problem).strip() or type(problem).__name__
    return text.splitlines()[0][:200].rstrip(".")
