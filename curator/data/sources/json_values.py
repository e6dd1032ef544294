"""Read JSON values one after the other: the elements of an array, of the lists in an object, or values in a row.

Each value is found by a parser that stops where it ends, so that a fault is noticed at once. Behind a fault reading
continues at the next value that is made like those before it; what lies between is one faulty element, and its bytes
are counted.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any

import msgspec

from curator.data import blocks as sizes
from curator.data.blocks import BYTE_ORDER_MARK, Element
from curator.data.json_line import decode_json
from curator.data.sources.resuming import KnownValues, value_end, words_on

_all_of = msgspec.json.Decoder(list[msgspec.Raw]).decode
_AT_ONCE = 1 << 18
"""Bytes in which values are looked for at once; up to where one of them has a fault they are read one by one."""
_BETWEEN = re.compile(rb"[\s,]*+")
_SEPARATOR = re.compile(rb"\s*+(?:[,\]]|$)")
_AROUND_KEYS = re.compile(rb"[\s,{}\]]*+")
_LEFT = re.compile(rb'\}(?!\s*+,\s*+[\[{])|\]|"(?:[^"\\]|\\.)*+"\s*+:|$', re.DOTALL)
_COLON = re.compile(rb"\s*+:\s*+")
_RECENT = 20
"""Values by whose keys the next one behind a fault is known."""
_FIRST = 5
"""Elements of a list by which it is known whether it holds examples."""
_EFFORT = 32
"""Bytes that may be parsed in vain behind a fault for each byte that was read: a limit against endless nesting."""
_HEAD = 200
_GOES_ON = "up to the next element"
_LONGEST_BEGIN = 1 << 10
_WORDED = 1 << 20
"""Bytes of a faulty element up to which the parser's words on it are looked up."""


class JsonValues:
    """The values of a stream.

    Args:
        stream: the bytes, from their beginning.
        is_wanted: of a list in an object by one of its first elements, whether they are examples; None: the
            stream is an array, or values in a row.
    """

    def __init__(self, stream: IO[bytes], is_wanted: Callable[[Any], bool] | None = None) -> None:
        self._stream = stream
        self._is_wanted = is_wanted
        self._data, self._view = b"", memoryview(b"")
        self._base, self._at = 0, 0
        self._at_end = False
        self._recent: deque[bytes] = deque(maxlen=_RECENT)
        self._known = KnownValues()
        self._number = 0
        self._resumes = False
        self._one_by_one = 0

    def elements(self) -> Iterator[Element]:
        """The values in order, numbered from 1; those with a fault say which."""
        while len(self._data) < len(BYTE_ORDER_MARK) and self._fill():
            pass
        self._at = len(BYTE_ORDER_MARK) if self._data.startswith(BYTE_ORDER_MARK) else 0
        if self._is_wanted is None:
            if self._goes_on() and self._data[self._at] == 0x5B:
                self._at += 1
            yield from self._list_elements()
            return
        closed = 0
        while self._enters_list():
            if self._resumes:
                skipped = self._base + self._at - closed
                said = f"{skipped:,} bytes"
                yield self._fault(closed, b"", "The list is closed here, and more elements follow", said, _GOES_ON)
            yield from self._list_elements()
            closed = self._base + self._at

    def _goes_on(self) -> bool:
        """Move to the next thing that is no separator; False: there is none."""
        while True:
            match = _BETWEEN.match(self._data, self._at)
            assert match is not None, "nothing matches, too"
            self._at = match.end()
            if self._at < len(self._data):
                return True
            if not self._fill():
                return False

    def _list_elements(self) -> Iterator[Element]:
        """Elements up to the end of the list; outside of an object, whatever follows it is read as well."""
        closed = -1
        while self._goes_on():
            if self._data[self._at] == 0x5D:
                if closed >= 0:
                    yield self._fault(closed, b"]", "The list was closed before")
                closed = self._base + self._at
                self._at += 1
                if self._is_wanted is not None and self._is_left():
                    return
                continue
            if closed >= 0:
                if self._data[self._at] == 0x5B and not self._known.are_lists(self._recent):
                    self._at += 1
                else:
                    yield self._fault(closed, b"]", "The list is closed here, and more elements follow")
                closed = -1
                continue
            if self._base + self._at >= self._one_by_one:
                yield from self._many()
            element = self._value() if self._goes_on() and self._data[self._at] != 0x5D else None
            if element is not None:
                yield element

    def _is_left(self) -> bool:
        """Whether, behind a list, the object around it continues or ends."""
        while self._goes_on() and len(self._data) - self._at < _LONGEST_BEGIN and self._fill(_LONGEST_BEGIN):
            pass
        return _LEFT.match(self._data, self._at) is not None

    def _many(self) -> list[Element]:
        """The values in the next bytes up to the last that begins like the one before, where all are sound; or none."""
        at, limit = self._at, self._at + _AT_ONCE
        begin = self._recent[-1].partition(b":")[0][:_HEAD] if self._recent else b"{}"
        cut = self._data.rfind(begin, at + 1, limit)
        try:
            values = _all_of(b"[" + self._data[at:cut].rstrip(b" \t\r\n,") + b"]") if cut > at else []
        except (msgspec.DecodeError, RecursionError):
            values = []
        if not values:
            self._one_by_one = self._base + limit
            return []
        elements = []
        for value in values:
            raw = bytes(value)
            at = self._data.find(raw, at, cut)
            self._number += 1
            elements.append(Element(self._number, raw, None, self._base + at))
            at += len(raw)
        self._recent.extend(element.raw for element in elements[-_RECENT:])
        self._at = cut
        return elements

    def _value(self) -> Element | None:
        """The value that begins here, or the fault; None: more had to be read, and it is to be asked again."""
        at, data = self._at, self._data
        end, _ = value_end(self._view, at)
        pending = len(data) - at
        if end < 0 and not self._at_end and pending <= sizes.LONGEST_LINE:
            self._fill(pending)
            return None
        if end == len(data) and not self._at_end and data[end - 1] not in b'"]}':
            self._fill()
            return None
        is_stray = end > 0 and data[at] not in b"[{" and _SEPARATOR.match(data, end) is None
        if end <= 0 or end - at > sizes.LONGEST_LINE or is_stray:
            return self._skipped(0 if is_stray else end)
        self._number += 1
        self._at = end
        raw = data[at:end]
        self._recent.append(raw)
        return Element(self._number, raw, None, self._base + at)

    def _skipped(self, end: int) -> Element:
        """Skip to the next value like those before; the element that lies between."""
        begin, is_long = self._base + self._at, end > 0 or len(self._data) - self._at > sizes.LONGEST_LINE
        head = self._data[self._at : self._at + _HEAD]
        if not self._recent and not self._known:
            while len(self._data) - self._at < sizes.READ_BYTES and self._fill():
                pass
            self._known.guess(self._data, self._view, self._at)
        self._known.learn(self._recent)
        resumed = end if end > 0 else self._resumed()
        skipped = self._base + resumed - begin
        region = self._data[max(0, resumed - skipped) : resumed].rstrip(b" \t\r\n,")
        self._at = resumed
        if is_long:
            sentence = f"The element is longer than {sizes.LONGEST_LINE >> 20} MiB; such elements are not read"
        elif len(region) == skipped or len(region) <= _WORDED:
            sentence = words_on(region)
        else:
            sentence = "The element is not JSON"
        is_last = self._at_end and resumed == len(self._data)
        where = "up to the end of the file" if is_last else _GOES_ON
        return self._fault(begin, head[:_HEAD] if skipped > _HEAD else region, sentence, f"{skipped:,} bytes", where)

    def _resumed(self) -> int:
        """Where the next value like those before begins; the end of the data where there is none."""
        look, effort = self._at + 1, 0
        while True:
            for place in self._known.begins(self._data, look):
                look = place + 1
                end, reached = value_end(self._view, place)
                if end > 0 and self._known.is_like(self._data[place:end]):
                    return place
                if end < 0 and not self._at_end and len(self._data) - place <= sizes.LONGEST_LINE:
                    look = place
                    break
                effort += reached - place
                if effort > _EFFORT * len(self._data):
                    look, effort = len(self._data), 0
                    break
            else:
                look = max(look, len(self._data) - _LONGEST_BEGIN)
            if self._at_end:
                return len(self._data)
            if look - self._at > sizes.LARGEST:
                self._at = look
            moved = self._base
            self._fill(len(self._data) - look)
            look -= self._base - moved

    def _fault(self, begin: int, raw: bytes, sentence: str, count: str = "1 byte", where: str = "") -> Element:
        self._number += 1
        was = "was" if count == "1 byte" else "were"
        said = f"{sentence}. {count} {was} skipped{', ' if where else ''}{where}."
        return Element(self._number, raw, ("invalid-json", said), begin)

    def _enters_list(self) -> bool:
        """Move to the first element of the next list of examples in the object; False: there is none any more.

        An element that stands outside of a list, because a bracket is damaged, counts as one.
        """
        self._known.learn(self._recent)
        while True:
            match = _AROUND_KEYS.match(self._data, self._at)
            assert match is not None, "nothing matches, too"
            brace = self._data.rfind(b"{", match.start(), match.end())
            self._resumes = brace >= 0 and self._known.begins_at(self._data, brace)
            self._at = brace if self._resumes else match.end()
            if self._resumes:
                return True
            end, _ = value_end(self._view, self._at) if self._at < len(self._data) else (-1, 0)
            colon = _COLON.match(self._data, end) if end > 0 else None
            begin = colon.end() if colon else end
            if end < 0 or begin >= len(self._data) - 1:
                if not self._fill(len(self._data) - self._at):
                    return False
                continue
            opens = self._data[begin] if colon else 0
            if opens == 0x7B or end == 0:
                self._at = begin + 1 if opens else self._at + 1
            elif opens == 0x5B and (found := self._is_list_of_examples(begin + 1)) is not None:
                self._at = begin + 1 if found else self._behind(begin)
                if found:
                    return True
            elif opens != 0x5B:
                self._at = begin if not colon else self._behind(begin)

    def _is_list_of_examples(self, at: int) -> bool | None:
        """Whether one of a list's first sound elements is wanted; None: more was read, and it is to be asked again."""
        assert self._is_wanted is not None, "only lists in an object are asked for"
        begin = at
        for _ in range(_FIRST):
            match = _BETWEEN.match(self._data, at)
            assert match is not None, "nothing matches, too"
            at = match.end()
            end, _ = value_end(self._view, at) if at < len(self._data) else (-1, 0)
            if end < 0 and self._fill(len(self._data) - begin):
                return None
            if end < 0 or self._data[at] == 0x5D or (end and self._data[at] not in b"[{"):
                return False
            raw = self._data[at:end] if end else self._known.guess(self._data, self._view, at)
            with suppress(ValueError):
                if raw and self._is_wanted(decode_json(raw)):
                    return True
            if end == 0:
                return False
            at = end
        return False

    def _behind(self, at: int) -> int:
        """Where a value that is not wanted ends; within it, where it has a fault or is too long."""
        end, _ = value_end(self._view, at)
        while end < 0 and len(self._data) - at <= sizes.LONGEST_LINE and self._fill_keeping(at):
            at, (end, _) = self._at, value_end(self._view, self._at)
        return end if end > 0 else at + 1

    def _fill_keeping(self, at: int) -> bool:
        self._at = at
        return self._fill(len(self._data) - at)

    def holds_examples(self) -> bool:
        """Whether there is a list of examples in the object."""
        self._fill()
        return self._enters_list()

    def _fill(self, size: int = 0) -> bool:
        """Read on, at least `size` bytes; False: there is nothing more. What lies before the place is dropped."""
        chunk = b"" if self._at_end else self._stream.read(max(size, sizes.READ_BYTES))
        self._at_end = not chunk
        if chunk:
            self._data = self._data[self._at :] + chunk
            self._view = memoryview(self._data)
            self._base, self._at = self._base + self._at, 0
        return bool(chunk)
