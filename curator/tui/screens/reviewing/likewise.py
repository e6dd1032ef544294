"""The same decision for what is like an example: a list with figures, a look at each, and one key for all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.review.listing import Listing
from curator.tui.widgets.dialogs.dialog import Dialog
from curator.tui.widgets.example_view import ExampleView
from curator.tui.widgets.long_list import LongList

if TYPE_CHECKING:
    from curator.review.session import Review
    from curator.tui.app import CuratorApp


def first_fall(similarities: list[float]) -> int:
    """How many of some falling similarities come before they fall most steeply; all of fewer than three."""
    if len(similarities) < 3:
        return len(similarities)
    return int(np.argmax(-np.diff(similarities))) + 1


class LikewiseScreen(Dialog[list[int] | None]):
    """Examples like one that was just decided, nearest first; gives the positions of those that are selected.

    At first those are selected that come before the similarity falls most steeply.

    Args:
        what: what would be decided, such as `drop`.
        near: similarity by position, nearest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer", "Do it", show=False),
        Binding("n,escape,q", "cancel", "No", show=False),
        Binding("space", "select", "Select", show=False),
        Binding("plus,equals_sign", "cut(1)", "More", show=False),
        Binding("minus", "cut(-1)", "Fewer", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown", "scroll(1)", "Scroll down", show=False),
        Binding("pageup", "scroll(-1)", "Scroll up", show=False),
    ]

    def __init__(self, what: str, near: Mapping[int, float]) -> None:
        super().__init__()
        self._what, self._near = what, near
        self._positions = list(near)
        self._cut = first_fall(list(near.values()))
        self.selected = set(self._positions[: self._cut])

    def compose(self) -> ComposeResult:
        """The question, the list, the example at the cursor, the keys."""
        keys = Text.assemble(
            *((" y ", "reverse"), " the same for these  ", (" space ", "reverse"), " one more or less  "),
            *((" + - ", "reverse"), " further down or up  ", (" n ", "reverse"), " no (Esc)"),
        )
        with Vertical(classes="dialog wide"):
            yield Static("", id="likewise", markup=False)
            yield LongList(self._line, len(self._positions), id="alike")
            yield ExampleView(id="looked-at")
            yield Static(keys, classes="keys")

    def on_mount(self) -> None:
        """The nearest first."""
        self._listing = Listing(self._review)
        self.query_one("#alike").focus()
        self._changed()

    @property
    def _review(self) -> "Review":
        review = cast("CuratorApp", self.app).session.review
        assert review is not None, "something was decided"
        return review

    def _line(self, entry: int, width: int) -> Content:
        position = self._positions[entry]
        mark = "[x]" if position in self.selected else "[ ]"
        begins = visible(self._listing.beginning(position, width), one_line=True)
        return Content(f"{mark} {self._near[position]:.3f}  {begins}")

    def _changed(self) -> None:
        these = "this one is" if len(self.selected) == 1 else f"these {len(self.selected):,} are"
        asked = f"{these} like it. {self._what}: the same?" if self.selected else "Nothing is selected."
        self.query_one("#likewise", Static).update(Text(visible(f"{asked[0].upper()}{asked[1:]}"), style="bold"))
        self.query_one(LongList).forget()

    def on_long_list_moved(self, event: LongList.Moved) -> None:
        """Show the example at the cursor."""
        view = self.query_one(ExampleView)
        try:
            shown = self._review.at(self._positions[event.entry])
            view.show(shown.content, shown.findings)
        except CuratorError as error:
            view.say(visible(str(error)))

    def action_move(self, by: int) -> None:
        """Down or up."""
        self.query_one(LongList).move(by)

    def action_scroll(self, pages: int) -> None:
        """Inside the example."""
        view = self.query_one(ExampleView)
        (view.scroll_page_down if pages > 0 else view.scroll_page_up)(animate=False)

    def action_select(self) -> None:
        """Select the one at the cursor, or no longer, and move on."""
        self.selected ^= {self._positions[self.query_one(LongList).cursor]}
        self.query_one(LongList).move(1)
        self._changed()

    def action_cut(self, by: int) -> None:
        """Select one further down, or one fewer."""
        self._cut = min(max(self._cut + by, 0), len(self._positions))
        self.selected = set(self._positions[: self._cut])
        self.query_one(LongList).cursor = max(self._cut - 1, 0)
        self._changed()

    def action_answer(self) -> None:
        """Close with what is selected."""
        self.dismiss([position for position in self._positions if position in self.selected])

    def action_cancel(self) -> None:
        """Close without."""
        self.dismiss(None)
