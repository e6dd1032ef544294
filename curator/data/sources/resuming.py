"""Where, behind a fault, the next JSON value begins: one that is made like those that were read before."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json

_skip = msgspec.json.Decoder(msgspec.Raw).decode
_KEY = rb'"(?:[^"\\\x00-\x1f]|\\.){0,80}+"\s*+:'
_ANY_BEGIN = re.compile(rb"[\[{](?=\s*+(?:[\[{]\s*+)?+" + _KEY + rb")", re.DOTALL)
_FIRST_KEY = re.compile(rb"([\[{])\s*+(?:[\[{]\s*+)?+(" + _KEY + rb")", re.DOTALL)
_GUESSES = 500
"""Places that are tried, to know values by, where nothing was read before the fault."""
_MOST_KNOWN = 32


def value_end(data: memoryview, start: int) -> tuple[int, int]:
    """Where the JSON value that begins at `start` ends, and how far it was read.

    The end is 0 where it has a fault, and -1 where the data end within it.
    """
    try:
        _skip(data[start:])
    except msgspec.DecodeError as error:
        said = str(error)
        if said == "Input data was truncated":
            return -1, len(data)
        place = start + int(said[said.rindex(" ") + 1 : -1])
        if "trailing characters" not in said:
            return 0, place
        end = place - 1  # the parser has read one character behind the value, and white space before that
        while data[end - 1] in b" \t\r\n":
            end -= 1
        return end, place
    except RecursionError:
        return 0, start + 1
    return len(data), len(data)


class KnownValues:
    """How the values of a source are made: the bracket and the key they begin with, and the keys that all have."""

    def __init__(self) -> None:
        self._begins: dict[tuple[bytes, bytes], None] = {}
        self._shared: dict[type, frozenset[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._begins)

    def are_lists(self, recent: Iterable[bytes]) -> bool:
        """Whether the values before were lists."""
        return any(raw.startswith(b"[") for raw in recent)

    def learn(self, values: Iterable[bytes]) -> None:
        """From sound values."""
        for raw in values:
            match = _FIRST_KEY.match(raw)
            if match is None:
                continue
            if len(self._begins) < _MOST_KNOWN:
                self._begins[match[1], match[2].rstrip(b": \t\r\n")] = None
            kind, keys = _keys(raw)
            self._shared[kind] = self._shared.get(kind, keys) & keys

    def guess(self, data: bytes, view: memoryview, start: int) -> bytes | None:
        """From what follows a fault before any sound value, and that: the outermost values are the larger ones."""
        found: Counter[bytes] = Counter()
        place, tried = start + 1, 0
        examples: dict[bytes, bytes] = {}
        while tried < _GUESSES and (begin := _ANY_BEGIN.search(data, place)):
            end, _ = value_end(view, begin.start())
            tried += end <= 0
            place = end if end > 0 else begin.start() + 1
            match = _FIRST_KEY.match(data, begin.start())
            if end > 0 and match is not None:
                found[match[1] + match[2]] += end - begin.start()
                raw = data[begin.start() : end]
                if _keys(raw)[1]:
                    examples.setdefault(match[1] + match[2], raw)
        for key, _ in found.most_common():
            if key in examples:
                self.learn([examples[key]])
                return examples[key]
        return None

    def begins(self, data: bytes, start: int) -> Iterator[int]:
        """Places from `start` on at which a value like the known ones may begin."""
        return (match.start() for match in self._pattern().finditer(data, start)) if self._begins else iter(())

    def begins_at(self, data: bytes, place: int) -> bool:
        """Whether one may begin there."""
        return bool(self._begins) and self._pattern().match(data, place) is not None

    def _pattern(self) -> re.Pattern[bytes]:
        ways = (
            re.escape(bracket) + rb"(?=\s*+" + (rb"\{\s*+" if bracket == b"[" else b"") + re.escape(key) + rb"\s*+:)"
            for bracket, key in self._begins
        )
        return re.compile(b"|".join(ways))

    def is_like(self, raw: bytes) -> bool:
        """Whether a sound value has the keys that all known ones have."""
        kind, keys = _keys(raw)
        return kind in self._shared and self._shared[kind] <= keys


def _keys(raw: bytes) -> tuple[type, frozenset[str]]:
    """Whether it is an object or a list, and its keys, or those of the list's first element."""
    try:
        value = decode_json(raw)
    except ValueError:  # not UTF-8, for example: sound enough to see where it ends
        return type(None), frozenset()
    first = value[0] if isinstance(value, list) and value else value
    return type(value), frozenset(first) if isinstance(first, dict) else frozenset()


def words_on(raw: bytes) -> str:
    """What the parser says of a faulty element."""
    try:
        decode_json(raw)
    except InvalidEncoding as error:
        return f"The element is not UTF-8: {error}"
    except InvalidJson as error:
        return f"The element is not JSON: {error}"
    return "The element is not sound JSON"
