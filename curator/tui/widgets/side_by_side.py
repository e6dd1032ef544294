"""Two examples beside each other, message by message, with the words in which they differ marked."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from textual.content import Content as Drawn
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from curator.data.content import Content, Message, spoken
from curator.data.safe_text import visible
from curator.review.difference import DifferencePart, word_difference
from curator.tui.drawing import FOLD

_LITTLE_IN_COMMON = 0.2
"""Share of the characters that both have below which nothing is marked: everything would be."""

_NARROWEST = 60
"""Cells below which the two stand below each other."""

_MARKS = {"removed": "$text-error underline bold", "added": "$text-success underline bold", "same": ""}


class Row(NamedTuple):
    """A stretch of both texts that stands side by side; None: one side has nothing there.

    `is_shared`: what is at the left stands across both columns.
    """

    left: Drawn | None
    right: Drawn | None
    is_shared: bool = False


def rows_of(left: Content, right: Content) -> list[Row]:
    """The rows of two examples: for each message a heading and the text."""
    rows = []
    for one, other in zip_longest(_messages(left), _messages(right)):
        texts, remark = _texts(one, other)
        rows += [Row(_heading(one, remark), _heading(other, remark)), texts]
        rows.append(Row(Drawn(""), Drawn("")))
    return rows


def pair_rows(content: Content) -> list[Row]:
    """The rows of a pair: the prompt, and below it the chosen and the rejected answer beside each other."""
    prompt = [Row(row.left, None, is_shared=True) for row in rows_of(Content(content.messages), Content([]))]
    return prompt + rows_of(Content([], chosen=content.chosen), Content([], rejected=content.rejected))


def _messages(content: Content) -> Iterator[tuple[str, Message]]:
    for part, messages in (("", content.messages), ("chosen ", content.chosen), ("rejected ", content.rejected)):
        for message in messages or ():
            yield part, message


def _heading(message: tuple[str, Message] | None, remark: str) -> Drawn | None:
    if message is None:
        return None
    role = Drawn(visible(f"{message[0]}{message[1]['role']}", one_line=True)).stylize("$accent bold")
    return role + Drawn(f"  {remark}").stylize("$text-muted") if remark else role


def _texts(one: tuple[str, Message] | None, other: tuple[str, Message] | None) -> tuple[Row, str]:
    """The texts of two messages, and a remark where no word of them is marked."""
    before = None if one is None else spoken(one[1])[:FOLD]
    after = None if other is None else spoken(other[1])[:FOLD]
    if before is None or after is None:
        left, right = (None if text is None else Drawn(visible(text)) for text in (before, after))
        return Row(left, right), ""
    if before == after:
        return Row(Drawn(visible(before)), Drawn(visible(after))), "the same"
    parts = word_difference(before, after)
    shared = sum(len(part.text) for part in parts if part.kind == "same")
    if shared < _LITTLE_IN_COMMON * max(len(before), len(after)):
        return Row(Drawn(visible(before)), Drawn(visible(after))), "little in common"
    return Row(_side(parts, "added"), _side(parts, "removed")), ""


def _side(parts: Sequence[DifferencePart], without: str) -> Drawn:
    return Drawn.assemble(*((visible(part.text), _MARKS[part.kind]) for part in parts if part.kind != without))


class SideBySide(ScrollView, can_focus=False):
    """Two columns that scroll together; where there is little room, the second stands below the first."""

    DEFAULT_CSS = """
    SideBySide { height: 1fr; scrollbar-gutter: stable; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id)
        self._rows: list[Row] = []
        self._names = ("", "")
        self._lines: list[Strip] = []
        self._width = 0

    def show(self, names: tuple[str, str], rows: list[Row]) -> None:
        """Show the rows of two examples, `names` above their columns."""
        self._names, self._rows = names, rows
        self._wrap()
        self.scroll_to(0, 0, animate=False, force=True, immediate=True)

    def say(self, sentence: str) -> None:
        """Show a sentence instead."""
        self.show(("", ""), [Row(Drawn(visible(sentence)), None)])

    def on_resize(self) -> None:
        """Wrap anew where the width changed."""
        if self.scrollable_content_region.width != self._width:
            self._wrap()

    def render_line(self, y: int) -> Strip:
        """A line of what is in sight."""
        width, line = self.scrollable_content_region.width, y + int(self.scroll_offset.y)
        if line >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return self._lines[line].adjust_cell_length(width, self.rich_style)

    def _wrap(self) -> None:
        self._width = self.scrollable_content_region.width
        left, right = (
            Drawn(visible(name, one_line=True)).stylize("bold reverse") if name else None for name in self._names
        )
        names = Row(left, right)
        rows = ([names] if any(names) else []) + self._rows
        self._lines = [line for row in rows for line in self._row(row)] if self._width else []
        self.virtual_size = Size(self._width, max(len(self._lines), 1))
        self.refresh()

    def _row(self, row: Row) -> Iterator[Strip]:
        style = self.visual_style
        if row.is_shared or self._width < _NARROWEST or not any(each.right for each in self._rows):
            for side in (row.left, row.right):
                if side is not None:
                    for line in side.wrap(self._width):
                        yield Strip(line.render_segments(style))
            return
        width = (self._width - 3) // 2
        columns = [side.wrap(width) if side is not None else [] for side in (row.left, row.right)]
        for left, right in zip_longest(*columns, fillvalue=Drawn("")):
            segments = left.truncate(width, pad=True).render_segments(style)
            segments += Drawn(" │ ").render_segments(style)
            yield Strip(segments + right.truncate(width).render_segments(style))
