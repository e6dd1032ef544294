"""Compare: two examples, or an example as it was and as it is now, with the words in which they differ marked."""

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType

from curator.errors import CuratorError
from curator.review.session import ShownExample
from curator.tui.page import Page, bindings_of
from curator.tui.widgets.side_by_side import SideBySide, rows_of


class CompareScreen(Page):
    """Two columns.

    Attributes:
        first: position of the example at the left.
        second: of the one at the right; None: the first one again, as its source has it against as it was edited.
    """

    page_name = "compare"
    heading = "Compare"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("compare")]

    def __init__(self, first: int, second: int | None = None) -> None:
        super().__init__()
        self.first, self.second = first, second

    def compose_body(self) -> ComposeResult:
        """The columns."""
        yield SideBySide()

    def on_mount(self) -> None:
        """Compare."""
        self._compare()

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self) -> None:
        """Off the event loop, because long texts take a while."""
        side_by_side = self.query_one(SideBySide)
        try:
            left = self.review.at(self.first)
            right = left if self.second is None else self.review.at(self.second)
        except CuratorError as error:
            self.app.call_from_thread(side_by_side.say, str(error))
            return
        if self.second is None:
            assert left.original is not None, "what was added has no original to compare with"
            rows = rows_of(left.original.content, left.content)
            names = (f"as in {Path(left.place).name}", "as edited")
        else:
            rows, names = rows_of(left.content, right.content), (_name(left), _name(right))
        self.app.call_from_thread(side_by_side.show, names, rows)

    def action_scroll_down(self) -> None:
        """Further down."""
        self.query_one(SideBySide).scroll_page_down(animate=False)

    def action_scroll_up(self) -> None:
        """Further up."""
        self.query_one(SideBySide).scroll_page_up(animate=False)

    def action_swap(self) -> None:
        """The other one at the left."""
        if self.second is not None:
            self.first, self.second = self.second, self.first
            self._compare()


def _name(shown: ShownExample) -> str:
    return f"{Path(shown.place).name}  {shown.id}"
