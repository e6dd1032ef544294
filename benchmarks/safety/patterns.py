"""Whether one message can make an audit slow: every check, pattern and repair on texts made to be slow for it.

``python -m benchmarks.safety.patterns [NAME...]`` times each text at 32 kB, as prompt and as answer of one example,
doubles the slowest ones up to 1 MB, and prints for every check (only those named, where names are given), and for all
patterns together, the slowest text: processor seconds for each MB of text, and the largest growth of the time over a
doubling (2.0: in proportion; a ratio is taken only where the shorter time is long enough to be measured). A text is
given up at five seconds. Wanted: at most 1 s per MB and 2.5 per doubling.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from benchmarks.measure import machine
from benchmarks.safety.attacks import made_for, plain
from curator.checks.catalogue import CHECKS
from curator.checks.check import CheckSettings
from curator.checks.measures import measure
from curator.checks.text.fixes import REPAIRS
from curator.data.batches import read_batch
from curator.data.blocks import Element, blocks_of
from curator.data.dialects.dialect import dialect_named
from curator.data.facts import facts_of
from curator.data.frames import Batch
from curator.data.safe_text import visible
from tests.house.patterns import Found, patterns

SIZES = [1 << power for power in range(15, 21)]
DOUBLED = 4
LARGEST_RATIO = 2.5
GIVE_UP = 5.0
MEASURABLE = 0.02
"""Seconds from which a ratio of two times says something."""

AGAIN = 3
"""Times that both sizes are timed once more where the growth is too large; the least of each counts."""

Text = tuple[str, str, str]


@dataclass
class Slowest:
    """The text that took longest: seconds at its largest size, that size, and the largest growth over a doubling."""

    name: str
    seconds: float = 0.0
    size: int = 0
    ratio: float = 0.0
    text: str = ""
    tried: int = 0
    copies: int = 1

    @property
    def per_megabyte(self) -> float:
        return self.seconds * (1 << 20) / max(self.size * self.copies, 1)

    def row(self) -> str:
        grew = f"{self.ratio:.1f}" if self.ratio else "too fast to say"
        return f"| {self.name} | {self.tried} | {self.per_megabyte:.2f} | {grew} | `{self.text[:60]}` |"


def sized(text: Text, size: int) -> str:
    """The beginning, as many rounds as `size` bytes of UTF-8 take, and the end."""
    before, once, after = text
    return before + once * max(1, (size - len(before) - len(after)) // len(once.encode(errors="replace"))) + after


def look(slowest: Slowest, texts: list[Text], prepare: Callable[[str], Callable[[], object]]) -> None:
    """Time every text at a first size, and double those that took longest."""
    first = [(processor_seconds(prepare(sized(text, SIZES[0]))), text) for text in texts]
    slowest.tried += len(texts)
    for _, text in sorted(first, reverse=True)[:DOUBLED]:
        double(slowest, text, prepare)


def double(slowest: Slowest, text: Text, prepare: Callable[[str], Callable[[], object]]) -> None:
    """Double `text` and keep it where it is the slowest so far."""
    before = seconds = 0.0
    work = prepare("")
    for size in SIZES:
        shorter, work = work, prepare(sized(text, size))
        seconds = processor_seconds(work)
        ratio = seconds / before if before >= MEASURABLE else 0.0
        if ratio > LARGEST_RATIO:  # both sizes again: something else may have run
            again = [(processor_seconds(work), processor_seconds(shorter)) for _ in range(AGAIN)]
            ratio = min(now for now, _ in again) / min(earlier for _, earlier in again)
        slowest.ratio = max(slowest.ratio, ratio)
        before = seconds
        if seconds > GIVE_UP:
            break
    if seconds * (1 << 20) / (size * slowest.copies) > slowest.per_megabyte:
        slowest.seconds, slowest.size, slowest.text = seconds, size, repr(text)


def processor_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def batch_with(text: str) -> Batch:
    """One example whose prompt and answer are `text`."""
    messages = [{"role": "user", "content": text}, {"role": "assistant", "content": text}]
    raw = msgspec.json.encode({"messages": messages})
    return read_batch(next(blocks_of([Element(1, raw)])), dialect_named("chat"))


def main() -> None:
    wanted = set(sys.argv[1:])
    settings = CheckSettings()
    found = [one for one in patterns() if one.pattern is not None and isinstance(one.pattern.pattern, str)]
    print(f"{machine()}; processor seconds\n")
    print("| what | texts | seconds per MB | growth over a doubling | slowest text |\n| --- | --- | --- | --- | --- |")
    for check in CHECKS:
        if check.find is not None and (not wanted or check.name in wanted):
            find = check.find
            module = find.__module__
            yields = texts_for([one for one in found if one.place.startswith(module)])
            show(check.name, yields, lambda text, find=find: _asking(find, batch_with(text), settings), 2)
    if not wanted or "measures" in wanted:
        show(
            "measures", texts_for([]), lambda text: _asking(lambda batch, _: measure(batch), batch_with(text), settings)
        )
        show(
            "facts",
            texts_for([]),
            lambda text: _asking(lambda batch, _: facts_of(batch), batch_with(text), settings),
            2,
        )
    if not wanted or "repairs" in wanted:
        own = [one for one in found if one.place.startswith("curator.checks.text.fixes")]
        for name, repair in REPAIRS.items():
            show(f"repair {name}", texts_for(own), lambda text, repair=repair: lambda: repair(text))
        show("safe text", texts_for([]), lambda text: lambda: visible(text, one_line=True))
    if not wanted or "patterns" in wanted:
        all_patterns(found)


def _asking(find: Callable[..., object], batch: Batch, settings: CheckSettings) -> Callable[[], object]:
    return lambda: find(batch, settings)


def texts_for(found: list[Found]) -> list[Text]:
    """Plain texts, plain ones behind an example of each pattern of a check, and those made for its patterns."""
    own = [text for one in found for text in made_for(one.pattern)]  # type: ignore[arg-type]
    openings = list(dict.fromkeys(before + once for before, once, _ in own if 3 < len(before + once) < 60))[:12]
    texts = [("", once, "") for once in plain()] + own
    texts += [(f"{opening} ", once, f" {opening}") for opening in openings for once in plain()[:40]]
    return list(dict.fromkeys(text for text in texts if text[1]))


def show(name: str, texts: list[Text], prepare: Callable[[str], Callable[[], object]], copies: int = 1) -> None:
    slowest = Slowest(name, copies=copies)
    look(slowest, texts, prepare)
    print(slowest.row(), flush=True)


def all_patterns(found: list[Found]) -> None:
    """Every pattern by itself; only those that are slow have a row, and all together one."""
    everything = Slowest("all patterns")
    for one in found:
        slowest = Slowest(one.place)
        texts = list(
            dict.fromkeys(
                [*(("", once, "\x01") for once in plain()), *(text for text in made_for(one.pattern) if text[1])]
            )
        )
        for use in one.uses:
            look(slowest, texts, lambda text, one=one, use=use: _through(one.pattern, use, text))
        if slowest.per_megabyte > 1 or slowest.ratio > LARGEST_RATIO:
            print(slowest.row(), flush=True)
        everything.tried += slowest.tried
        everything.ratio = max(everything.ratio, slowest.ratio)
        if slowest.per_megabyte > everything.per_megabyte:
            everything.seconds, everything.size, everything.text = slowest.seconds, slowest.size, slowest.text
    print(everything.row())


def _through(pattern: re.Pattern[str], use: str, text: str) -> Callable[[], object]:
    def all_of_it() -> Iterator[object]:
        yield pattern.match(text) if use == "match" else pattern.fullmatch(text)

    return lambda: sum(1 for _ in (pattern.finditer(text) if use == "search" else all_of_it()))


if __name__ == "__main__":
    main()
