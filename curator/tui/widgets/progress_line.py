"""How far the work is: done of all, at which pace, and how long at that pace."""

import time

from rich.text import Text
from textual.widgets import Static

_BAR = 20
_PACE_OF = 60
"""Decisions from which the pace is taken: recent ones, so that a pause is soon forgotten."""


class ProgressLine(Static):
    """One line."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._times: list[float] = []

    def decided(self) -> None:
        """Count a decision of this session."""
        self._times = [*self._times, time.monotonic()][-_PACE_OF:]

    def show(self, done: int, total: int, word: str, detail: str = "", audit: str = "") -> None:
        """Draw that `done` of `total` are `word` ("decided"), then a detail, the pace and how far the audit is."""
        share = done / max(total, 1)
        line = Text("█" * int(share * _BAR), no_wrap=True, overflow="ellipsis")
        line.append("░" * (_BAR - int(share * _BAR)), style="dim")
        line.append(f" {done:,} of {total:,} {word} ({share:.0%})")
        line.append(f"  {detail}", style="dim")
        pace = self._pace()
        if pace:
            left = (total - done) / pace
            line.append(f"  {pace:.0f}/min, {_span(left)} left", style="dim")
        if audit:
            line.append(f"  {audit}", style="bold")
        self.update(line)

    def _pace(self) -> float:
        """Decisions a minute; 0 while there are too few to tell."""
        if len(self._times) < 5:
            return 0
        return (len(self._times) - 1) / max((self._times[-1] - self._times[0]) / 60, 1e-6)


def _span(minutes: float) -> str:
    if minutes < 1:
        return "a minute"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.0f} h"
