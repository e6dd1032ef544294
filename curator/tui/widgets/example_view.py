"""One example, wrapped to the width there is; long ones scroll."""

from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from curator.data.content import Content
from curator.data.finding import Finding
from curator.tui.drawing import FOLD, MORE, Drawn, drawn

_INDENT = 2


class ExampleView(ScrollView, can_focus=False):
    """The messages of an example; what a check found is marked in the text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "example-view--role",
        "example-view--dim",
        "example-view--error",
        "example-view--warning",
        "example-view--info",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id)
        self._content: Content | None = None
        self._findings: list[Finding] = []
        self._notice = ""
        self._limit = FOLD
        self._strips: list[Strip] = []
        self._width = 0
        self._ready: tuple[Content, list[Finding], int, list[Strip]] | None = None

    def show(self, content: Content, findings: list[Finding]) -> None:
        """Show an example from its beginning."""
        self._content, self._findings, self._limit = content, findings, FOLD
        self._draw()
        self.scroll_to(0, 0, animate=False, force=True)

    def prepare(self, content: Content, findings: list[Finding]) -> None:
        """Wrap an example that will probably be shown next, so that it is there at once."""
        self._ready = (content, findings, self._width, self._lines(content, findings, FOLD))

    def say(self, notice: str) -> None:
        """Show a sentence instead of an example."""
        self._content, self._notice = None, notice
        self._draw()

    def unfold(self) -> None:
        """Show more of a very long example."""
        self._limit += MORE
        self._draw()

    def on_resize(self) -> None:
        """Wrap anew where the width changed."""
        if self.scrollable_content_region.width != self._width:
            self._draw()

    def render_line(self, y: int) -> Strip:
        """A line of the visible part."""
        width = self.scrollable_content_region.width
        line = y + int(self.scroll_offset.y)
        style = self.rich_style
        if line >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[line].apply_style(style).adjust_cell_length(width, style)

    def _draw(self) -> None:
        self._width = max(20, self.scrollable_content_region.width)
        if self._content is None:
            self._strips = self._wrapped_all([Drawn(Text(self._notice), -1)])
        elif self._limit == FOLD and self._ready and self._ready[:3] == (self._content, self._findings, self._width):
            self._strips = self._ready[3]
        else:
            self._strips = self._lines(self._content, self._findings, self._limit)
        self.virtual_size = Size(self._width, len(self._strips))
        self.refresh()

    def _lines(self, content: Content, findings: list[Finding], limit: int) -> list[Strip]:
        names = ("role", "dim", "error", "warning", "info")
        styles = {name: self.get_component_rich_style(f"example-view--{name}", partial=True) for name in names}
        return self._wrapped_all(drawn(content, findings, styles, limit))

    def _wrapped_all(self, paragraphs: list[Drawn]) -> list[Strip]:
        return [strip for paragraph in paragraphs for strip in self._wrapped(paragraph, paragraphs)]

    def _wrapped(self, paragraph: Drawn, paragraphs: list[Drawn]) -> list[Strip]:
        is_heading = (
            paragraph.message == -1 or next(p for p in paragraphs if p.message == paragraph.message) is paragraph
        )
        indent = 0 if is_heading else _INDENT
        console = self.app.console
        strips = []
        for line in paragraph.text.wrap(console, self._width - indent, tab_size=4):
            line.rstrip()
            segments = [Segment(" " * indent)] if indent else []
            segments += [segment for segment in line.render(console) if segment.text != "\n"]
            strips.append(Strip(segments))
        return strips or [Strip([])]
