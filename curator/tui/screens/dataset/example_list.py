"""All examples as a list of any length: sorted, filtered, moved through."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import get_current_worker

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.review.listing import ORDERS, Listing, Order
from curator.review.positions import Positions
from curator.tui.drawing import SEVERITY_MARKS, STATUS_MARKS, nothing_found
from curator.tui.page import Page
from curator.tui.widgets.filter_bar import FilterBar
from curator.tui.widgets.long_list import LongList
from curator.tui.widgets.selection import Selection

_TYPING_PAUSE = 0.15
"""Seconds without a key after which what was typed is looked for."""

_SEVERITY_STYLES = {"error": "$text-error", "warning": "$text-warning", "info": "$text-primary", None: ""}
_STATUS_STYLES = {"pending": "", "keep": "$text-success", "drop": "$text-error", "flag": "$text-warning"}
_WIDE = 100
"""Cells from which the list says where in the file an example is."""

_CHECKS_WIDTH = 24


@dataclass(frozen=True)
class _Asked:
    """What the list shows: what a filter finds, in an order."""

    where: str = ""
    by: Order = "position"
    reverse: bool = False


class ExampleListScreen(Page):
    """The whole set, whatever is done with it.

    Attributes:
        order: int64, positions in the order of the list.
        selection: what decisions are about; empty: what the cursor is on.
    """

    def __init__(self, where: str = "") -> None:
        super().__init__()
        self._asked = _Asked(where)
        self.order: Positions = np.zeros(0, dtype=np.int64)
        self.selection = Selection(0)
        self._anchor: int | None = None
        self._listing: Listing | None = None
        self._pause: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Column names, list, filter."""
        yield Static("", id="head", markup=False)
        yield LongList(self._line, id="examples")
        yield FilterBar()

    def on_mount(self) -> None:
        """Show all there is."""
        self.examples.focus()
        self.review_changed()

    @property
    def examples(self) -> LongList:
        """The list."""
        return self.query_one(LongList)

    @property
    def position(self) -> int | None:
        """The example at the cursor; None: the list is empty."""
        return int(self.order[self.examples.cursor]) if len(self.order) else None

    def review_changed(self) -> None:
        """The data are another set now, or the first time."""
        self._listing = None
        self.selection = Selection(len(self.review))
        self._find(self._asked)

    def on_screen_resume(self) -> None:
        """Decisions may have changed meanwhile, and examples been added."""
        if self.selection.size not in (0, len(self.review)):
            self.review_changed()
        self.examples.forget()
        self.examples.focus()
        self.refresh_bars()

    def title_detail(self) -> str:
        """Where the cursor is, how much is shown, what is selected."""
        shown, all_of_them = len(self.order), len(self.review)
        place = f"{self.examples.cursor + 1:,} of {shown:,}" if shown else "none"
        of_all = f" (of {all_of_them:,})" if shown != all_of_them else ""
        selected = f"  {self.selection.count:,} selected" if self.selection.count else ""
        return f"{place}{of_all}{selected}"

    # What is shown

    @work(thread=True, exclusive=True, group="find")
    def _find(self, asked: _Asked, *, leave_field: bool = False) -> None:
        """Find and sort, off the event loop; a later question replaces an earlier one."""
        worker = get_current_worker()
        listing = self._listing if self._listing is not None else Listing(self.review)
        try:
            mask = self.review.matching(asked.where) if asked.where else None
            order = listing.ordered(mask, asked.by, reverse=asked.reverse)
        except CuratorError as error:
            if not worker.is_cancelled:
                self.app.call_from_thread(self.query_one(FilterBar).say, str(error))
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, asked, listing, order, leave_field)

    def _show(self, asked: _Asked, listing: Listing, order: Positions, leave_field: bool) -> None:
        same_order = (asked.by, asked.reverse) == (self._asked.by, self._asked.reverse)
        at = self.position if same_order else None
        if leave_field:
            self.query_one(FilterBar).close()
            self.examples.focus()
        self._asked, self._listing, self.order, self._anchor = asked, listing, order, None
        place = np.flatnonzero(order == (-1 if at is None else at))
        nothing = nothing_found(asked.where, len(self.review) if self.review.partial else None)
        empty = f"{nothing}  c shows all, / changes the filter." if asked.where else "There are no examples."
        self.examples.show(len(order), int(place[0]) if len(place) else 0, empty=empty)
        self.query_one(FilterBar).show(asked.where, len(order), len(self.review))
        self.query_one("#head", Static).update(self._head())
        self.refresh_bars()

    def _head(self) -> str:
        unit = "tokens" if "tokens" in self.review.audit.loaded.facts.columns else "chars"
        place = f"{'line':>9}  " if self.size.width >= _WIDE else ""
        order = f"by {self._asked.by}{', reversed' if self._asked.reverse else ''}"
        return f"    {place}{unit:>7}  {'findings':<{_CHECKS_WIDTH}}  text ({order})"

    def _line(self, number: int, width: int) -> Content:
        position = int(self.order[number])
        assert self._listing is not None, "lines are drawn of a list that was shown"
        entry = self._listing.entry(position)
        severity = SEVERITY_MARKS[entry.severity] if entry.severity else " "
        more = f" +{len(entry.checks) - 1}" if len(entry.checks) > 1 else ""
        checks = Content((entry.checks[0] if entry.checks else "") + more)
        line = "added" if entry.line is None else f"{entry.line:,}"
        tokens = "" if entry.tokens is None else f"{entry.tokens:,}"
        place = f"{line:>9}  " if self.size.width >= _WIDE else ""
        return Content.assemble(
            ("▌" if position in self.selection else " ", "$accent"),
            (STATUS_MARKS[entry.status], _STATUS_STYLES[entry.status]),
            " ",
            (severity, _SEVERITY_STYLES[entry.severity]),
            f"{place}{tokens:>7}  ",
            (checks.truncate(_CHECKS_WIDTH, ellipsis=True, pad=True).plain, _SEVERITY_STYLES[entry.severity]),
            "  ",
            visible(self._listing.beginning(position, width), one_line=True),
        )

    def on_long_list_moved(self) -> None:
        """The title says where the cursor is."""
        self.refresh_bars()

    def on_long_list_row_chosen(self) -> None:
        """Review what was chosen."""
        self.action_open()

    def on_resize(self) -> None:
        """More or fewer columns."""
        self.query_one("#head", Static).update(self._head())

    # Filter and order

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).ask(self._asked.where)

    def on_filter_bar_typed(self, event: FilterBar.Typed) -> None:
        """Look for it once the typing pauses."""
        self._wait_no_longer()
        self._pause = self.set_timer(_TYPING_PAUSE, partial(self._ask, event.where))

    def on_filter_bar_filter_submitted(self, event: FilterBar.FilterSubmitted) -> None:
        """Look for it now, and leave the field if it can be read."""
        self._wait_no_longer()
        self._find(replace(self._asked, where=event.where), leave_field=True)

    def _wait_no_longer(self) -> None:
        if self._pause is not None:
            self._pause.stop()

    def _ask(self, where: str) -> None:
        self._find(replace(self._asked, where=where))

    def action_clear_filter(self) -> None:
        """Show all again."""
        self._ask("")

    def action_sort(self) -> None:
        """By the next order."""
        following = ORDERS[(ORDERS.index(self._asked.by) + 1) % len(ORDERS)]
        self._find(replace(self._asked, by=following))

    def action_reverse(self) -> None:
        """Begin at the other end."""
        self._find(replace(self._asked, reverse=not self._asked.reverse))

    # Moving

    def action_next(self) -> None:
        """Down one."""
        self._anchor = None
        self.examples.move(1)

    def action_previous(self) -> None:
        """Up one."""
        self._anchor = None
        self.examples.move(-1)

    def action_page_down(self) -> None:
        """Down a page."""
        self.examples.page(1)

    def action_page_up(self) -> None:
        """Up a page."""
        self.examples.page(-1)

    def action_first(self) -> None:
        """To the beginning."""
        self.examples.cursor = 0

    def action_last(self) -> None:
        """To the end."""
        self.examples.cursor = len(self.order) - 1

    def action_open(self) -> None:
        """Review the example at the cursor, with what the list shows as the queue."""
        if self.position is None:
            return
        example = self.review.positions.id_at(self.position)
        self.curator.review_found(self._asked.where, example)
