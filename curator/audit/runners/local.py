"""Derive blocks in worker processes: as many as there are cores, none for a little work."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from curator.audit.loading.derive import DerivePlan, derive_block
from curator.data.blocks import Block
from curator.errors import WorkFailed
from curator.module_path import VARIABLES, leave_working_folder
from curator.project.cache import Cache

WAITING_PER_WORKER = 2
"""Blocks read ahead for each worker: enough to keep it busy, few enough to bound memory."""

WORTH_A_WORKER = 6 << 20
"""Bytes below which starting a process (about 0.7 s) costs more than it saves."""

WORTH_A_WORKER_LIGHTLY = 32 << 20
"""The same where no check looks at the examples; threads then overlap parsing with the kernels, which need no lock."""

LOOKS_UP_EVERY = 0.2
"""Seconds. The system may hand Ctrl-C to a thread of a library; the main thread learns of it when it next wakes."""

Task = tuple[Block, DerivePlan]


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def derive_all(
    tasks: Iterable[Task], cache: Cache, size: int, finished: Callable[[Block], None], *, light: bool = False
) -> None:
    """Derive every task's block into the cache.

    Args:
        tasks: blocks with their plans, read lazily.
        cache: where the results go.
        size: bytes expected in all, to decide whether worker processes are worth their start.
        finished: called for each block that is done, in any order.
        light: whether no check looks at the examples.

    Raises:
        WorkFailed: a worker was killed; what it finished is in the cache.
    """
    if light and size < WORTH_A_WORKER_LIGHTLY:
        with ThreadPoolExecutor(cores()) as threads:
            for block in _in_parallel(threads, tasks, cache):
                finished(block)
        return
    if size < WORTH_A_WORKER or cores() == 1:
        for block, plan in tasks:
            derive_block(block, plan, cache)
            finished(block)
        return
    with _away_from_working_folder():
        _derive_in_workers(tasks, cache, finished)


def _derive_in_workers(tasks: Iterable[Task], cache: Cache, finished: Callable[[Block], None]) -> None:
    others = multiprocessing.active_children()
    executor = ProcessPoolExecutor(cores(), multiprocessing.get_context("spawn"), initializer=_begin_worker)
    try:
        for block in _in_parallel(executor, tasks, cache):
            finished(block)
    except BrokenProcessPool:
        raise WorkFailed(
            "A worker process was killed, perhaps for lack of memory. What was finished is kept: run the command again."
        ) from None
    except BaseException:
        # Ctrl-C, a full disk: nobody waits for blocks that are under way, and the cache never holds half a result.
        for worker in multiprocessing.active_children():
            if worker not in others:
                worker.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _in_parallel(executor: Executor, tasks: Iterable[Task], cache: Cache) -> Iterator[Block]:
    waiting: dict[Future[None], Block] = {}
    for block, plan in tasks:
        with _uninterrupted():  # the first one starts the workers
            waiting[executor.submit(derive_block, block, plan, cache)] = block
        while len(waiting) >= cores() * WAITING_PER_WORKER:
            yield from _done(waiting)
    while waiting:
        yield from _done(waiting)


def _done(waiting: dict[Future[None], Block]) -> Iterator[Block]:
    for future in wait(waiting, LOOKS_UP_EVERY, return_when=FIRST_COMPLETED).done:
        future.result()
        yield waiting.pop(future)


@contextmanager
def _away_from_working_folder() -> Iterator[None]:
    """Workers get this process's module path, in a notebook one with the working folder first: not while they start."""
    path, changed = list(sys.path), {name: os.environ.get(name) for name in VARIABLES}
    leave_working_folder()
    program = sys.modules["__main__"].__dict__
    origin: dict[str, Any] = {name: program.pop(name) for name in ("__spec__", "__file__") if name in program}
    program["__spec__"] = None  # or each worker would run a script that uses curator again, from its first line
    try:
        yield
    finally:
        program.update(origin)
        sys.path[:] = path
        for name, value in changed.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off Ctrl-C until after this. A process that is started meanwhile never hears of it: that is its parent's."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker() -> None:
    """A worker leaves interruption to its parent and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
