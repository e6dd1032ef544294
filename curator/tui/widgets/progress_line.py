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
        self._shown: tuple[int, int, str, str, str, str] | None = None

    def decided(self) -> None:
        """Count a decision of this session."""
        self._times = [*self._times, time.monotonic()][-_PACE_OF:]

    def show(self, done: int, total: int, word: str, detail: str = "", today: str = "", audit: str = "") -> None:
        """Draw that `done` of `total` are `word` ("decided"), then details, the pace and how far the audit is."""
        self._shown = (done, total, word, detail, today, audit)
        pace, share, width = self._pace(), done / max(total, 1), max(self.size.width - 2, 0)
        said = f" {done:,} of {total:,} {word} ({share:.0%})"
        stage, *figures = audit.split(", ")
        parts = {"audit": stage, "pace": f"{pace:.0f}/min, {_span((total - done) / pace)} left" if pace else ""}
        parts |= {"detail": detail, "today": today, "figures": ", ".join(figures)}
        if audit and len(said) + len(f"  {stage}, {figures[-1] if figures else ''}") > width:
            said = f" {done:,} of {total:,}"
        room = width - len(said)
        for name in ("audit", "figures", "pace", "today", "detail"):  # what matters most takes its room first
            if parts[name] and len(parts[name]) + 2 <= room:
                room -= len(parts[name]) + 2
            elif name == "figures" and figures and len(figures[-1]) + 2 <= room:
                parts[name], room = figures[-1], room - len(figures[-1]) - 2
            else:
                parts[name] = ""
        bar = min(_BAR, max(room, 0))
        line = Text("█" * int(share * bar), no_wrap=True, overflow="ellipsis")
        line.append("░" * (bar - int(share * bar)), style="dim")
        line.append(said)
        for name in ("detail", "today", "pace"):
            line.append(f"  {parts[name]}" if parts[name] else "", style="dim")
        beside = ", ".join(filter(None, (parts["audit"], parts["figures"])))
        line.append(f"  {beside}" if beside else "", style="bold")
        self.update(line)

    def on_resize(self) -> None:
        """What fits is another matter now."""
        if self._shown is not None:
            self.show(*self._shown)

    def _pace(self) -> float:
        """Decisions a minute; 0 while there are too few to tell."""
        if len(self._times) < 5:
            return 0
        return (len(self._times) - 1) / max((self._times[-1] - self._times[0]) / 60, 1e-6)


def _span(minutes: float) -> str:
    if minutes < 1:
        return "a minute"
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.0f} h"
