"""A queue of examples: what a filter finds, in an order, and where the person is in it."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from curator.data.frames import SEVERITIES
from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.review.decisions import PENDING, STATUSES
from curator.review.edits import NO_SEVERITY
from curator.review.listing import Listing
from curator.review.positions import Positions
from curator.review.session import ShownExample
from curator.tui.drawing import SEVERITY_MARKS, STATUS_MARKS
from curator.tui.page import Page
from curator.tui.widgets.dialogs.ask_text import AskText
from curator.tui.widgets.example_view import ExampleView
from curator.tui.widgets.filter_bar import FilterBar
from curator.tui.widgets.findings_pane import FindingsPane
from curator.tui.widgets.long_list import LongList
from curator.tui.widgets.progress_line import ProgressLine
from curator.tui.widgets.side_by_side import SideBySide

Order = Literal["severity", "file", "varied"]
ORDERS: tuple[Order, ...] = ("severity", "file", "varied")
_AT_ONCE = 4096

_NOTE_AFTER = 0.5
"""Seconds after a move at which the place is kept for the next time."""


class QueueScreen(Page):
    """A queue of examples, one at a time.

    Attributes:
        queue: int64, the positions of the examples to go through, in order.
        place: index into `queue`.
        where: the filter that made the queue; "": none.
    """

    session_name: ClassVar[str] = ""

    def __init__(self, where: str | None = None, example: str | None = None) -> None:
        """The queue of a filter, at an example; None: as the person left it."""
        super().__init__()
        self._asked, self._first = where, example
        self.queue: Positions = np.zeros(0, dtype=np.int64)
        self.place = 0
        self.where = ""
        self.order: Order = "severity"
        self.shown: ShownExample | None = None
        self._shown_at = 0.0
        self._last_key = ""
        self._listing: Listing | None = None
        self._alone: Mapping[str, int] = {}
        self._near: Mapping[int, float] = {}
        self._today = 0
        self._list_wanted: bool | None = None
        self._side_wanted = True
        self._kept: dict[str, Any] = {}

    def compose_body(self) -> ComposeResult:
        """Status; the queue where there is room, example, findings; filter; progress."""
        yield Static("", id="status", markup=False)
        with Horizontal(id="columns"):
            yield LongList(self._line, id="queue")
            yield ExampleView(id="example")
            yield SideBySide(id="pair")
            with VerticalScroll(id="side", can_focus=False), Vertical():
                yield FindingsPane(id="findings")
        yield ProgressLine()
        yield FilterBar()

    def on_mount(self) -> None:
        """Resume where the person stopped."""
        self.query_one("#pair").display = False
        self.query_one(LongList).can_focus = False  # its cursor is the place, and the screen has the keys
        known = self.review.opened.project.recall(self._session) or {}
        self.order = known["order"] if known.get("order") in ORDERS else "severity"
        if self._first is not None:
            self.show_example(self._asked or "", self._first)
        elif self._asked is not None:
            self.narrow(self._asked)
        else:
            self._lay_out(known)
            self._find(known.get("where", ""), lambda: self._go_back(known))
        self.set_interval(_NOTE_AFTER, self._keep_place)

    def _lay_out(self, known: dict[str, Any]) -> None:
        """The panes as the person left them."""
        self._list_wanted = known.get("list")
        self._side_wanted = self.query_one("#side").display = bool(known.get("side", True))

    def _go_back(self, known: dict[str, Any]) -> None:
        """To the example that was in front, at the line that was."""
        self._go_to_start(known.get("example"))
        if self.shown is not None and self.shown.id == known.get("example"):
            view = self.query_one(ExampleView)
            self.call_after_refresh(view.go_to_line, known.get("scroll", 0))

    @property
    def _session(self) -> str:
        """Under which this person's place on this screen is kept."""
        return f"{self.session_name} of {self.review.opened.annotator}"

    # The queue

    def narrow(self, where: str) -> None:
        """Show only what a filter finds."""
        self._find(where, lambda: self._go_to_start(None))

    def show_example(self, where: str, example: str) -> None:
        """Go to an example in the queue of a filter."""
        self._find(where, lambda: self.go_to_example(example))

    def _find(self, where: str, go: Callable[[], None]) -> None:
        """Make the queue anew, the order less what the filter does not find; then `go` to a place of it.

        What a filter finds is looked for beside everything else: words in a million examples take a while.
        """
        self.workers.cancel_group(self, "filter")
        if not where:
            self._take_found("", self.in_order(), go)
            return
        self.query_one("#status", Static).update(f"Looking for {visible(where, one_line=True)} …")
        self._look_for(where, go)

    @work(thread=True, exclusive=True, group="filter")
    def _look_for(self, where: str, go: Callable[[], None]) -> None:
        worker = get_current_worker()
        try:
            everything = self.in_order()
            is_found, near = self.review.matching(where), self.review.nearness(where)
            nearest_first = np.array([position for position in near if is_found[position]], dtype=np.int64)
            queue = nearest_first if near else everything[is_found[everything]]
            alone = {} if len(queue) else self.review.found_alone(where)
        except CuratorError as error:
            if not worker.is_cancelled:
                self.app.call_from_thread(self._say_fault, error)
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._take_found, where, queue, go, alone, near)

    def _take_found(
        self,
        where: str,
        queue: Positions,
        go: Callable[[], None],
        alone: Mapping[str, int] = MappingProxyType({}),
        near: Mapping[int, float] = MappingProxyType({}),
    ) -> None:
        self.queue, self.where, self.place, self._alone, self._near = queue, where, 0, alone, near
        bar = self.query_one(FilterBar)
        if bar.asked is not None or not bar.is_typing:  # what is being typed while the data were checked stays
            bar.close()
        bar.show(where, len(self.queue), len(self.review))
        self._listing = Listing(self.review)
        self.query_one(LongList).show(len(self.queue))
        go()

    def _say_fault(self, error: CuratorError) -> None:
        """A filter that cannot be read: said where it is typed; else all is shown instead."""
        bar = self.query_one(FilterBar)
        if bar.is_typing:
            bar.say(str(error))
        else:
            self.curator.say_error(error)
        if self.shown is None:
            self._find(self.where, lambda: self._go_to_start(None))
        else:
            self.show_again()

    def in_order(self) -> Positions:
        """All positions in the order in which they are gone through."""
        if self.order == "file":
            return np.flatnonzero(self.review.decisions.there)
        return self.review.varied() if self.order == "varied" else self.review.by_severity()

    def is_open(self, positions: Positions) -> npt.NDArray[np.bool_]:
        """Whether each of these examples still waits for the person, bool, shape (positions,)."""
        still: npt.NDArray[np.bool_] = self.review.decisions.status[positions] == PENDING
        return still

    def _go_to_start(self, example: str | None) -> None:
        """To the example where the person was; else, or where that is decided by now, to the first undecided one."""
        at = 0
        position = None if example is None else self.review.positions.position_of(example)
        found = np.flatnonzero(self.queue == (-1 if position is None else position))
        if len(found):
            at = int(found[0])
        if len(self.queue) and not self.is_open(self.queue[at : at + 1])[0]:
            at = self.next_open(at - 1, wrap=True) or at
        self.show_place(at)

    def next_open(self, place: int, *, wrap: bool = False) -> int | None:
        """The next place after `place` whose example is still open."""
        for begin in range(place + 1, len(self.queue), _AT_ONCE):  # mostly the first few hold one
            found = np.flatnonzero(self.is_open(self.queue[begin : begin + _AT_ONCE]))
            if len(found):
                return begin + int(found[0])
        return self.next_open(-1) if wrap and place >= 0 else None

    def review_changed(self) -> None:
        """The whole set is known now: the same example, in the queue of the whole."""
        example, asked = None if self.shown is None else self.shown.id, self.query_one(FilterBar).asked
        self._find(self.where if asked is None else asked, lambda: self._go_to_start(example))

    def go_to_position(self, positions: Sequence[int]) -> None:
        """Show the first of the queue that is one of these; where none is, what was shown."""
        found = np.flatnonzero(np.isin(self.queue, list(positions)))
        self.show_place(int(found[0]) if len(found) else self.place)

    def action_go_to(self) -> None:
        """Ask for a line or an id."""
        self.app.push_screen(AskText("Go to which example? A line number, or the beginning of an id."), self._go_to)

    def _go_to(self, text: str | None) -> None:
        if not text or not text.strip():
            return
        term = f"line:{text.strip()}" if text.strip().isdigit() else f"id:{text.strip()}"
        try:
            found = np.flatnonzero(self.review.matching(term)[self.queue])
        except CuratorError as error:
            self.curator.say_error(error)
            return
        if len(found):
            self.show_place(int(found[0]))
        else:
            self.notify(f"{term} is not in this queue; c shows all examples.", markup=False)

    def _line(self, number: int, width: int) -> Content:
        position = int(self.queue[number])
        assert self._listing is not None, "lines are drawn of a queue that was made"
        severity = int(self.review.edits.severity[position])
        sign = SEVERITY_MARKS[SEVERITIES[severity]] if severity < NO_SEVERITY else " "
        status = STATUS_MARKS[STATUSES[self.review.decisions.status[position]]]
        alike = f" {self._near[position]:.2f}" if position in self._near else ""
        return Content(f"{status}{sign}{alike} {visible(self._listing.beginning(position, width), one_line=True)}")

    # Filter

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).ask(self.where)

    def on_filter_bar_filter_submitted(self, event: FilterBar.FilterSubmitted) -> None:
        """Apply what was typed."""
        self.narrow(event.where)

    def action_clear_filter(self) -> None:
        """All examples again, at the same one."""
        self._find_around("")

    def _find_around(self, where: str) -> None:
        """Make the queue anew, at the same example where it is in it."""
        positions = [] if self.shown is None else [self.shown.position]
        self._find(where, lambda: self.go_to_position(positions))

    def go_to_example(self, example: str | None) -> None:
        """Show an example by its id."""
        position = None if example is None else self.review.positions.position_of(example)
        self.go_to_position([] if position is None else [position])

    async def _keep_place(self) -> None:
        """Remember where the person is, for the next time; called a little after every move."""
        place = {
            "example": None if self.shown is None else self.shown.id,
            "where": self.where,
            "order": self.order,
            "list": self._list_wanted,
            "side": self._side_wanted,
            "scroll": int(self.query_one(ExampleView).scroll_offset.y),
        }
        if place != self._kept and not self.session.readonly:
            self._kept = place
            project, session = self.review.opened.project, self._session
            await self.curator.write_quietly(lambda: project.remember(session, place))

    def show_place(self, place: int) -> None:
        """Show the example at a place of the queue, or the nearest there is."""
        raise NotImplementedError

    def show_again(self) -> None:
        """Draw anew what stands around the example."""
        raise NotImplementedError
