"""Two ways through one stretch of text: what makes a pattern slower than its text is long."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import Any

from tests.house.linear import _BEFORE_ALL, SEARCH, Automaton, bits, union


def faults(pattern: re.Pattern[Any], use: str = SEARCH) -> Iterator[str]:
    """Why a pattern may take longer than in proportion to the text; none: it never does."""
    return _Proof(Automaton(pattern, use)).faults()


class _Proof:
    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._kinds = automaton._kinds
        self._component = _components(automaton)
        inside = [(one, other) for one, other in automaton.loops if self._component[one] == self._component[other]]
        self._endless = {self._component[one] for one, _ in inside}
        self._members: dict[int, list[int]] = {}
        for state, component in self._component.items():
            self._members.setdefault(component, []).append(state)
        self._backwards: dict[int, list[int]] = {state: [] for state in range(len(automaton.reads))}
        for state, following in automaton.ways.items():
            for other in following:
                self._backwards[other].append(state)
        self._like = self._alike_before(way.before for ways in automaton.ways.values() for way in chain(*ways.values()))
        self._safe = self._never_failing()
        self._steps: dict[tuple[int, int, int], list[int]] = {}

    def _alike_before(self, asked: Iterable[int]) -> list[int]:
        """Of each kind of character the first that no condition on what stands before a place tells from it."""
        masks = set(asked)
        first: dict[tuple[bool, ...], int] = {}
        return [
            first.setdefault(tuple(bool(mask >> kind & 1) for mask in masks), kind) for kind in bits(self._kinds.every)
        ]

    def faults(self) -> Iterator[str]:
        pumped = [state for state, component in self._component.items() if component in self._endless]
        readers = [state for state in pumped if state != _BEFORE_ALL and state not in self._safe]
        for state in readers:
            if not self._determined(state, state) and self._is_exponential(state):
                yield f"two ways through one loop read the same text ({self._shown(state)})"
        for later in readers:
            for earlier in pumped:
                if earlier == later or self._determined(earlier, later) or self._is_done_first(earlier):
                    continue
                if self._meet(earlier, later):
                    yield (
                        f"a loop can begin at every character that it reads ({self._shown(later)})"
                        if earlier == _BEFORE_ALL
                        else f"two loops share what they read ({self._shown(earlier)} and {self._shown(later)})"
                    )

    def _is_done_first(self, state: int) -> bool:
        """Whether a loop of one character runs to its end, and the match cannot fail from there."""
        alone = self._members[self._component[state]] == [state]
        return alone and state in self._automaton.greedy and state in self._safe

    def _determined(self, one: int, other: int) -> bool:
        return any(one in states and other in states for states in self._automaton.determined)

    def _shown(self, state: int) -> str:
        samples = [self._kinds._samples[kind] for kind in bits(self._automaton.reads[state])]
        return f"state {state}: {samples[:6]!r}"

    def _next(self, state: int, before: int, kind: int) -> list[int]:
        """The states that follow on a character of `kind`, the one before it being of kind `before`."""
        key = (state, before, kind)
        found = self._steps.get(key)
        if found is None:
            was, now = 1 << before, 1 << kind
            found = self._steps[key] = [
                following
                for following, ways in self._automaton.ways[state].items()
                if self._automaton.reads[following] & now and any(way.before & was and way.behind & now for way in ways)
            ]
        return found

    def _never_failing(self) -> set[int]:
        """The states from which every text leads on to the end of a match, so that what was read was not in vain."""
        safe = set(self._component) - {_BEFORE_ALL}
        while True:
            kept = {state for state in safe if self._goes_on(state, safe)}
            if kept == safe:
                return safe
            safe = kept

    def _goes_on(self, state: int, safe: set[int]) -> bool:
        automaton, reads = self._automaton, self._automaton.reads[state]
        passed = 0
        for end in automaton.ends.get(state, ()):
            if end.sure and end.before & reads == reads:
                passed |= end.behind
        for following, ways in automaton.ways[state].items():
            for way in ways:
                if following in safe and way.sure and way.before & reads == reads:
                    passed |= way.behind & automaton.reads[following]
        return passed == self._kinds.any_behind

    def _loop_of(self, state: int) -> set[int]:
        """The states of the loop but those where a match may always end: what was read up to there was not in vain."""
        return set(self._members[self._component[state]]) - self._safe

    def _meet(self, earlier: int, later: int) -> bool:
        """Whether some text leads from `earlier` back to it, from it to `later`, and from `later` back to it."""
        homes = (set(self._members[self._component[earlier]]), self._before(later), self._loop_of(later))
        lasts = self._lasts(self._automaton.reads[later] & self._automaton.reads[earlier])
        return self._leads((earlier, earlier, later), (earlier, later, later), lasts, homes)

    def _lasts(self, kinds: int) -> list[int]:
        return list(dict.fromkeys(self._like[kind] for kind in bits(kinds)))

    def _before(self, state: int) -> set[int]:
        """The states from which one comes to `state`."""
        before, waiting = {state}, [state]
        while waiting:
            for one in self._backwards[waiting.pop()]:
                if one not in before:
                    before.add(one)
                    waiting.append(one)
        return before

    def _is_exponential(self, state: int) -> bool:
        """Whether some text leads from the state back to it in two ways."""
        automaton, in_loop = self._automaton, self._loop_of(state)
        for one in in_loop:
            for other, ways in automaton.ways[one].items():
                if other in in_loop and any(
                    (left & right).behind & automaton.reads[other] and (left & right).before & automaton.reads[one]
                    for place, left in enumerate(ways)
                    for right in ways[:place]
                ):
                    return True
        lasts = self._lasts(automaton.reads[state])
        return any(
            self._leads((state, state), (state, other), lasts, (in_loop, in_loop), (state, state))
            for other in in_loop
            if other != state and automaton.reads[other] & automaton.reads[state]
        )

    def _leads(
        self,
        start: tuple[int, ...],
        goal: tuple[int, ...],
        lasts: list[int],
        homes: tuple[set[int], ...],
        back: tuple[int, ...] | None = None,
    ) -> bool:
        """Whether one text, read behind a character of one of `lasts` and ending on such a one, leads each state of
        `start` to that of `goal`, within its home; and, where `back` is given, a further one from there to `back`."""
        reached = self._reached([(*start, last) for last in lasts], homes)
        if not any((*goal, last) in reached for last in lasts):
            return False
        if back is None:
            return any((*goal, last) in self._reached([(*start, last)], homes) for last in lasts)
        ends = [state for state in reached if state[:-1] == goal]
        return any((*back, last) in self._reached(ends, homes) for last in lasts)

    def _reached(self, begin: list[tuple[int, ...]], homes: tuple[set[int], ...]) -> set[tuple[int, ...]]:
        seen, waiting = set(begin), list(begin)
        shared = self._kinds.every
        for home in homes:
            shared &= union(self._automaton.reads[state] for state in home)
        kinds = list(bits(shared))
        while waiting:
            *states, before = waiting.pop()
            for kind in kinds:
                choices = []
                for state, home in zip(reversed(states), reversed(homes), strict=True):
                    choices.append([one for one in self._next(state, before, kind) if one in home])
                    if not choices[-1]:
                        break
                else:
                    for chosen in product(*reversed(choices)):
                        place = (*chosen, self._like[kind])
                        if place not in seen:
                            seen.add(place)
                            waiting.append(place)
        return seen


def _components(automaton: Automaton) -> dict[int, int]:
    """The strongly connected component of each state (Tarjan's algorithm, without recursion)."""
    index: dict[int, int] = {}
    lowest: dict[int, int] = {}
    component: dict[int, int] = {}
    stack: list[int] = []
    for root in range(len(automaton.reads)):
        if root in index:
            continue
        work = [(root, iter(list(automaton.ways[root])))]
        index[root] = lowest[root] = len(index)
        stack.append(root)
        while work:
            state, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = lowest[other] = len(index)
                    stack.append(other)
                    work.append((other, iter(list(automaton.ways[other]))))
                    break
                if other not in component:
                    lowest[state] = min(lowest[state], index[other])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[state])
                if lowest[state] == index[state]:
                    while True:
                        member = stack.pop()
                        component[member] = state
                        if member == state:
                            break
    return component
