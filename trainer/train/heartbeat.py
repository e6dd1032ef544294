"""Progress at least every second, whatever a run is busy with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Self

from trainer.contract.events import EventLog

HEARTBEAT_SECONDS = 1.0
"""A front end may call a run silent after a few of these."""
NOTHING_DONE = {"step": 0, "steps": 0, "epoch": 0.0, "tokens": 0, "tokens_per_second": 0.0, "seconds_left": None}


class Heartbeat:
    """Writes a `progress` event at least every second for as long as it is open, whatever the run is busy with.

    `phase` is preparing, training or evaluating; `figures()` returns the other fields of the event.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.phase = "preparing"
        self.figures: Callable[[], dict[str, Any]] = lambda: NOTHING_DONE
        self._last = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="trainer-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def step(self) -> None:
        """A step ended: write progress now unless the last was under half a second ago."""
        if time.monotonic() - self._last >= HEARTBEAT_SECONDS / 2:
            self._write()

    def _beat(self) -> None:
        while not self._done.wait(HEARTBEAT_SECONDS / 4):
            if time.monotonic() - self._last >= HEARTBEAT_SECONDS * 0.9:
                self._write()

    def _write(self) -> None:
        self._last = time.monotonic()
        self._log.write("progress", phase=self.phase, **self.figures())
