"""From the events of session logs to conversations, in bounded memory."""

from collections import Counter
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import msgspec

from curator.data.blocks import BYTE_ORDER_MARK, LONGEST_LINE, Element, too_long
from curator.data.json_line import decode_json
from curator.data.logs import agents_sdk, claude_code, codex, langchain, pi, telemetry
from curator.data.logs.conversation import Event
from curator.data.logs.home_folders import without_names

LOGS: dict[str, ModuleType] = {
    module.NAME: module for module in (telemetry, langchain, agents_sdk, claude_code, codex, pi)
}
"""By name; an event is of the first whose it can be."""

_HELD = ("traces", "trace", "events", "spans", "runs", "session", "items")
"""Fields of a row that may hold the events of a session, as `datasets` has them."""
_OPEN = 32 << 20
"""Bytes of sessions that wait for more of their events, where a log interleaves them."""
_LOOKED_AT = 20


def log_of(values: Iterable[Any]) -> str | None:
    """The log that most of some values are events of, or hold the events of; None: less than half are."""
    counted: Counter[str | None] = Counter()
    for value in values:
        held = _events_in(value)
        counted[_name_of(value if held is None else held[0])] += 1
    name, count = next(iter(counted.most_common(1)), (None, 0))
    return name if 2 * count > counted.total() else None


def _name_of(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((name for name, log in LOGS.items() if log.is_event(value)), None)


def _events_in(value: Any) -> list[Any] | None:
    """The events that a row holds; None: it is an event itself."""
    if not isinstance(value, dict) or _name_of(value) is not None:
        return None
    for key in _HELD:
        events = value.get(key)
        if isinstance(events, list) and events:
            events = [_decoded(event.encode()) if isinstance(event, str) else event for event in events]
            if log_of(events[:_LOOKED_AT]) is not None:
                return events
    return None


def _decoded(raw: bytes) -> Any:
    try:
        return decode_json(raw.removeprefix(BYTE_ORDER_MARK))
    except ValueError:
        return None


def conversations_in(elements: Iterable[Element], name: str) -> Iterator[Element]:
    """The conversations of a log as elements, each at the line of its first event; what is no event stays as it is.

    Where a row holds a whole session, conversations are numbered from 1.
    """
    log, last = LOGS[name], 0
    open_sessions = _OpenSessions(log)
    for element in elements:
        value = None if element.fault else _decoded(element.raw)
        held = _events_in(value)
        if held is not None and isinstance(value, dict):
            events = [(last + 1, event) for event in held if isinstance(event, dict)]
            found: Iterable[Element] = _as_elements(
                events, log, rest={k: v for k, v in value.items() if k not in _HELD}
            )
        elif isinstance(value, dict) and log.is_event(value):
            open_sessions.add(element.number, value, len(element.raw))
            found = open_sessions.overdue()
        elif element.raw.strip() or element.fault:
            found = [element]
        else:
            found = []
        for one in found:
            last = max(one.number, last + 1)
            yield one._replace(number=last)
    for one in open_sessions.all():
        last = max(one.number, last + 1)
        yield one._replace(number=last)


class _OpenSessions:
    """The sessions of which there may be more events, the one that began first at the head."""

    def __init__(self, log: ModuleType) -> None:
        self._log = log
        self._spans = getattr(log, "spans_in", lambda event: (event,))
        self._events: dict[str, list[tuple[int, Event]]] = {}
        self._sizes: Counter[str] = Counter()
        self._latest = ""

    def add(self, number: int, event: Event, size: int) -> None:
        """Add an event to its session; one that names none is of the session before it."""
        for one in self._spans(event):
            self._latest = self._log.session_of(one) or self._latest
            self._sizes[self._latest] += size
            held = self._events.setdefault(self._latest, [])
            if self._sizes[self._latest] <= LONGEST_LINE or not held:
                held.append((number, one))
            size = 0

    def overdue(self) -> Iterator[Element]:
        """The conversations of the first sessions, as soon as too much is waiting."""
        while len(self._events) > 1 and self._sizes.total() > _OPEN:
            yield from self._closed(next(iter(self._events)))

    def all(self) -> Iterator[Element]:
        """The conversations of those that are left."""
        while self._events:
            yield from self._closed(next(iter(self._events)))

    def _closed(self, session: str) -> Iterator[Element]:
        events, size = self._events.pop(session), self._sizes.pop(session)
        if size > LONGEST_LINE:
            yield Element(events[0][0], b"", too_long(size))
        else:
            yield from _as_elements(events, self._log)


def _as_elements(
    events: list[tuple[int, Event]], log: ModuleType, rest: dict[str, Any] | None = None
) -> Iterator[Element]:
    """The conversations of one session as elements."""
    found = log.conversations(events) if events else []
    if not found and events and log.NAME in (telemetry.NAME, langchain.NAME, agents_sdk.NAME):
        sentence = "The trace holds no messages: what was said was not recorded with it."
        yield Element(events[0][0], msgspec.json.encode(events[0][1]), ("unrecognised-example", sentence))
    for conversation in found:
        value = (rest or {}) | conversation.value(log.NAME)
        raw, homes = without_names(msgspec.json.encode(value))
        if homes:
            raw = raw[:-1] + b',"home_folders_replaced":%d}' % homes
        yield Element(conversation.number, raw)
