"""One example of a queue in front: itself, what stands around it, and the keys that lead on."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from rich.text import Text
from textual import work
from textual.events import Key
from textual.widgets import Static
from textual.worker import get_current_worker

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.reporting.wording import count
from curator.review.filter.query import SIMILAR
from curator.review.session import ShownExample
from curator.tui.drawing import nothing_found, status_text
from curator.tui.screens.reviewing.likewise import LikewiseScreen
from curator.tui.screens.reviewing.two_answers import PairScreen
from curator.tui.widgets.example_view import ExampleView
from curator.tui.widgets.long_list import LongList
from curator.tui.widgets.progress_line import ProgressLine

_FAR = 10**9
_ROOM_FOR_LIST = 150
"""Cells from which the queue stands beside the example as a list."""


class LatestChange(NamedTuple):
    """What was decided last: about which example, what in a word or two, and how it is decided about others."""

    position: int
    id: str
    what: str
    write: Callable[[list[int]], object]


class ExampleScreen(PairScreen):
    """What a queue shows, whatever is decided about it."""

    finished: ClassVar[str] = ""
    _latest: LatestChange | None = None

    # Showing

    def show_place(self, place: int) -> None:
        """Show the example at a place of the queue, or the nearest there is."""
        view, entries = self.query_one(ExampleView), self.query_one(LongList)
        entries.forget_entry(self.place)
        self.place = min(max(place, 0), max(len(self.queue) - 1, 0))
        self.shown = None
        if len(self.queue):
            try:
                self.shown = self.review.at(int(self.queue[self.place]))
                view.show(self.shown.content, self.shown.findings)
                self.show_pair()
            except CuratorError as error:
                view.say(visible(str(error)))
        else:
            view.say(self._nothing())
        entries.forget_entry(self.place)
        entries.cursor = self.place
        self._shown_at = time.monotonic()
        self.show_again()

    def show_again(self) -> None:
        """Everything around the text of the example."""
        shown = self.shown
        status = self.query_one("#status", Static)
        status.update("" if shown is None else self._status_line(shown))
        self.show_side(shown)
        self.refresh_bars()

    def _status_line(self, shown: ShownExample) -> Text:
        decision_state = shown.decision_state
        line = Text(status_text(decision_state.status), style="bold")
        for word, is_so in (
            ("disputed", decision_state.disputed),
            ("edited", decision_state.edited),
            ("added", decision_state.added),
        ):
            if is_so:
                line.append(f"  {word}", style="bold")
        if shown.position in self._near:
            line.append(f"  similarity {self._near[shown.position]:.3f}", style="not bold")
        if decision_state.reason:
            line.append(f"  because: {visible(decision_state.reason, one_line=True)}", style="italic not bold")
        if decision_state.policy:
            line.append(f"  by policy {visible(decision_state.policy, one_line=True)}", style="not bold")
        line.append(f"  {visible(Path(shown.place).name, one_line=True)}  {shown.id}", style="dim not bold")
        return line

    def show_progress(self) -> None:
        """How far this is."""
        counts = self.review.decisions.counts()
        detail = f"keep {counts['keep']:,}  drop {counts['drop']:,}  flag {counts['flag']:,}"
        total = len(self.review)
        self._progress(total - counts["pending"], total, "decided", detail)

    def _progress(self, done: int, total: int, word: str, detail: str = "") -> None:
        today = f"today {self._today:,}" if self._today else ""
        if self.review.partial:
            word = f"first examples {word}"
        for line in self.query(ProgressLine):
            line.show(done, total, word, detail, today, self.session.audit_progress)

    def refresh_bars(self) -> None:
        """How far it is too."""
        super().refresh_bars()
        self.show_progress()

    def _nothing(self) -> str:
        """What is said where the queue is empty."""
        if not self.where:
            return "There are no examples."
        keys = "c shows all again, / changes the filter."
        if self.review.partial:
            wait = "The data are still being checked; the whole set is looked through after that."
            return f"{nothing_found(self.where, len(self.review))}\n{wait}\n\n{keys}"
        parts = "\n".join(f"{found:>9,}  {visible(part, one_line=True)}" for part, found in self._alone.items())
        each = f"\n\nWhat each part finds alone:\n{parts}" if parts else ""
        return f"{nothing_found(self.where, None)}{each}\n\n{keys}"

    def show_side(self, shown: ShownExample | None) -> None:
        """What stands beside the example."""
        raise NotImplementedError

    def title_detail(self) -> str:
        """The place in the queue."""
        return f"{self.place + 1:,} of {len(self.queue):,}" if len(self.queue) else "nothing to show"

    def on_screen_resume(self) -> None:
        """Decisions may have changed meanwhile."""
        self.query_one(LongList).forget()
        self._today = self.review.decisions.decided_today()
        if self.shown is not None:
            self.show_place(self.place)
        self.refresh_bars()

    # Deciding

    def on_key(self, event: Key) -> None:
        """Swallow a key that is held down from the example before: nobody has read this one yet."""
        guard = self.review.opened.settings.review.repeat_guard / 1000
        held = event.key == self._last_key and time.monotonic() - self._shown_at < guard
        self._last_key = event.key
        if held and self.curator.is_guarded(self.page_name, event.key):
            event.stop()
            event.prevent_default()

    async def _change(self, what: str, write: Callable[[list[int]], object]) -> bool:
        """Write a decision or an answer about the example at hand; whether it is on the disk.

        `what` it is in a word or two; `write` does it about any examples, also later about those like this one.
        """
        assert self.shown is not None, "something is decided about an example"
        position = self.shown.position
        if await self.curator.write(lambda: write([position])) is None:
            self.show_again()
            return False
        self._latest = LatestChange(position, self.shown.id, what, write)
        self.query_one(ProgressLine).decided()
        self._today += 1
        return True

    @work(thread=True, exclusive=True, group="likewise")
    def action_likewise(self) -> None:
        """Offer the latest decision for the open examples nearest in meaning to the one that it was about."""
        latest, review, worker = self._latest, self.review, get_current_worker()
        if latest is None:
            self.app.call_from_thread(
                self.notify, "Decide about an example first; then this offers it for those like it."
            )
            return
        try:
            near = review.nearness(f"{SIMILAR}{latest.id}")
        except CuratorError as error:
            self.app.call_from_thread(self.curator.say_error, error)
            return
        positions = np.array(list(near), dtype=np.int64)
        is_open = self.is_open(positions) & review.decisions.there[positions] & (positions != latest.position)
        if not worker.is_cancelled:
            found = {position: near[position] for position in positions[is_open].tolist()}
            self.app.call_from_thread(self._offer, latest, found)

    def _offer(self, latest: LatestChange, near: Mapping[int, float]) -> None:
        if not near:
            self.notify(f"Nothing near to the example of the latest decision ({latest.what}) is open.", markup=False)
        elif self.is_active and not self.session.readonly:
            self.app.push_screen(LikewiseScreen(latest.what, near), partial(self._decide_likewise, latest))

    async def _decide_likewise(self, latest: LatestChange, positions: list[int] | None) -> None:
        if not positions or await self.curator.write(lambda: latest.write(positions)) is None:
            return
        self._today += len(positions)
        self.notify(
            f"{latest.what}: {count(len(positions), 'example')}, as one decision. u takes it back.", markup=False
        )
        self.decided_elsewhere(positions)
        self.query_one(LongList).forget()
        if self.shown is not None and self.shown.position in positions:
            self.advance()
        else:
            self.show_place(self.place)

    def decided_elsewhere(self, positions: Sequence[int]) -> None:
        """Take note that other examples than the one in front were decided about."""

    def action_skip(self) -> None:
        """Leave it open."""
        self.advance()

    def advance(self) -> None:
        """To the next that is open, or say that there is none."""
        following = self.next_open(self.place)
        if following is not None:
            self.show_place(following)
            return
        self.show_place(self.place + 1 if self.place + 1 < len(self.queue) else self.place)
        left = int(self.is_open(self.queue).sum())
        if left:
            self.notify(f"The end of the queue. {left:,} were left open; g goes to the first.", markup=False)
        else:
            self.notify(self.finished, markup=False)

    async def action_undo(self) -> None:
        """Take back the latest decision."""
        await self._show_again(await self.curator.take_back())

    async def action_redo(self) -> None:
        """Decide again what was taken back."""
        await self._show_again(await self.curator.decide_again())

    async def _show_again(self, positions: list[int] | None) -> None:
        """Show where an undo or redo happened, and keep it as the place: it may be far from the one that was kept."""
        if positions is not None:
            self._today = self.review.decisions.decided_today()
            self.query_one(LongList).forget()
            self.go_to_position(positions)
            await self._keep_place()

    # Moving

    def action_next(self) -> None:
        """On without deciding."""
        self.show_place(self.place + 1)

    def action_previous(self) -> None:
        """Back without deciding."""
        self.show_place(self.place - 1)

    def action_first(self) -> None:
        """To the first of the queue."""
        self.show_place(0)

    def action_last(self) -> None:
        """To the last of the queue."""
        self.show_place(_FAR)

    def action_unfold(self) -> None:
        """More of a very long example."""
        self.query_one(ExampleView).unfold()

    # The list of the queue

    def on_resize(self) -> None:
        """The list stands where there is room, or where it is asked for."""
        has_room = self.size.width >= _ROOM_FOR_LIST
        self.query_one(LongList).display = has_room if self._list_wanted is None else self._list_wanted

    def action_list(self) -> None:
        """Show the queue beside the example, or hide it."""
        entries = self.query_one(LongList)
        entries.display = self._list_wanted = not entries.display

    def action_side(self) -> None:
        """Hide what stands beside the example, or show it again."""
        self._side_wanted = self.query_one("#side").display = not self._side_wanted

    def on_long_list_moved(self) -> None:
        """To the example that was clicked; where it is the place already, the list only followed."""
        clicked = self.query_one(LongList).cursor
        if clicked != self.place and clicked < len(self.queue):
            self.show_place(clicked)
