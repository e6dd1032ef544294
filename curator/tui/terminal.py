"""The terminal that the app runs in: when its window is closed or its connection is lost, the app ends."""

import os
import select
from collections.abc import Callable
from threading import Thread

HUNG_UP = 129
"""Exit status; what a shell says of a program that SIGHUP ended."""


def end_with(terminal: int, finish: Callable[[], object]) -> None:
    """End this process once the terminal of a file descriptor is gone, after `finish`.

    Mostly SIGHUP ends it already. It does not come where the terminal is not the controlling one, or where `nohup` or
    a supervisor ignores it; then reading gives nothing for ever and writing fails, so that the event loop may never
    come round again. That is why a thread waits for it (without any work while it waits), and why it ends the process
    without asking the event loop.
    """

    def wait() -> None:
        watched = select.poll()
        watched.register(terminal, 0)  # hang-ups are told whatever is asked for
        if any(event & select.POLLHUP for _, event in watched.poll()):
            finish()
            os._exit(HUNG_UP)

    Thread(target=wait, name="terminal", daemon=True).start()
