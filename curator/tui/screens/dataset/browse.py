"""Browse: all examples as a list of any length; sort, filter, select, decide about many at once."""

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import get_current_worker

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.project.decisions.decision import Action
from curator.reporting.wording import count
from curator.review.listing import ORDERS, Listing, Order
from curator.review.positions import Positions
from curator.tui.drawing import SEVERITY_MARKS, STATUS_MARKS
from curator.tui.page import Page, bindings_of
from curator.tui.screens.reviewing.bulk import do_or_ask
from curator.tui.screens.reviewing.comparison import CompareScreen
from curator.tui.widgets.filter_bar import FilterBar
from curator.tui.widgets.long_list import LongList
from curator.tui.widgets.question import ConfirmQuestion
from curator.tui.widgets.selection import Selection

_TYPING_PAUSE = 0.15
"""Seconds without a key after which what was typed is looked for."""

_SEVERITY_STYLES = {"error": "$text-error", "warning": "$text-warning", "info": "$text-primary", None: ""}
_STATUS_STYLES = {"pending": "", "keep": "$text-success", "drop": "$text-error", "flag": "$text-warning"}
_VERDICTS = {"keep": "Keep", "drop": "Drop", "flag": "Flag", "clear": "Take back the decision about"}
_SAID = {"keep": "kept", "drop": "dropped", "flag": "flagged", "clear": "undecided again"}
_WIDE = 100
"""Cells from which the list says where in the file an example is."""

_CHECKS_WIDTH = 24
_ONE_STEP = "It is one step: one undo takes all of it back."


@dataclass(frozen=True)
class _Asked:
    """What the list shows: what a filter finds, in an order."""

    where: str = ""
    by: Order = "position"
    reverse: bool = False


class BrowseScreen(Page):
    """The whole set.

    Attributes:
        order: int64, positions in the order of the list.
        selection: what decisions are about; empty: what the cursor is on.
    """

    page_name = "browse"
    heading = "Browse"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("browse")]

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
        nothing = f"No example is found by {visible(asked.where, one_line=True)}.  c shows all, / changes the filter."
        empty = nothing if asked.where else "There are no examples."
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

    def on_long_list_chosen(self) -> None:
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

    def on_filter_bar_asked(self, event: FilterBar.FilterSubmitted) -> None:
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

    # Selecting

    def action_select(self) -> None:
        """Select the example at the cursor, or no longer, and go on."""
        if self.position is None:
            return
        self.selection.toggle(self.position)
        at = self.examples.cursor
        self.examples.move(1)
        self._anchor = at
        self._drawn_anew()

    def action_extend_down(self) -> None:
        """Select from where the range began to the next one."""
        self._extend(1)

    def action_extend_up(self) -> None:
        """Select from where the range began to the one before."""
        self._extend(-1)

    def _extend(self, by: int) -> None:
        if self.position is None:
            return
        if self._anchor is None:
            self._anchor = self.examples.cursor
        self.examples.move(by)
        first, last = sorted((self._anchor, self.examples.cursor))
        self.selection.add(self.order[first : last + 1])
        self._drawn_anew()

    def action_select_all(self) -> None:
        """Select all that the list shows."""
        self.selection.add(self.order)
        self._drawn_anew()

    def action_select_none(self) -> None:
        """Select nothing."""
        self.selection.clear()
        self._anchor = None
        self._drawn_anew()

    def _drawn_anew(self) -> None:
        self.examples.forget()
        self.refresh_bars()

    def action_compare(self) -> None:
        """Two examples beside each other: the two selected, or the one selected and the one at the cursor."""
        chosen = self.selection.positions().tolist() if self.selection.count < 3 else []
        if len(chosen) == 1 and self.position not in (None, *chosen):
            chosen.append(self.position)
        if len(chosen) != 2:
            self.notify("Select two examples to compare them: space.", markup=False)
            return
        self.app.push_screen(CompareScreen(*chosen))

    # Deciding

    def action_keep(self) -> None:
        """Keep what is selected."""
        self._decide("keep")

    def action_drop(self) -> None:
        """Drop what is selected."""
        self._decide("drop")

    def action_flag(self) -> None:
        """Flag what is selected."""
        self._decide("flag")

    def action_undecide(self) -> None:
        """Take back what was decided about what is selected."""
        self._decide("clear")

    def _decide(self, action: Action) -> None:
        """Decide about what is selected, else about the example at the cursor."""
        cursor = self.examples.cursor
        positions = self.selection.positions() if self.selection.count else self.order[cursor : cursor + 1]
        if not len(positions) or self.session.readonly:
            return
        question = ConfirmQuestion(f"{_VERDICTS[action]} {count(len(positions), 'example')}?", _ONE_STEP)
        do_or_ask(self, len(positions), question, partial(self._decided, action, positions))

    async def _decided(self, action: Action, positions: Positions) -> None:
        made = await self.curator.write(lambda: self.review.decide(positions.tolist(), action))
        if made is None:
            return
        if self.selection.count:
            self.action_select_none()
        else:
            self.examples.move(1)
        if made > 1:
            self.notify(f"{made:,} examples {_SAID[action]}; u takes it back.", markup=False)
        self._drawn_anew()

    async def action_undo(self) -> None:
        """Take back the latest decision."""
        await self.curator.take_back()
        self._drawn_anew()
