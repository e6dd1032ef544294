"""Points on a plane as characters, with a cursor among them.

Our own and small: of the ready-made ones, `textual-plot` 0.10 keeps its memory but needs 0.45 s for 20,000 points,
during which no key is answered; this needs 25 ms for a million, because points become dots in one pass of numpy.
"""

from itertools import pairwise
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

_BRAILLE_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
"""Of the eight dots of a cell, rows first, the bit that each one is in U+2800 and on."""

_MOST_POINTS = 100_000
"""Points that a map draws; of more it draws every n-th, for a terminal has fewer dots anyway."""

_STRIDE = 5
"""Cells that the cursor moves with Shift."""


class Colour(NamedTuple):
    """How some points are drawn, and what they are; those of a later colour hide the others of their cell."""

    name: str
    style: str
    without: str
    """The style on a terminal without colours."""


PLAIN = Colour("", "$text-muted", "dim")


def braille(dots: npt.NDArray[np.bool_]) -> list[str]:
    """Lines of braille characters that show `dots`, bool [4 x lines, 2 x cells]."""
    lines, cells = dots.shape[0] // 4, dots.shape[1] // 2
    blocks = dots.reshape(lines, 4, cells, 2).transpose(0, 2, 1, 3)
    codes = (blocks * _BRAILLE_BITS).sum(axis=(2, 3)).astype(np.uint32) + 0x2800
    return ["".join(map(chr, line)) for line in codes.tolist()]


class ScatterMap(Widget, can_focus=True):
    """Points on a plane, and a cursor that arrow keys and the mouse move; a region grows from where it was begun.

    Attributes:
        cursor: line and cell.
        begun: where the region was begun; None: it is the cell of the cursor.
    """

    DEFAULT_CSS = "ScatterMap { height: 1fr; width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(f"{shift}{key}", f"move({across * by}, {down * by})", show=False)
        for shift, by in (("", 1), ("shift+", _STRIDE))
        for key, across, down in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
    ]

    class CursorMoved(Message):
        """The cursor is elsewhere."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id)
        self.cursor, self.begun = (0, 0), None  # type: tuple[int, int], tuple[int, int] | None
        self._points: npt.NDArray[np.floating] = np.zeros((0, 2))
        self._kinds: npt.NDArray[np.integer] = np.zeros(0, dtype=np.int8)
        self._colours: tuple[Colour, ...] = (PLAIN,)
        self._drawn: tuple[tuple[int, int], list[Content]] | None = None

    def show(
        self, points: npt.NDArray[np.floating], classes: npt.NDArray[np.integer], colours: tuple[Colour, ...]
    ) -> None:
        """Other points: float [n, 2], in percent of the plane, x to the right and y upwards; their colour by number."""
        if len(points) > _MOST_POINTS:
            drawn = np.linspace(0, len(points) - 1, _MOST_POINTS).astype(np.int64)
            drawn = np.union1d(drawn, np.flatnonzero(classes)[:_MOST_POINTS])
            points, classes = points[drawn], classes[drawn]
        self._points, self._kinds, self._colours, self._drawn = points, classes, colours, None
        self.refresh()

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Of the cells from where the region was begun to the cursor: left, right, bottom, top, in percent."""
        (line, cell), (other_line, other_cell) = self.cursor, self.begun or self.cursor
        lines, cells = self._extent()
        left, right = (_edge(at, 2, cells) for at in (min(cell, other_cell), max(cell, other_cell) + 1))
        top, bottom = (100 - _edge(at, 4, lines) for at in (min(line, other_line), max(line, other_line) + 1))
        return left, right, bottom, top

    def begin_region(self) -> None:
        """Begin a region at the cursor; a second time: none."""
        self.begun = self.cursor if self.begun is None else None
        self._moved()

    def action_move(self, across: int, down: int) -> None:
        """Move the cursor by some cells, to the edge at most."""
        self._go_to(self.cursor[0] + down, self.cursor[1] + across)

    def on_click(self, event: events.Click) -> None:
        """To where the mouse is."""
        if (place := event.get_content_offset(self)) is not None:
            self._go_to(place.y, place.x)

    def on_focus(self) -> None:
        """The cursor shows."""
        self._moved()

    def on_blur(self) -> None:
        """And is hidden."""
        self.refresh()

    def _go_to(self, line: int, cell: int) -> None:
        lines, cells = self._extent()
        self.cursor = min(max(line, 0), lines - 1), min(max(cell, 0), cells - 1)
        self._moved()

    def _moved(self) -> None:
        self.refresh()
        self.post_message(self.CursorMoved())

    def _extent(self) -> tuple[int, int]:
        return max(self.size.height, 1), max(self.size.width, 1)

    def render(self) -> Content:
        """The picture, made again only for other points or another size; over it the cursor."""
        size = self._extent()
        if self._drawn is None or self._drawn[0] != size:
            self._drawn = (size, self._picture(*size))
        lines = list(self._drawn[1])
        if self.has_focus:
            (line, cell), (other_line, other_cell) = self.cursor, self.begun or self.cursor
            for at in range(min(line, other_line), min(max(line, other_line) + 1, len(lines))):
                lines[at] = lines[at].stylize("reverse", min(cell, other_cell), max(cell, other_cell) + 1)
        return Content("\n").join(lines)

    def _picture(self, lines: int, cells: int) -> list[Content]:
        column = np.round(self._points[:, 0] / 100 * (cells * 2 - 1)).astype(np.int64)
        row = np.round((1 - self._points[:, 1] / 100) * (lines * 4 - 1)).astype(np.int64)
        dots = np.zeros((lines * 4, cells * 2), dtype=np.bool_)
        dots[row, column] = True
        shown = np.zeros((lines, cells), dtype=np.int8)
        np.maximum.at(shown, (row // 4, column // 2), self._kinds.astype(np.int8))
        styles = [colour.without if self.app.no_color else colour.style for colour in self._colours]
        return [_coloured(*pair, styles) for pair in zip(braille(dots), shown, strict=True)]


def _edge(at: int, dots: int, cells: int) -> float:
    """Where cell `at` begins, in percent; a dot lies at the middle of what it covers."""
    return min(max((at * dots - 0.5) / (cells * dots - 1) * 100, 0.0), 100.0)


def _coloured(text: str, classes: npt.NDArray[np.integer], styles: list[str]) -> Content:
    """A line whose cells have the style of their class."""
    content = Content(text)
    edges = [0, *(np.flatnonzero(np.diff(classes)) + 1).tolist(), len(text)]
    for begin, end in pairwise(edges):
        content = content.stylize(styles[classes[begin]], begin, end)
    return content
