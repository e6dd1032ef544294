"""A list of any length, of which only the lines in sight are ever made."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

LineOf = Callable[[int, int], Content]
"""The line of a list's n-th entry, in a width of so many cells."""

_CACHED_LINES = 500


class LongList(ScrollView, can_focus=True, inherit_bindings=False):
    """Entries, a line each, with a cursor; its screen has the keys.

    Moving costs the same in a list of a million as in one of a thousand: what is kept is a number of entries, a cursor
    and the lines last drawn.
    """

    DEFAULT_CSS = """
    LongList { background: $surface; scrollbar-size-horizontal: 0; }
    LongList > .long-list--cursor { background: $primary 30%; }
    LongList:focus > .long-list--cursor { background: $primary; color: $text; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"long-list--cursor"}

    cursor: reactive[int] = reactive(0, repaint=False)

    class About(Message):
        """Something happened to an entry."""

        def __init__(self, sender: "LongList", entry: int) -> None:
            super().__init__()
            self.sender, self.entry = sender, entry

        @property
        def control(self) -> "LongList":
            """The list."""
            return self.sender

    class Moved(About):
        """The cursor stands on another entry, or the list became another one."""

        def can_replace(self, message: Message) -> bool:
            """Of a held-down key only the last place matters."""
            return isinstance(message, LongList.Moved) and message.sender is self.sender

    class RowChosen(About):
        """Enter was pressed, or the entry clicked that the cursor was on."""

    def __init__(self, line_of: LineOf, count: int = 0, *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        """A list of `count` entries whose lines `line_of` makes; where there are none it says `empty`."""
        super().__init__(id=id)
        self._line_of = line_of
        self._lines: LRUCache[tuple[int, int, bool], Strip] = LRUCache(_CACHED_LINES)
        self.count = count
        self.empty = empty

    def show(self, count: int, cursor: int = 0, *, empty: str | None = None) -> None:
        """Another list: so many entries, the cursor on one of them."""
        self.empty = self.empty if empty is None else empty
        self.count = count
        self._fit()
        self.forget()
        self.set_reactive(LongList.cursor, self.validate_cursor(cursor))
        self._keep_in_sight()
        self.post_message(self.Moved(self, self.cursor))

    def forget(self) -> None:
        """Draw the lines anew, because what they say has changed."""
        self._lines.clear()
        self.refresh()

    def forget_entry(self, entry: int) -> None:
        """Draw one line anew."""
        for is_cursor in (False, True):
            self._lines.discard((entry, self.size.width, is_cursor))
        if self.size:
            self.refresh_line(entry)

    def move(self, by: int) -> None:
        """Down by so many entries; up where negative."""
        self.cursor += by

    def page(self, by: int) -> None:
        """Down by so many pages."""
        self.cursor += by * max(self.size.height - 1, 1)

    def choose(self) -> None:
        """Say that the entry at the cursor is wanted."""
        if self.count:
            self.post_message(self.RowChosen(self, self.cursor))

    def render_line(self, y: int) -> Strip:
        """The line at `y` of what is in sight."""
        width, entry = self.size.width, self.scroll_offset.y + y
        if entry >= self.count:
            words = self.empty if self.count == 0 and y == 0 else ""
            return _drawn(Content(words), width, self.visual_style)
        key = (entry, width, entry == self.cursor)
        strip = self._lines.get(key)
        if strip is None:
            style = self.visual_style
            if entry == self.cursor:
                style = self.get_visual_style("long-list--cursor")
            strip = _drawn(self._line_of(entry, width), width, style)
            self._lines[key] = strip
        return strip

    def on_mount(self) -> None:
        """Take up the room."""
        self._fit()

    def on_resize(self) -> None:
        """Lines are as wide as the list."""
        self._fit()
        self._lines.clear()
        self._keep_in_sight()

    def on_focus(self) -> None:
        """The cursor looks another way."""
        self._lines.clear()

    def on_blur(self) -> None:
        """The cursor looks another way."""
        self._lines.clear()

    def notify_style_update(self) -> None:
        """Other colours, other lines."""
        super().notify_style_update()
        self._lines.clear()

    def validate_cursor(self, entry: int) -> int:
        """Within the list."""
        return max(0, min(entry, self.count - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the two lines that changed."""
        self.refresh_line(before)
        self.refresh_line(after)
        self._keep_in_sight()
        self.post_message(self.Moved(self, after))

    def on_click(self, event: events.Click) -> None:
        """The first click moves the cursor, another one opens."""
        entry = self.scroll_offset.y + event.y
        if entry >= self.count:
            return
        if entry == self.cursor:
            self.choose()
        self.cursor = entry

    def _fit(self) -> None:
        self.virtual_size = Size(self.size.width, max(self.count, 1))

    def _keep_in_sight(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True, immediate=True)


def _drawn(content: Content, width: int, style: Style) -> Strip:
    segments = content.truncate(width, ellipsis=True).render_segments(style)
    return Strip(segments).adjust_cell_length(width, style.rich_style)
