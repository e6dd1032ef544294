"""The filter language: `check:near-duplicate tokens:>2000 not (role:tool or "refund")`.

Words next to each other must all hold; `or`, `not` and brackets do what they say. A word without a key, or text in
quotes, is looked for in the messages, ignoring case; `/.../` is a regular expression. A term `key:value` asks the
key; numbers take `>`, `>=`, `<`, `<=`, `=` and ranges `10..20`.
"""

import re
from dataclasses import dataclass

from curator.data.frames import KINDS, SEVERITIES
from curator.errors import UsageError, did_you_mean
from curator.project.saved_split import NAMES as SPLITS

MAP_AXES = ("map-x", "map-y")
NUMBERS = ("tokens", "answer-tokens", "characters", "words", "turns", "line", "length", *MAP_AXES)
NAMES = (
    *("check", "severity", "role", "label", "decided", "is", "id", "file", "kind", "shape", "annotator"),
    *("similar", "topic", "split", "score"),
)
FINDING_STATES = ("open", "accepted", "unreadable")
DECIDED = ("no", "yes", "keep", "drop", "flag", "edit", "added", "disputed")
KEYS = (*NUMBERS, *NAMES)
_VALUES: dict[str, tuple[str, ...]] = {
    "decided": DECIDED,
    "is": FINDING_STATES,
    "severity": SEVERITIES,
    "kind": KINDS,
    "split": (*SPLITS, "none"),
}
"""Keys that are asked for one of a few values."""


class FilterError(UsageError):
    """The filter cannot be read; the text shows it with a caret under the fault."""

    def __init__(self, sentence: str, text: str, position: int) -> None:
        super().__init__(f"{sentence}\n  {text}\n  {' ' * position}^")
        self.position = position


@dataclass(frozen=True)
class Term:
    """A key and what is asked of it."""

    key: str
    value: str


@dataclass(frozen=True)
class Number:
    """A number between two bounds, both included; None: unbounded."""

    key: str
    lowest: float | None
    highest: float | None


@dataclass(frozen=True)
class TextTerm:
    """Text looked for in the messages."""

    text: str
    regex: bool


@dataclass(frozen=True)
class Not:
    """The opposite."""

    inner: "Filter"


@dataclass(frozen=True)
class All:
    """Every one holds; of none: true."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class Any:
    """At least one holds."""

    parts: tuple["Filter", ...]


Filter = Term | Number | TextTerm | Not | All | Any

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))
    |(?P<key>[a-z][a-z-]*):(?P<value>"(?:[^"\\]|\\.)*"|[^\s()]*)
    |"(?P<quoted>(?:[^"\\]|\\.)*)"
    |/(?P<regex>(?:[^/\\]|\\.)+)/
    |(?P<word>[^\s()]+))""",
    re.VERBOSE,
)
_RANGE = re.compile(r"(?P<low>-?\d+(?:\.\d+)?)\.\.(?P<high>-?\d+(?:\.\d+)?)$")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""What Python makes of a byte of the command line that is no UTF-8; no text holds it."""

_DEEPEST = 100
"""Brackets and `not`s within one another; each takes three of the thousand calls that Python allows within calls."""

_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|=)?(?P<number>-?\d+(?:\.\d+)?)$")


def parse(text: str) -> Filter:
    """The filter that `text` says.

    Raises:
        FilterError: it cannot be read.
    """
    if broken := _SURROGATE.search(text):
        raise FilterError("This is not a character; a filter is UTF-8 text.", text, broken.start())
    reader = _Reader(text)
    result = reader.alternatives()
    if reader.token is not None:
        raise FilterError("A closing bracket has no opening one.", text, reader.position)
    return result


def conjuncts(text: str) -> list[str]:
    """The parts of a filter that must all hold, as they are written; of one that is not such a list, itself.

    Raises:
        FilterError: it cannot be read.
    """
    reader, parts = _Reader(text), []
    while reader.token is not None:
        if reader.word() == "or":
            return [text]
        if reader.word() == "and":
            reader.advance()
            continue
        begin = reader.position
        reader.single()
        parts.append(text[begin : reader.position].strip())
    return parts


class _Reader:
    """One token of look-ahead over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._next = 0
        self._depth = 0
        self.token: re.Match[str] | None = None
        self.advance()

    def advance(self) -> None:
        rest = self.text[self._next :]
        if not rest.strip():
            self.token, self.position = None, len(self.text)
            return
        self.token = _TOKEN.match(self.text, self._next)
        if self.token is None:
            raise FilterError("This cannot be read.", self.text, self._next)
        self._next = self.token.end()
        self.position = self.token.end() - len(self.token.group().lstrip())

    def word(self) -> str | None:
        """The bare word at hand, in lower case."""
        return None if self.token is None or self.token["word"] is None else self.token["word"].lower()

    def alternatives(self) -> Filter:
        parts = [self.together()]
        while self.word() == "or":
            self.advance()
            parts.append(self.together())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def together(self) -> Filter:
        parts: list[Filter] = []
        while self.token is not None and not self.token["close"] and self.word() != "or":
            if self.word() == "and":
                self.advance()
                continue
            parts.append(self.single())
        if not parts:
            raise FilterError("Something to look for is missing here.", self.text, self.position)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def single(self) -> Filter:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FilterError(f"More than {_DEEPEST} brackets or 'not's within one another.", self.text, self.position)
        part = self._part()
        self._depth -= 1
        return part

    def _part(self) -> Filter:
        token, position = self.token, self.position
        assert token is not None
        if self.word() == "not":
            self.advance()
            if self.token is None or self.token["close"]:
                raise FilterError("'not' needs something after it.", self.text, position)
            return Not(self.single())
        if token["open"]:
            self.advance()
            inner = self.alternatives()
            if self.token is None or not self.token["close"]:
                raise FilterError("This bracket is never closed.", self.text, position)
            self.advance()
            return inner
        self.advance()
        if token["key"]:
            return self._term(token["key"], token["value"], position)
        if token["regex"]:
            return self._regex(token["regex"], position)
        return TextTerm(_unquoted(token["quoted"]) if token["quoted"] is not None else token["word"], regex=False)

    def _regex(self, pattern: str, position: int) -> TextTerm:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise FilterError(f"The regular expression is wrong: {error}.", self.text, position + 1) from None
        return TextTerm(pattern, regex=True)

    def _term(self, key: str, value: str, position: int) -> Filter:
        if key not in KEYS:
            hint = did_you_mean(key, KEYS, f" Known keys: {', '.join(KEYS)}.")
            raise FilterError(f"There is no key '{key}'.{hint}", self.text, position)
        place = position + len(key) + 1
        if not value:
            raise FilterError(f"'{key}:' needs a value right after it.", self.text, place)
        if key in NUMBERS:
            return self._number(key, value, place)
        if key == "score":
            name, *compared = re.split(r"(?=[<>=])", value, maxsplit=1)
            key = f"score:{name}"
            return self._number(key, compared[0], place) if compared else Number(key, None, None)
        value = _unquoted(value[1:-1]) if value.startswith('"') else value
        known = _VALUES.get(key)
        if known is not None and value not in known:
            hint = did_you_mean(value, known)
            raise FilterError(f"'{key}:' is one of {', '.join(known)}.{hint}", self.text, place)
        return Term(key, value)

    def _number(self, key: str, value: str, place: int) -> Number:
        if between := _RANGE.match(value):
            return Number(key, float(between["low"]), float(between["high"]))
        compared = _COMPARED.match(value)
        if compared is None:
            raise FilterError(f"'{key}:' needs a number, such as {key}:>100 or {key}:10..20.", self.text, place)
        number = float(compared["number"])
        match compared["sign"]:
            case ">":
                return Number(key, _next_up(number), None)
            case ">=":
                return Number(key, number, None)
            case "<":
                return Number(key, None, _next_down(number))
            case "<=":
                return Number(key, None, number)
        return Number(key, number, number)


def keys_asked(text: str | None) -> set[str]:
    """The keys that a filter asks; none where it only looks for words.

    Raises:
        FilterError: the filter cannot be read.
    """
    parts, keys = [] if text is None else [parse(text)], set()
    while parts:
        match parts.pop():
            case All(inner) | Any(inner):
                parts += inner
            case Not(inner):
                parts.append(inner)
            case Term(key) | Number(key):
                keys.add(key)
    return keys


def _next_up(number: float) -> float:
    import math

    return math.nextafter(number, math.inf)


def _next_down(number: float) -> float:
    import math

    return math.nextafter(number, -math.inf)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
