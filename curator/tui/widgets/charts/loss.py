"""Train and validation loss over the steps, as dots; what is told by colour is told by a sign as well."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rich.text import Text
from textual.widget import Widget

from curator.training.runs.watched import smoothed
from curator.tui.widgets.charts.scatter import braille

Series = Sequence[tuple[float, float]]

_MARK = "bold yellow"
_BLANK = " \u2800"
"""A braille cell without a dot has the width of one."""
_AXIS = 8
"""Cells of the numbers at the left."""


class LossChart(Widget):
    """The curve of the training loss, smooth over its raw dots, and a mark for each evaluation.

    Attributes:
        smoothing: 0 to 0.95, weight of what came before.
        logarithmic: whether the vertical axis is.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as textual names it
        super().__init__(id=id)
        self.smoothing = 0.6
        self.logarithmic = False
        self._train: Series = ()
        self._validation: Series = ()

    def show(self, train: Series, validation: Series) -> None:
        """Draw other losses; steps ascend."""
        self._train, self._validation = train, validation
        self.refresh()

    def render(self) -> Text:
        """The picture for this size."""
        lines, cells = max(self.size.height - 2, 3), max(self.size.width - _AXIS, 10)
        raw = [(step, loss) for step, loss in self._train if math.isfinite(loss)]
        held = [(step, loss) for step, loss in self._validation if math.isfinite(loss)]
        if not raw and not held:
            return Text("No loss yet: the first one comes after the first step.", style="dim")
        return draw(raw, smoothed(raw, self.smoothing), held, lines, cells, logarithmic=self.logarithmic)


def draw(raw: Series, curve: Series, held: Series, lines: int, cells: int, *, logarithmic: bool) -> Text:
    """The chart in `lines` and `cells` besides the axes."""
    values = np.array([loss for series in (curve, held) for _, loss in series])
    steps = [step for series in (raw, held) for step, _ in series]
    low, high = float(values.min()), float(values.max())
    if high <= low:
        low, high = low * 0.9, high * 1.1 + 1e-9
    scale = _Scale(min(steps), max(max(steps), min(steps) + 1), low, high, lines, cells, logarithmic)
    line = scale.dots(_filled(curve, scale))
    both: npt.NDArray[np.bool_] = np.logical_or(scale.dots(raw), line)
    pictures = braille(both)
    is_line = np.asarray(line.reshape(lines, 4, cells, 2).any(axis=(1, 3)))
    marks = {scale.cell(step, loss) for step, loss in held}
    text = Text(no_wrap=True)
    for row in range(lines):
        label = scale.value(row) if row in (0, lines // 2, lines - 1) else None
        text.append(f"{label:{_AXIS - 2}.3f} ┤" if label is not None else " " * (_AXIS - 1) + "│", style="dim")
        for run, style in _runs(pictures[row], is_line[row], {cell for line, cell in marks if line == row}):
            text.append(run, style=style)
        text.append("\n")
    ends = f"{scale.first:,.0f}".ljust(cells - len(f"{scale.last:,.0f}")) + f"{scale.last:,.0f}"
    text.append(" " * (_AXIS - 1) + "└" + ends[:cells] + "\n", style="dim")
    text.append((" " * _AXIS + _legend(curve, held, logarithmic=logarithmic))[: cells + _AXIS], style="dim")
    return text


def _legend(curve: Series, held: Series, *, logarithmic: bool) -> str:
    """The signs, each with its latest value; of the validation loss also the least, which names the kept checkpoint."""
    parts = [f"⠒ training loss {curve[-1][1]:.3f}" if curve else "⠒ training loss"]
    if held:
        step, least = min(held, key=lambda point: point[1])
        parts.append(f"● validation {held[-1][1]:.3f}, least {least:.3f} at step {step:,.0f}")
    else:
        parts.append("● validation")
    return "   ".join(["logarithmic", *parts] if logarithmic else parts)


def _runs(pictures: str, is_line: npt.NDArray[np.bool_], marks: set[int]) -> list[tuple[str, str]]:
    """The cells of a row with their style, those of one style together: drawing costs a piece, not a cell."""
    runs: list[tuple[str, str]] = []
    for cell, picture in enumerate(pictures):
        style = _MARK if cell in marks else "cyan" if is_line[cell] else "dim"
        picture = "●" if cell in marks else picture
        if runs and (style == runs[-1][1] or (picture in _BLANK and runs[-1][1] != _MARK)):
            runs[-1] = (runs[-1][0] + picture, runs[-1][1])
        else:
            runs.append((picture, style))
    return runs


class _Scale:
    """From step and loss to dots and cells."""

    def __init__(
        self, first: float, last: float, low: float, high: float, lines: int, cells: int, logarithmic: bool
    ) -> None:
        self.first, self.last, self.lines, self.cells = first, last, lines, cells
        self._logarithmic = logarithmic and low > 0
        self._low, self._high = (math.log(low), math.log(high)) if self._logarithmic else (low, high)

    def value(self, row: int) -> float:
        """The loss at the middle of a line."""
        share = 1 - row / max(1, self.lines - 1)
        at = self._low + share * (self._high - self._low)
        return math.exp(at) if self._logarithmic else at

    def dot(self, step: float, loss: float) -> tuple[int, int]:
        """Row and column of a dot; what lies outside stands at the edge."""
        at = math.log(max(loss, 1e-12)) if self._logarithmic else loss
        share = min(1.0, max(0.0, (at - self._low) / (self._high - self._low)))
        column = (step - self.first) / (self.last - self.first) * (self.cells * 2 - 1)
        return round((1 - share) * (self.lines * 4 - 1)), round(column)

    def cell(self, step: float, loss: float) -> tuple[int, int]:
        """Line and cell."""
        row, column = self.dot(step, loss)
        return row // 4, column // 2

    def dots(self, series: Series) -> npt.NDArray[np.bool_]:
        """Dots of the points, bool [4 x lines, 2 x cells]."""
        dots: npt.NDArray[np.bool_] = np.zeros((self.lines * 4, self.cells * 2), dtype=np.bool_)
        for step, loss in series:
            dots[self.dot(step, loss)] = True
        return dots


def _filled(curve: Series, scale: _Scale) -> list[tuple[float, float]]:
    """A point for each column of dots, so that few steps still make a line."""
    if len(curve) < 2:
        return [(float(step), loss) for step, loss in curve]
    steps = np.linspace(curve[0][0], curve[-1][0], scale.cells * 2)
    losses = np.interp(steps, [step for step, _ in curve], [loss for _, loss in curve])
    return [(float(step), float(loss)) for step, loss in zip(steps, losses, strict=True)]
