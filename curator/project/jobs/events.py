"""`events.jsonl`: what long work tells, one JSON object a line; the fields are those of `trainer.contract.Event`.

The trainer writes the same file by itself. A last line that a crash cut short is closed by whoever writes next and
passed over by whoever reads.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from trainer.contract import SCHEMA_VERSION, Event, EventName

FINAL = ("finished", "failed", "stopped")
"""The last word of an attempt."""

_BLOCK = 1 << 16


class EventWriter:
    """Appends events; `seq` goes on where the file ended. One writer a file."""

    def __init__(self, path: Path, run: str) -> None:
        self._run = run
        last = last_event(path)
        self._next = 0 if last is None else last["seq"] + 1
        self._file = path.open("ab+")
        if self._file.tell() and _last_byte(path) != b"\n":
            self._file.write(b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, event: EventName, **fields: Any) -> dict[str, Any]:
        """Append one event, in the file when this returns; the event. NaN and infinities become null."""
        made = Event(v=SCHEMA_VERSION, seq=self._next, time=datetime.now(UTC), run=self._run, event=event, **fields)
        line: dict[str, Any] = _finite(made.model_dump()) | {"time": made.time.isoformat(timespec="milliseconds")}
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()
        self._next += 1
        return line


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
        event = msgspec.json.decode(line)
    except msgspec.DecodeError:
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


def _finite(value: Any) -> Any:
    """NaN and infinities, which JSON does not know, as None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
