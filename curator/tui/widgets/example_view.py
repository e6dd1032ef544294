"""One example, wrapped to the width there is; of a long one only what is in sight, until it is scrolled."""

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from curator.data.content import Content
from curator.data.finding import Finding
from curator.tui.drawing import FIRST_TURNS, FOLD, MORE, MORE_TURNS, Drawn, drawn

_INDENT = 2

_SCREENS_AHEAD = 3
"""Screens that are wrapped from the line in sight on; what is further down is wrapped when it is scrolled to."""


class ExampleView(ScrollView, can_focus=False):
    """The messages of an example; what a check found is marked in the text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "example-view--role",
        "example-view--dim",
        "example-view--code",
        "example-view--error",
        "example-view--warning",
        "example-view--info",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id)
        self._content: Content | None = None
        self._findings: list[Finding] = []
        self._notice = ""
        self._limit, self._first_turns = FOLD, FIRST_TURNS
        self._strips: list[Strip] = []
        self._paragraphs: Iterator[Drawn] = iter(())
        self._width = 0

    def show(self, content: Content, findings: list[Finding]) -> None:
        """Show an example from its beginning."""
        self._content, self._findings = content, findings
        self._limit, self._first_turns = FOLD, FIRST_TURNS
        self._draw(0)
        self.scroll_to(0, 0, animate=False, force=True, immediate=True)

    def say(self, notice: str) -> None:
        """Show a sentence instead of an example."""
        self._content, self._notice = None, notice
        self._draw()

    def unfold(self) -> None:
        """Show more of a very long example."""
        self._limit += MORE
        self._first_turns += MORE_TURNS
        self._draw()

    def go_to_line(self, line: int) -> None:
        """Scroll to a line, as far as there is one."""
        self._wrap_up_to(line)
        self.scroll_to(y=line, animate=False)

    def on_resize(self) -> None:
        """Wrap anew where the width changed."""
        if self.scrollable_content_region.width != self._width:
            self._draw()
        else:
            self._wrap_up_to(int(self.scroll_offset.y))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Wrap what comes into sight, and a little more."""
        super().watch_scroll_y(old_value, new_value)
        self._wrap_up_to(int(new_value))

    def render_line(self, y: int) -> Strip:
        """A line of the visible part."""
        width = self.scrollable_content_region.width
        line = y + int(self.scroll_offset.y)
        style = self.rich_style
        if line >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[line].apply_style(style).adjust_cell_length(width, style)

    def _draw(self, line: int | None = None) -> None:
        """Wrap what is in sight anew: from a line on, or where it is scrolled to."""
        self._width = max(20, self.scrollable_content_region.width)
        self._strips = []
        if self._content is None:
            self._paragraphs = iter([Drawn(Text(self._notice))])
        else:
            names = ("role", "dim", "code", "error", "warning", "info")
            styles = {name: self.get_component_rich_style(f"example-view--{name}", partial=True) for name in names}
            self._paragraphs = drawn(self._content, self._findings, styles, self._limit, self._first_turns)
        self._wrap_up_to(int(self.scroll_offset.y) if line is None else line)
        self.refresh()

    def _wrap_up_to(self, line: int) -> None:
        """Wrap paragraphs until the screen that begins at a line is full and another one is ready below it."""
        wanted = line + _SCREENS_AHEAD * max(self.size.height, 1)
        while len(self._strips) < wanted and (paragraph := next(self._paragraphs, None)) is not None:
            self._strips += self._wrapped(paragraph)
        self.virtual_size = Size(self._width, len(self._strips))

    def _wrapped(self, paragraph: Drawn) -> list[Strip]:
        indent = _INDENT if paragraph.below else 0
        console = self.app.console
        strips = []
        for line in paragraph.text.wrap(console, self._width - indent, tab_size=4):
            line.rstrip()
            segments = [Segment(" " * indent)] if indent else []
            segments += [segment for segment in line.render(console) if segment.text != "\n"]
            strips.append(Strip(segments))
        return strips or [Strip([])]
