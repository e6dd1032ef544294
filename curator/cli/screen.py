"""Where a command writes: data to stdout, narration and progress to stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from curator.audit.loading.load import MEANING, READING, SIMILAR
from curator.audit.loading.load import Progress as Report
from curator.settings.request import DataRequest


def stdout_console(*, no_colour: bool = False) -> Console:
    """For data meant for a person; markup and emoji codes are off, since texts may contain them."""
    return Console(no_color=no_colour or None, markup=False, emoji=False, highlight=False)


def narrate(options: DataRequest, sentence: str) -> None:
    """Say something on stderr, unless quiet."""
    if not options.quiet:
        print(sentence, file=sys.stderr)  # noqa: T201 - this module is where narration goes


@contextmanager
def progress_bar(options: DataRequest) -> Iterator[Report]:
    """One bar on stderr through all stages where that is a terminal and narration is wanted; else nothing."""
    console = Console(stderr=True, no_color=options.no_colour or None)
    if options.quiet or not console.is_terminal:
        yield lambda _stage, _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=1, said="")
        work = Work()

        def report(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=work.share(stage, done, total), said=work.said(done, total))

        yield report


_PARTS = {READING: (0, 0.6), SIMILAR: (0.6, 0.15), MEANING: (0.75, 0.24)}
"""Where a stage begins in the whole work, and how much of it it is. Our measurement of an audit of 50,000 examples."""


class Work:
    """How far the work is as a whole, at which rate, and how long it may still take; `now` gives seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._begun = self._stage_begun = now()
        self._stage, self._share = "", 0.0

    def share(self, stage: str, done: int, total: int) -> float:
        """The share of the whole work that is done, less than 1 and never less than before."""
        if stage != self._stage:
            self._stage, self._stage_begun = stage, self._now()
        begin, part = _PARTS.get(stage, (self._share, 0))
        self._share = min(max(self._share, begin + part * min(done / max(total, 1), 1)), 0.99)
        return self._share

    def said(self, done: int, total: int) -> str:
        """Examples of the stage, a second, and the time left of all."""
        if total <= 1:
            return ""
        words = [f"{done:,} of {total:,} examples"] if done else [f"{total:,} examples"]
        seconds = self._now() - self._stage_begun
        if done and seconds >= 1:
            words.append(f"{done / seconds:,.0f}/s")
        if self._share >= 0.05 and (passed := self._now() - self._begun) >= 2:
            words.append(f"{left(passed * (1 - self._share) / self._share)} left")
        return ", ".join(words)


def left(seconds: float) -> str:
    """A time to come, roughly."""
    return f"{max(seconds, 1):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
