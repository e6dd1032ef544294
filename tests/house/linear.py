"""Whether a regular expression takes time in proportion to the text, whatever the text: proven from the pattern alone.

A backtracking search is slower than that where its automaton can read one and the same stretch of text, again and
again, in two ways: in a loop and on the way to that loop (polynomial), or on two ways through one loop (exponential).
Weideman et al., *Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers by Using Ambiguity of
NFA* (CIAA 2016). A search begins at every character, so that reading on before the match begins counts as a loop too.

The automaton is Glushkov's: a state for each character class of the pattern. What it allows is never less than what
Python's engine does (a counted repetition is any number of rounds, a look-ahead of several characters passes), so that
a pattern found linear is linear; one that is not may be found so wrongly and is better written plainer.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from re import _compiler, _parser  # type: ignore[attr-defined]
from typing import Any

SEARCH, MATCH, FULLMATCH = "search", "match", "fullmatch"

_ALL_TEXT = "".join(map(chr, range(0x10000)))
_ALL_BYTES = bytes(range(256))
_CHARACTER = {"LITERAL", "NOT_LITERAL", "ANY", "ANY_ALL", "IN"}
_ENDLESS = 1_000
"""Rounds from which on a repetition counts as one without an upper limit."""
_WRITTEN_OUT = 8
"""Rounds of a counted repetition that become states of their own, where there is a loop in it."""
_BEFORE_ALL = 0
"""The state of a search that has not begun to match."""


@dataclass(frozen=True)
class Condition:
    """What must stand before and behind a place, as sets of kinds of character (bit masks).

    `sure`: nothing else is asked there, so that where these hold the engine passes.
    """

    before: int
    behind: int
    sure: bool = True

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(self.before & other.before, self.behind & other.behind, self.sure and other.sure)

    @property
    def possible(self) -> bool:
        return bool(self.before and self.behind)


Conditions = tuple[Condition, ...]


def _both(some: Iterable[Condition], others: Iterable[Condition]) -> Conditions:
    others = tuple(others)
    joined = (one & other for one in some for other in others)
    return tuple(dict.fromkeys(condition for condition in joined if condition.possible))


@dataclass
class _Part:
    """A piece of the pattern: where it may begin and end, and under which conditions it may be empty."""

    first: dict[int, Conditions] = field(default_factory=dict)
    last: dict[int, Conditions] = field(default_factory=dict)
    empty: Conditions = ()


def _merged(some: dict[int, Conditions], others: dict[int, Conditions]) -> dict[int, Conditions]:
    states = dict.fromkeys((*some, *others))
    return {state: tuple(dict.fromkeys((*some.get(state, ()), *others.get(state, ())))) for state in states}


def _restricted(locations: dict[int, Conditions], conditions: Conditions) -> dict[int, Conditions]:
    restricted = {state: _both(own, conditions) for state, own in locations.items()}
    return {state: own for state, own in restricted.items() if own}


class Automaton:
    """The automaton of a compiled pattern.

    Attributes:
        reads: by state, the kinds of character it reads (bit mask).
        ways: by state and next state, the conditions of each way there is from the one to the other.
        loops: ways (pairs of states) back into a repetition without an upper limit.
        determined: states of the endless repetitions whose every round is atomic and bounded: from one place there is
            one way through them.
        greedy: states that read as many characters of their class as there are before anything else is tried.
        ends: by state, the conditions under which a match may end behind it.
    """

    def __init__(self, pattern: re.Pattern[Any], use: str = SEARCH) -> None:
        self._flags = pattern.flags
        self._is_text = isinstance(pattern.pattern, str)
        parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
        self._kinds = _Kinds(parsed, pattern.flags, self._is_text)
        self.reads: list[int] = [self._kinds.every]
        self.ways: dict[int, dict[int, list[Condition]]] = defaultdict(lambda: defaultdict(list))
        self.loops: set[tuple[int, int]] = set()
        self.determined: list[range] = []
        self.greedy: set[int] = set()
        self._groups: dict[int, Any] = {}
        whole = self._sequence(parsed, pattern.flags)
        ending = (Condition(self._kinds.any_before, self._kinds.end),) if use == FULLMATCH else self._free
        self.ends = _restricted(whole.last, ending)
        if use == SEARCH:
            self._connect({_BEFORE_ALL: self._free}, {_BEFORE_ALL: self._free}, is_loop=True)
            self._connect({_BEFORE_ALL: self._free}, whole.first)

    @cached_property
    def _free(self) -> Conditions:
        return (Condition(self._kinds.any_before, self._kinds.any_behind),)

    def _connect(self, some: dict[int, Conditions], others: dict[int, Conditions], *, is_loop: bool = False) -> None:
        for state, leaving in some.items():
            for following, entering in others.items():
                ways = _both(leaving, entering)
                self.ways[state][following] += ways
                if ways and is_loop:
                    self.loops.add((state, following))

    def _sequence(self, items: Any, flags: int) -> _Part:
        whole = _Part(empty=self._free)
        for item in items:
            part = self._part(item, flags)
            self._connect(whole.last, part.first)
            whole = _Part(
                _merged(whole.first, _restricted(part.first, whole.empty)),
                _merged(part.last, _restricted(whole.last, part.empty)),
                _both(whole.empty, part.empty),
            )
        return whole

    def _part(self, item: Any, flags: int) -> _Part:
        operation, argument = item
        name = str(operation)
        if name in _CHARACTER:
            return self._character(self._kinds.of(item, flags))
        if name == "BRANCH":
            return self._either(self._sequence(branch, flags) for branch in argument[1])
        if name == "SUBPATTERN":
            group, added, removed, inner = argument
            self._groups[group] = (inner, (flags | added) & ~removed)
            return self._sequence(inner, (flags | added) & ~removed)
        if name == "ATOMIC_GROUP":
            return self._doubtful(self._sequence(argument, flags))
        if name == "GROUPREF":
            inner, inner_flags = self._groups[argument]
            return self._doubtful(self._sequence(inner, inner_flags))
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            begin = len(self.reads)
            part = self._repeated(*argument, flags, is_possessive=name == "POSSESSIVE_REPEAT")
            if name != "MIN_REPEAT" and argument[1] >= _ENDLESS and len(self.reads) == begin + 1:
                self.greedy.add(begin)
            return part
        if name == "AT":
            return _Part(empty=self._kinds.at(str(argument)))
        if name in ("ASSERT", "ASSERT_NOT"):
            return self._look(*argument, flags, wanted=name == "ASSERT")
        raise NotImplementedError(f"The proof knows nothing of {name}.")

    def _character(self, kinds: int) -> _Part:
        self.reads.append(kinds)
        place = {len(self.reads) - 1: self._free}
        return _Part(place, place)

    def _either(self, parts: Iterable[_Part]) -> _Part:
        whole = _Part()
        for part in parts:
            whole = _Part(
                _merged(whole.first, part.first),
                _merged(whole.last, part.last),
                tuple(dict.fromkeys((*whole.empty, *part.empty))),
            )
        return whole

    def _repeated(self, least: int, most: Any, inner: Any, flags: int, *, is_possessive: bool) -> _Part:
        endless = most >= _ENDLESS
        if not endless and most <= _WRITTEN_OUT and _is_endless(inner):
            return self._written_out(least, most, inner, flags)
        begin = len(self.reads)
        part = self._sequence(inner, flags)
        if most > 1:
            self._connect(
                part.last, part.first if most == _parser.MAXREPEAT else self._doubtful(part).first, is_loop=endless
            )
        if least > 1 and (least >= _ENDLESS or not endless):
            part = self._doubtful(part)
        if endless and len(inner) == 1 and str(inner[0][0]) == "ATOMIC_GROUP" and not _is_endless(inner):
            self.determined.append(range(begin, len(self.reads)))
        leaving = self._free
        if is_possessive and len(inner) == 1 and str(inner[0][0]) in _CHARACTER and (endless or most == 1):
            # It stops where the text has no more of it, and nowhere before.
            stop = self._kinds.any_behind & ~self._kinds.of(inner[0], flags)
            leaving = (Condition(self._kinds.any_before, stop),)
        last = _restricted(part.last, leaving if endless else self._free)
        empty = (*part.empty, *leaving) if least == 0 else part.empty
        return _Part(part.first, last, tuple(dict.fromkeys(empty)))

    def _doubtful(self, part: _Part) -> _Part:
        """`part` where the engine need not come through although the automaton does."""
        doubt = (Condition(self._kinds.any_before, self._kinds.any_behind, sure=False),)
        return _Part(_restricted(part.first, doubt), _restricted(part.last, doubt), _both(part.empty, doubt))

    def _written_out(self, least: int, most: int, inner: Any, flags: int) -> _Part:
        """A few rounds one after the other: a loop in them is no loop over them."""
        whole = _Part(empty=self._free)
        for number in range(most, 0, -1):
            part = self._sequence(inner, flags)
            self._connect(part.last, whole.first)
            whole = _Part(
                _merged(part.first, _restricted(whole.first, part.empty)),
                _merged(whole.last, _restricted(part.last, whole.empty)),
                self._free if number > least else _both(part.empty, whole.empty),
            )
        return whole

    def _look(self, direction: int, inner: Any, flags: int, *, wanted: bool) -> _Part:
        kinds = self._kinds.one_character(inner, flags, ahead=direction > 0)
        every = self._kinds.any_behind if direction > 0 else self._kinds.any_before
        if kinds is not None:
            allowed = kinds if wanted else every & ~kinds
            before, behind = (self._kinds.any_before, allowed) if direction > 0 else (allowed, self._kinds.any_behind)
            return _Part(empty=(Condition(before, behind),))
        unsure = Condition(self._kinds.any_before, self._kinds.any_behind, sure=False)
        if direction < 0:
            return _Part(empty=(unsure,))  # of fixed width, so of bounded cost
        aside = self._sequence(inner, flags)  # what it reads costs time, and the match does not go on behind it
        return _Part(aside.first, {}, (unsure,))


class _Kinds:
    """Kinds of character: two characters that the whole pattern takes for the same are of one kind."""

    def __init__(self, parsed: Any, flags: int, is_text: bool) -> None:
        self._text: Any = _ALL_TEXT if is_text else _ALL_BYTES
        self._flags = flags
        self._word = self._compiled(_parser.parse(r"\w" if is_text else rb"\w", flags & ~re.VERBOSE)[0], flags)
        self._newline = self._compiled(_parser.parse("\n" if is_text else b"\n", flags & ~re.VERBOSE)[0], flags)
        classes = [self._word, self._newline]
        self._collect(parsed, flags, classes)
        members = [_members(one, is_text) for one in dict.fromkeys(classes)]
        locations = dict(zip(zip(*members, strict=True), range(len(self._text)), strict=True))
        self._samples = [self._text[place : place + 1] for place in locations.values()]
        self.every = (1 << len(self._samples)) - 1
        self.begin, self.end = 1 << len(self._samples), 1 << (len(self._samples) + 1)
        self.any_before, self.any_behind = self.every | self.begin, self.every | self.end

    def _collect(self, items: Any, flags: int, classes: list[re.Pattern[Any]]) -> None:
        for operation, argument in items:
            name = str(operation)
            if name in _CHARACTER:
                classes.append(self._compiled((operation, argument), flags))
            elif name == "BRANCH":
                for branch in argument[1]:
                    self._collect(branch, flags, classes)
            elif name == "SUBPATTERN":
                self._collect(argument[3], (flags | argument[1]) & ~argument[2], classes)
            elif name == "ATOMIC_GROUP":
                self._collect(argument, flags, classes)
            elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                self._collect(argument[2], flags, classes)
            elif name in ("ASSERT", "ASSERT_NOT"):
                self._collect(argument[1], flags, classes)

    @staticmethod
    def _compiled(item: Any, flags: int) -> re.Pattern[Any]:
        return _single(repr(item), flags, _Item(item))

    def of(self, item: Any, flags: int) -> int:
        one = self._compiled(item, flags)
        return sum(1 << number for number, sample in enumerate(self._samples) if one.fullmatch(sample))

    def at(self, name: str) -> Conditions:
        """The conditions of an anchor."""
        newline = self._matching(self._newline)
        lines = bool(self._flags & re.MULTILINE)
        if name in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
            is_line = lines and name == "AT_BEGINNING"
            return (Condition(self.begin | (newline if is_line else 0), self.any_behind),)
        if name in ("AT_END", "AT_END_STRING"):
            if name == "AT_END_STRING":
                return (Condition(self.any_before, self.end),)
            if lines:
                return (Condition(self.any_before, self.end | newline),)
            return Condition(self.any_before, self.end), Condition(self.any_before, newline, sure=False)
        word = self._matching(self._word)
        no_word = self.every & ~word
        in_words = Condition(word, word), Condition(no_word | self.begin, no_word | self.end)
        edges = Condition(word, no_word | self.end), Condition(no_word | self.begin, word)
        return edges if name == "AT_BOUNDARY" else in_words

    def _matching(self, one: re.Pattern[Any]) -> int:
        return sum(1 << number for number, sample in enumerate(self._samples) if one.fullmatch(sample))

    def one_character(self, items: Any, flags: int, *, ahead: bool) -> int | None:
        """The kinds that a look-around of at most one character passes on; None: it is longer than that."""
        if len(items) != 1:
            return None
        operation, argument = items[0]
        name = str(operation)
        if name in _CHARACTER:
            return self.of(items[0], flags)
        if name == "BRANCH":
            kinds = [self.one_character(branch, flags, ahead=ahead) for branch in argument[1]]
            return None if None in kinds else union(kind for kind in kinds if kind is not None)
        if name == "SUBPATTERN":
            return self.one_character(argument[3], (flags | argument[1]) & ~argument[2], ahead=ahead)
        if name == "AT" and ahead and str(argument) in ("AT_END", "AT_END_STRING"):
            return union(condition.behind for condition in self.at(str(argument)))
        return None


@cache
def _members(one: re.Pattern[Any], is_text: bool) -> bytes:
    """For every character whether `one` reads it."""
    text: Any = _ALL_TEXT if is_text else _ALL_BYTES
    members = bytearray(len(text))
    for match in one.finditer(text):
        members[match.start()] = 1
    return bytes(members)


@dataclass(frozen=True)
class _Item:
    """A parsed item that does not count when calls are told apart; its text does."""

    item: Any = field(compare=False)


@cache
def _single(_text: str, flags: int, item: _Item) -> re.Pattern[Any]:
    state = _parser.State()
    state.flags = flags
    compiled: re.Pattern[Any] = _compiler.compile(_parser.SubPattern(state, [item.item]), flags)
    return compiled


def _is_endless(items: Any) -> bool:
    """Whether there is a repetition without an upper limit in it."""
    for operation, argument in items:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            if argument[1] >= _ENDLESS or _is_endless(argument[2]):
                return True
        elif name == "BRANCH":
            if any(map(_is_endless, argument[1])):
                return True
        elif (name == "SUBPATTERN" and _is_endless(argument[3])) or (name == "ATOMIC_GROUP" and _is_endless(argument)):
            return True
    return False


def union(masks: Iterable[int]) -> int:
    whole = 0
    for mask in masks:
        whole |= mask
    return whole


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
