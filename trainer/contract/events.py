"""The event log: one JSON object a line, appended and flushed, followed by any front end.

A last line that a crash cut short is closed by whoever writes next and skipped by whoever reads.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from trainer.contract import SCHEMA_VERSION

FINAL = ("finished", "failed", "stopped")
"""The last event of an attempt."""

_BLOCK = 1 << 16

EventName = Literal[
    "started",
    "plan",
    "token-fate",
    "progress",
    "metric",
    "answer",
    "warning",
    "overfitting",
    "checkpoint",
    "resumed",
    "stopped",
    "failed",
    "finished",
]


class Event(BaseModel):
    """One line of `events.jsonl`. Fields beyond these depend on the event and lie beside them.

    `progress` comes at least every second, with `phase` (preparing, training, evaluating), step, steps, epoch, tokens,
    tokens_per_second and seconds_left; before training they are 0 and null.
    """

    model_config = ConfigDict(extra="allow")

    v: int = SCHEMA_VERSION
    seq: int = Field(ge=0)
    time: datetime
    run: str
    event: EventName


class EventLog:
    """Appends events to a file; safe to call from several threads. `seq` continues where the file ended.

    Args:
        path: of the file; None: nothing is written.
        run: the name of the run, in every event.
        on_event: is called with each event too.
    """

    def __init__(self, path: Path | None, run: str, on_event: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.run = run
        self._lock = threading.Lock()
        self._on_event = on_event
        self._file = None
        self._next = 0
        if path is not None:
            last = last_event(path)
            self._next = 0 if last is None else last["seq"] + 1
            self._file = path.open("ab+")
            if self._file.tell() and _last_byte(path) != b"\n":
                self._file.write(b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, event: EventName, **fields: Any) -> dict[str, Any]:
        """Append one event, in the file when this returns; the event. NaN and infinities become null."""
        with self._lock:
            made = Event(seq=self._next, time=datetime.now(UTC), run=self.run, event=event, **fields)
            line = {**made.model_dump(), "time": made.time.isoformat(timespec="milliseconds")}
            line = {key: _strict(value) for key, value in line.items()}
            self._next += 1
            if self._file is not None:
                text = json.dumps(line, ensure_ascii=False, allow_nan=False)
                self._file.write(text.encode("utf-8", "backslashreplace") + b"\n")  # a lone surrogate stays an escape
                self._file.flush()
        if self._on_event is not None:
            self._on_event(line)
        return line

    def sync(self) -> None:
        """Return when all events are on disk."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file; later writes fail."""
        if self._file is not None:
            self._file.close()


class EventReader:
    """Reads on in a file that grows, whenever asked; a front end asks a few times a second.

    Attributes:
        position: bytes read so far, always whole lines.
    """

    def __init__(self, path: Path, position: int = 0) -> None:
        self._path = path
        self.position = position

    def new(self) -> list[dict[str, Any]]:
        """Events since the last call, in order; none while the file is not there."""
        try:
            with self._path.open("rb") as file:
                file.seek(self.position)
                complete, end, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        self.position += len(complete) + len(end)
        return [event for event in map(_event, complete.split(b"\n")) if event is not None]


def last_event(path: Path, after: int = 0) -> dict[str, Any] | None:
    """The last whole event that begins at byte `after` or later; read from the end, so in constant time."""
    for line in _lines_backwards(path, after):
        if (event := _event(line)) is not None:
            return event
    return None


def _event(line: bytes) -> dict[str, Any] | None:
    """The event of a line; None for a line that is none, such as one that a crash cut short."""
    try:
        event = json.loads(line)
    except ValueError:  # not JSON, or not UTF-8
        return None
    return event if isinstance(event, dict) and isinstance(event.get("seq"), int) and "event" in event else None


def _lines_backwards(path: Path, after: int) -> Iterator[bytes]:
    """Lines of the file from the last to the first."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        position, rest = file.seek(0, 2), b""
        while position > after:
            begin = max(after, position - _BLOCK)
            file.seek(begin)
            rest, *lines = (file.read(position - begin) + rest).split(b"\n")
            position = begin
            yield from reversed(lines)
        yield rest


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1)


def _strict(value: Any) -> Any:
    """NaN and infinities, which JSON does not know, as None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _strict(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(part) for part in value]
    return value
