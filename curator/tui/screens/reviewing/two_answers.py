"""A pair of answers in two columns, where an example is one."""

from textual.scroll_view import ScrollView

from curator.tui.screens.reviewing.queue import QueueScreen
from curator.tui.widgets.example_view import ExampleView
from curator.tui.widgets.side_by_side import SideBySide, pair_rows


class PairScreen(QueueScreen):
    """A queue whose pairs are shown as such."""

    _in_columns = True

    @property
    def is_pair(self) -> bool:
        """Whether two answers are to be compared: a chosen and a rejected one."""
        return self.shown is not None and bool(self.shown.content.chosen and self.shown.content.rejected)

    def show_pair(self) -> None:
        """The answers of a pair beside each other, unless the person wants them below one another."""
        columns = self.query_one("#pair", SideBySide)
        columns.display = self.is_pair and self._in_columns
        self.query_one(ExampleView).display = not columns.display
        if columns.display and self.shown is not None:
            columns.show(("", ""), pair_rows(self.shown.content))

    def action_columns(self) -> None:
        """A pair's answers beside each other, or below one another with the findings marked."""
        self._in_columns = not self._in_columns
        self.show_pair()

    def action_scroll_down(self) -> None:
        """Further down in the example."""
        self._text_in_front().scroll_page_down(animate=False)

    def action_scroll_up(self) -> None:
        """Further up in the example."""
        self._text_in_front().scroll_page_up(animate=False)

    def _text_in_front(self) -> ScrollView:
        columns = self.query_one("#pair", SideBySide)
        return columns if columns.display else self.query_one(ExampleView)
