"""Work whose length a stranger decides, within bounds: a chat template is a program that comes with a model.

It is done in a forked process, which the system ends when it takes too much processor time or memory, whatever it is
busy with. Processor time is counted and not the clock, so that a busy machine changes nothing. What the work needs is
there without being sent, and the results come while the caller works on those before.
"""

from __future__ import annotations

import gc
import marshal
import math
import mmap
import os
import resource
import signal
import struct
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, NoReturn, TypeVar

import psutil

Item = TypeVar("Item")
Refusals = tuple[type[Exception], ...]

SECONDS = 3
"""Of processor time, for one rendering: a usual one takes less than a thousandth of a second."""
MEMORY = 2 << 30
"""Bytes, besides what the process had when the work began."""

_NUMBER = struct.Struct("<q")
_renewed: float | None = None
"""In a process that works within bounds: the processor time at which its allowance was last renewed."""


class OutOfBoundsError(Exception):
    """The work took too much processor time or memory; `place`: of the item."""

    def __init__(self, taken: str, place: int = 0) -> None:
        super().__init__(taken)
        self.place = place


def in_bounds(work: Callable[[Item], Any], items: Sequence[Item], refusals: Refusals = ()) -> Iterator[Any]:
    """`work` of each item, in their order; it returns what `marshal` can write.

    Raises:
        OutOfBoundsError: an item takes too much.
        Exception: one of `refusals`, with the words that `work` raised it with.
    """
    read, write = os.pipe()
    begun = mmap.mmap(-1, _NUMBER.size)  # shared: the place of the item that the child is at
    with warnings.catch_warnings():
        # The child runs nothing but `work`, and none of the locks that other threads may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _serve(work, items, refusals, write, begun)
    os.close(write)
    try:
        with os.fdopen(read, "rb") as results:
            for _ in items:
                kind, value = _received(results)
                if kind > 0:
                    raise refusals[kind - 1](value)
                if kind < 0 and value is not None:
                    raise RuntimeError(value)
                if kind < 0:
                    status, child = os.waitpid(child, 0)[1], 0
                    raise OutOfBoundsError(_taken(status), _NUMBER.unpack_from(begun)[0])
                yield value
    finally:
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def renew() -> None:
    """Begin a new allowance of processor time, within a process that has one."""
    global _renewed
    if _renewed is not None and (used := time.process_time()) >= _renewed + 1:
        _renewed = used
        _lower(resource.RLIMIT_CPU, math.ceil(used) + SECONDS)


def _serve(
    work: Callable[[Item], Any], items: Sequence[Item], refusals: Refusals, write: int, begun: mmap.mmap
) -> NoReturn:
    """The child: nothing of the parent's is finished or closed by it."""
    global _renewed
    try:
        gc.freeze()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _lower(resource.RLIMIT_AS, psutil.Process().memory_info().vms + MEMORY)
        _renewed = -math.inf
        with os.fdopen(write, "wb", buffering=1 << 16) as results:
            for place, item in enumerate(items):
                _NUMBER.pack_into(begun, 0, place)
                renew()
                content = marshal.dumps(_outcome(work, item, refusals))
                results.write(_NUMBER.pack(len(content)))
                results.write(content)
    except BrokenPipeError:
        pass  # nobody waits for the rest
    finally:
        os._exit(0)


def _outcome(work: Callable[[Item], Any], item: Item, refusals: Refusals) -> tuple[int, Any]:
    """0 and the result; the place of a refusal from 1 and its words; -1 and where a mistake was made."""
    try:
        return 0, work(item)
    except refusals as refusal:
        return 1 + next(place for place, kind in enumerate(refusals) if isinstance(refusal, kind)), str(refusal)
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)
        raise
    except Exception:  # the boundary of this process
        return -1, traceback.format_exc()


def _lower(limit: int, wanted: int) -> None:
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _received(results: BinaryIO) -> tuple[int, Any]:
    """An outcome; -1 and nothing when the child ended."""
    length = results.read(_NUMBER.size)
    content = results.read(_NUMBER.unpack(length)[0]) if len(length) == _NUMBER.size else b""
    if not content or len(content) < _NUMBER.unpack(length)[0]:
        return -1, None
    outcome: tuple[int, Any] = marshal.loads(content)
    return outcome


def _taken(status: int) -> str:
    """What a child that was ended took too much of."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return f"more than {SECONDS} s of processor time"
    return f"more than {MEMORY >> 30} GiB of memory"
