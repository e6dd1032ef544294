"""Pictures made of characters: a histogram, bars, a map of points.

Our own and small: of the ready-made ones, `textual-plot` 0.10 keeps its memory but needs 0.45 s for 20,000 points,
during which no key is answered; these need 25 ms for a million, because points become dots in one pass of numpy.
Meaning never hangs on colour: what is marked has a sign and a word as well.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from textual.content import Content
from textual.widget import Widget

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_PARTS = " ▏▎▍▌▋▊▉█"
_BRAILLE_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
"""Of the eight dots of a cell, rows first, the bit that each one is in U+2800 and on."""

_MOST_POINTS = 100_000
"""Points that a map draws; of more it draws every n-th, for a terminal has fewer dots anyway."""


def thousands(number: float) -> str:
    """A number in few characters: 950, 12k, 1.5M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= 10 * size or (number >= size and number % size == 0):
            return f"{number / size:.0f}{letter}"
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return f"{number:.0f}"


@dataclass(frozen=True)
class HistogramBars:
    """How often which size is.

    Attributes:
        counts: int64 [bins].
        highest: the size at which the last bin ends; the first begins at 0.
        beyond: how many are larger still.
        limit: a size worth marking; None: none.
        over_limit: how many are larger than it.
    """

    counts: npt.NDArray[np.int64]
    highest: float
    beyond: int
    limit: int | None
    over_limit: int

    @classmethod
    def of(cls, sizes: npt.NDArray[np.integer], bins: int, limit: int | None = None) -> "HistogramBars":
        """Of `sizes`; so wide that all but the largest half percent are in it, and the limit if anything comes near."""
        if not len(sizes):
            return cls(np.zeros(bins, dtype=np.int64), 1, 0, limit, 0)
        highest = float(np.quantile(sizes, 0.995))
        if limit is not None and sizes.max() > limit / 2:
            highest = max(highest, limit * 1.05)
        highest = max(highest, 1.0)
        counts, _ = np.histogram(sizes, bins=bins, range=(0, highest))
        over = 0 if limit is None else int((sizes > limit).sum())
        return cls(counts, highest, int((sizes > highest).sum()), limit, over)

    def lines(self, height: int) -> list[Content]:
        """`height` lines of bars, then the axis, then what is marked."""
        mark = None if self.limit is None or self.limit > self.highest else self._column(self.limit)
        lines = [self._line(level, height, mark) for level in reversed(range(height))]
        return [*lines, self._axis(mark), *self._words()]

    def _column(self, size: float) -> int:
        return min(int(size / self.highest * len(self.counts)), len(self.counts) - 1)

    def _line(self, level: int, height: int, mark: int | None) -> Content:
        heights = self.counts / max(int(self.counts.max()), 1) * height * 8
        heights[(self.counts > 0) & (heights < 1)] = 1  # what is rare is seen too
        fill = np.clip(np.round(heights) - level * 8, 0, 8).astype(int)
        characters = [_EIGHTHS[eighths] for eighths in fill]
        if mark is None:
            return Content("".join(characters)).stylize("$primary")
        if characters[mark] == " ":
            characters[mark] = "┊"
        text = "".join(characters)
        return Content.assemble((text[:mark], "$primary"), (text[mark], "bold $error"), (text[mark + 1 :], "$error"))

    def _axis(self, mark: int | None) -> Content:
        width = len(self.counts)
        axis = ["─"] * width
        if mark is not None:
            axis[mark] = "┴"
        ends = f"0{thousands(self.highest):>{max(width - 1, 1)}}"
        if mark is not None and 2 < mark < width - 12:
            ends = ends[:mark] + "▲limit" + ends[mark + 6 :]
        return Content("".join(axis) + "\n" + ends)

    def _words(self) -> list[Content]:
        words = []
        if self.limit is not None:
            words.append(f"▲ limit {self.limit:,}: {self.over_limit:,} are longer")
        if self.beyond:
            words.append(f"{self.beyond:,} beyond the right edge")
        return [Content(" · ".join(words))] if words else []


def bar(number: int, most: int, width: int) -> str:
    """A bar of up to `width` cells, which `most` fills; whatever is not nothing is seen."""
    eighths = max(round(number / max(most, 1) * width * 8), 1 if number else 0)
    return ("█" * (eighths // 8) + _PARTS[eighths % 8].strip()).ljust(width)


def braille(dots: npt.NDArray[np.bool_]) -> list[str]:
    """Lines of braille characters that show `dots`, bool [4 x lines, 2 x cells]."""
    lines, cells = dots.shape[0] // 4, dots.shape[1] // 2
    blocks = dots.reshape(lines, 4, cells, 2).transpose(0, 2, 1, 3)
    codes = (blocks * _BRAILLE_BITS).sum(axis=(2, 3)).astype(np.uint32) + 0x2800
    return ["".join(map(chr, line)) for line in codes.tolist()]


def scattered(points: npt.NDArray[np.floating], lines: int, cells: int) -> npt.NDArray[np.bool_]:
    """`points` [n, 2], x to the right and y upwards, as dots, bool [4 x lines, 2 x cells]."""
    dots = np.zeros((lines * 4, cells * 2), dtype=np.bool_)
    column, row = dot_of(points, lines, cells)
    dots[row, column] = True
    return dots


def dot_of(
    points: npt.NDArray[np.floating], lines: int, cells: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Column and row of the dot of each point, the outermost points at the edges."""
    if not len(points):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1)
    scaled = (points - low) / span
    column = np.round(scaled[:, 0] * (cells * 2 - 1)).astype(np.int64)
    row = np.round((1 - scaled[:, 1]) * (lines * 4 - 1)).astype(np.int64)
    return column, row


class ScatterMap(Widget):
    """Points on a plane, such as the topic map; those that are marked stand out, without colour by being reversed."""

    DEFAULT_CSS = "ScatterMap { height: 1fr; width: 1fr; }"

    def __init__(self, points: npt.NDArray[np.floating] | None = None, *, id: str | None = None) -> None:  # noqa: A002
        """Of `points` [n, 2]."""
        super().__init__(id=id)
        self._points: npt.NDArray[np.floating] = np.zeros((0, 2))
        self._marked: npt.NDArray[np.bool_] | None = None
        self._drawn: tuple[tuple[int, int], Content] | None = None
        self.show(self._points if points is None else points)

    def show(self, points: npt.NDArray[np.floating], marked: npt.NDArray[np.bool_] | None = None) -> None:
        """Other points; `marked` [n] of them stand out."""
        if len(points) > _MOST_POINTS:
            drawn = np.linspace(0, len(points) - 1, _MOST_POINTS).astype(np.int64)
            if marked is not None:
                drawn = np.union1d(drawn, np.flatnonzero(marked)[:_MOST_POINTS])
                marked = marked[drawn]
            points = points[drawn]
        self._points, self._marked, self._drawn = points, marked, None
        self.refresh()

    def render(self) -> Content:
        """The picture; made again only for other points or another size."""
        size = (max(self.size.height, 1), max(self.size.width, 1))
        if self._drawn is None or self._drawn[0] != size:
            self._drawn = (size, self._picture(*size))
        return self._drawn[1]

    def _picture(self, lines: int, cells: int) -> Content:
        if not len(self._points):
            return Content("No map yet: it is made from the examples' meaning (embeddings).")
        text = braille(scattered(self._points, lines, cells))
        if self._marked is None or not self._marked.any():
            return Content("\n".join(text))
        column, row = dot_of(self._points, lines, cells)
        is_marked = np.zeros((lines, cells), dtype=np.bool_)
        is_marked[row[self._marked] // 4, column[self._marked] // 2] = True
        style = "reverse" if self.app.no_color else "bold $accent"
        return Content("\n").join([_emphasised(*pair, style) for pair in zip(text, is_marked, strict=True)])


def _emphasised(text: str, marked: npt.NDArray[np.bool_], style: str) -> Content:
    """A line whose marked cells stand out, the others being dim."""
    edges = np.flatnonzero(np.diff(marked.astype(np.int8), prepend=0, append=0)).tolist()
    content = Content(text).stylize("$text-muted")
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        content = content.stylize(style, begin, end)
    return content
