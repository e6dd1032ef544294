"""How far an audit is as a whole: its share, its rate in examples, and the time left."""

import time
from collections.abc import Callable

from curator.audit.loading.load import MEANING, READING, SIMILAR

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
