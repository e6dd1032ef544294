"""The event log: one JSON object a line, appended and flushed, followed by any front end."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from trainer.contract import SCHEMA_VERSION, EventName

HEARTBEAT_SECONDS = 1.0
"""A front end may call a run silent after a few of these."""
NOTHING_DONE = {"step": 0, "steps": 0, "epoch": 0.0, "tokens": 0, "tokens_per_second": 0.0, "seconds_left": None}


class EventLog:
    """Appends events to a file; safe to call from several threads.

    A last line cut by a crash is closed with a line end first, so that every later line is whole. `seq` continues
    where the file ended.
    """

    def __init__(self, path: Path | None, run: str, on_event: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.run = run
        self._lock = threading.Lock()
        self._on_event = on_event
        self._sequence = 0
        self._file = None
        if path is not None:
            if path.exists():
                lines = path.read_bytes().split(b"\n")
                self._sequence = sum(1 for line in lines if line)
                if lines[-1]:
                    with path.open("ab") as tail:
                        tail.write(b"\n")
            self._file = path.open("a", encoding="utf-8")

    def write(self, event: EventName, **fields: Any) -> None:
        """Append one event. NaN and infinities become null: the file stays strict JSON."""
        with self._lock:
            line = {
                "v": SCHEMA_VERSION,
                "seq": self._sequence,
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "run": self.run,
                "event": event,
                **_strict(fields),
            }
            self._sequence += 1
            if self._file is not None:
                self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._file.flush()
        if self._on_event is not None:
            self._on_event(line)

    def sync(self) -> None:
        """Return when all events are on disk."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; later writes fail."""
        if self._file is not None:
            self._file.close()


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


def _strict(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _strict(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(part) for part in value]
    return value
