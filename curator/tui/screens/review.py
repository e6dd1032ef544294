"""The review: one example, what is wrong with it, one key to decide."""

import time
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Key
from textual.widgets import Static
from textual.worker import get_current_worker

from curator.errors import CuratorError
from curator.examples.content import Content
from curator.examples.safe_text import visible
from curator.project.decision import Action
from curator.project.log import Undone
from curator.reporting.wording import count
from curator.tui.drawing import as_json, status_text
from curator.tui.page import Page, bindings_of
from curator.tui.screens.edit import EditScreen, in_editor
from curator.tui.screens.history import HistoryScreen
from curator.tui.screens.saving import Answer, SavingScreen
from curator.tui.widgets.ask_text import AskText
from curator.tui.widgets.example_view import ExampleView
from curator.tui.widgets.filter_bar import FilterBar
from curator.tui.widgets.findings_pane import FindingsPane
from curator.tui.widgets.progress_line import ProgressLine
from curator.tui.widgets.question import Question
from curator.workflow.reviewing import PENDING, Positions, Seen
from curator.workflow.written import repaired

_FAR = 10**9
_AT_ONCE = 4096
ASK_ABOVE = 20
"""Examples beyond which deciding about many at once is asked about first."""

_NOTE_AFTER = 0.5
"""Seconds after a move at which the place is kept for the next time."""


class ReviewScreen(Page):
    """A queue of examples, one at a time.

    Attributes:
        queue: int64, the positions of the examples to go through, in order.
        place: index into `queue`.
        where: the filter that made the queue; "": none.
    """

    page_name = "review"
    heading = "Review"
    session_name: ClassVar[str] = "review"
    finished: ClassVar[str] = "The queue is finished: every example in it is decided. o shows what to do next."
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("review")]

    def __init__(self, where: str | None = None, example: str | None = None) -> None:
        """The queue of a filter, at an example; None: as the person left it."""
        super().__init__()
        self._asked, self._first = where, example
        self.queue: Positions = np.zeros(0, dtype=np.int64)
        self.place = 0
        self.where = ""
        self.by_severity = True
        self.seen: Seen | None = None
        self._shown_at = 0.0
        self._last_key = ""
        self._skipped: set[int] = set()

    def compose_body(self) -> ComposeResult:
        """Status, example beside or above its findings, filter, progress."""
        yield Static("", id="status", markup=False)
        with Horizontal(id="columns"):
            yield ExampleView(id="example")
            with VerticalScroll(id="side", can_focus=False), Vertical():
                yield FindingsPane(id="findings")
        yield ProgressLine()
        yield FilterBar()

    def on_mount(self) -> None:
        """Go on where the person left off."""
        known = self.review.opened.project.recall(self._session) or {}
        self.by_severity = known.get("order", "severity") == "severity"
        where = known.get("where", "") if self._asked is None else self._asked
        try:
            self.take_queue(where)
        except CuratorError as error:
            self.curator.say_error(error)
            self.take_queue("")
        if self._first is not None:
            self._go_to_example(self._first)
        else:
            self._go_to_start(known.get("example") if self._asked is None else None)
        self.set_interval(_NOTE_AFTER, self._keep_place)

    @property
    def _session(self) -> str:
        """Under which this person's place on this screen is kept."""
        return f"{self.session_name} of {self.review.opened.annotator}"

    # The queue

    def narrow(self, where: str) -> None:
        """Show only what a filter finds.

        Raises:
            FilterError, UsageError: it cannot be read, or asks for what there is not.
        """
        self.take_queue(where)
        self._go_to_start(None)

    def show_example(self, where: str, example: str) -> None:
        """Go to an example in the queue of a filter that was applied elsewhere."""
        self.take_queue(where)
        self._go_to_example(example)

    def take_queue(self, where: str) -> None:
        """Make the queue anew: the order, less what the filter does not find."""
        self._set_queue(where, self._queue_of(where))

    def _queue_of(self, where: str) -> Positions:
        everything = self.in_order()
        return everything[self.review.matching(where)[everything]] if where else everything

    def _set_queue(self, where: str, queue: Positions) -> None:
        self.queue, self.where, self.place = queue, where, 0
        self.query_one(FilterBar).show(where, len(self.queue), len(self.review))

    def in_order(self) -> Positions:
        """All positions in the order in which they are gone through."""
        return self.review.by_severity() if self.by_severity else np.flatnonzero(self.review.there)

    def is_open(self, positions: Positions) -> npt.NDArray[np.bool_]:
        """Whether each of these examples still waits for the person, bool, shape (positions,)."""
        still: npt.NDArray[np.bool_] = self.review.status[positions] == PENDING
        return still

    def _go_to_start(self, example: str | None) -> None:
        """To the example where the person was; else, or where that is decided by now, to the first undecided one."""
        at = 0
        position = None if example is None else self.review.position_of(example)
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

    # Showing

    def show_place(self, place: int) -> None:
        """Show the example at a place of the queue, or the nearest there is."""
        view = self.query_one(ExampleView)
        self.place = min(max(place, 0), max(len(self.queue) - 1, 0))
        self.seen = None
        if len(self.queue):
            try:
                self.seen = self.review.at(int(self.queue[self.place]))
                view.show(self.seen.content, self.seen.findings)
            except CuratorError as error:
                view.say(visible(str(error)))
        else:
            view.say(f"No example is found by {visible(self.where)}.\n\nc shows all again, / changes the filter.")
        self._shown_at = time.monotonic()
        self._draw_about()

    def _draw_about(self) -> None:
        """Everything around the text of the example."""
        seen = self.seen
        status = self.query_one("#status", Static)
        status.update("" if seen is None else self._status_line(seen))
        self.show_side(seen)
        self.query_one(ProgressLine).show(self.review, self.curator.audit_progress)
        self.refresh_bars()

    def _status_line(self, seen: Seen) -> Text:
        standing = seen.standing
        line = Text(status_text(standing.status), style="bold")
        for word, is_so in (("disputed", standing.disputed), ("edited", standing.edited), ("added", standing.added)):
            if is_so:
                line.append(f"  {word}", style="bold")
        if standing.reason:
            line.append(f"  because: {visible(standing.reason, one_line=True)}", style="italic not bold")
        if standing.policy:
            line.append(f"  by policy {visible(standing.policy, one_line=True)}", style="not bold")
        line.append(f"  {visible(seen.place, one_line=True)}  {seen.id}", style="dim not bold")
        return line

    def show_side(self, seen: Seen | None) -> None:
        """What stands beside the example: its findings, and the reasons that the digits give."""
        findings, note = ([], "") if seen is None else (seen.findings, self._reasons())
        self.query_one(FindingsPane).show(findings, note, checked=not self.review.partial)

    def _reasons(self) -> str:
        reasons = self.review.opened.settings.review.reasons
        if self.curator.readonly or not reasons:
            return ""
        listed = "\n".join(f"{number} {reason}" for number, reason in enumerate(reasons, 1))
        return f"\nDrop because:\n{listed}"

    def title_detail(self) -> str:
        """The place in the queue."""
        return f"{self.place + 1:,} of {len(self.queue):,}" if len(self.queue) else "nothing to show"

    def review_changed(self) -> None:
        """The whole set is known now: the same example, in the queue of the whole."""
        example = None if self.seen is None else self.seen.id
        self.take_queue(self.where)
        self._go_to_start(example)

    def on_screen_resume(self) -> None:
        """Decisions may have changed meanwhile."""
        if self.seen is not None:
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

    async def action_keep(self) -> None:
        """Keep it."""
        await self._decide("keep")

    async def action_drop(self) -> None:
        """Drop it."""
        await self._decide("drop")

    async def action_drop_because(self, number: int) -> None:
        """Drop it for one of the reasons."""
        reasons = self.review.opened.settings.review.reasons
        if number <= len(reasons):
            await self._decide("drop", reasons[number - 1])

    async def action_flag(self) -> None:
        """Flag it."""
        await self._decide("flag")

    async def _decide(self, action: Action, reason: str | None = None) -> None:
        if self.seen is None:
            return
        position = self.seen.position
        if await self.curator.write(lambda: self.review.decide([position], action, reason)) is None:
            self._draw_about()
            return
        self.query_one(ProgressLine).decided()
        self.advance()

    def action_skip(self) -> None:
        """Leave it undecided."""
        if self.seen is not None:
            self._skipped.add(self.seen.position)
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
        outcome = await self.curator.write(lambda: self.review.undo() or ())
        self._after(outcome, "Taken back", "Nothing of yours is left to take back.")

    async def action_redo(self) -> None:
        """Decide again what was taken back."""
        outcome = await self.curator.write(lambda: self.review.redo() or ())
        self._after(outcome, "Decided again", "Nothing was taken back that could be decided again.")

    async def action_keep_all(self) -> None:
        """Keep all that the filter finds."""
        self._decide_all("keep")

    async def action_drop_all(self) -> None:
        """Drop all that the filter finds."""
        self._decide_all("drop")

    def _decide_all(self, action: Action) -> None:
        """Ask with the exact count, then decide as one unit."""
        positions = self.queue[self.review.status[self.queue] == PENDING].tolist()
        if not positions:
            self.notify("Nothing in this queue is undecided.", markup=False)
            return

        async def answered(yes: bool | None) -> None:
            if yes and await self.curator.write(lambda: self.review.decide(positions, action)) is not None:
                self.notify(
                    f"{action}: {count(len(positions), 'example')}, as one decision. u takes it back.", markup=False
                )
            self.show_place(self.place)

        if len(positions) <= ASK_ABOVE:
            self.run_worker(answered(True))
            return
        about = f"that {visible(self.where, one_line=True)} finds" if self.where else "of the whole set"
        question = f"{action.capitalize()} {count(len(positions), 'undecided example')} {about}?"
        self.app.push_screen(Question(question, "One undo takes all of it back.", yes=f"{action} them"), answered)

    # Writing

    def action_edit(self) -> None:
        """Edit here."""
        if self.seen is not None:
            self.app.push_screen(EditScreen(self.seen.content, self.seen.position, "edit"))

    def action_new(self) -> None:
        """Write a new example, under the same system message as this one."""
        messages = [] if self.seen is None else [m for m in self.seen.content.messages[:1] if m["role"] == "system"]
        content = Content([*messages, {"role": "user", "content": ""}, {"role": "assistant", "content": ""}])
        self.app.push_screen(EditScreen(content, None, "new"))

    def action_new_from(self) -> None:
        """Write a new example that begins as this one."""
        if self.seen is not None:
            self.app.push_screen(EditScreen(self.seen.content, None, "new from this"))

    async def action_editor(self) -> None:
        """Edit as JSON elsewhere."""
        if self.seen is None:
            return
        before, position = self.seen.content, self.seen.position
        try:
            after = in_editor(self.app, before)
        except CuratorError as error:
            self.curator.say_error(error)
            return
        if after is not None:
            self._save(before, after, position, "edit")

    def action_fix(self) -> None:
        """Repair what can be repaired."""
        if self.seen is None:
            return
        mended = repaired(self.seen.content, self.seen.findings)
        if mended is None:
            self.notify("No check offers a repair for this example; e edits it.", markup=False)
        else:
            self._save(self.seen.content, mended, self.seen.position, "fix")

    def _save(self, before: Content, after: Content, position: int, what: str) -> None:
        async def answered(answer: Answer | None) -> None:
            if answer == "save":
                await self.curator.save_content(position, after)

        self.app.push_screen(SavingScreen(before, after, what), answered)

    def include(self, position: int) -> None:
        """Show an example that was just written, also where the filter does not find it."""
        if position not in self.queue:
            self.queue = np.insert(self.queue, min(self.place + 1, len(self.queue)), position)
        self.go_to_position([position])

    def _after(self, outcome: tuple[Undone, list[int]] | tuple[()] | None, did: str, nothing: str) -> None:
        """Show where an undo or redo happened."""
        if outcome is None:
            return
        if not outcome:
            self.notify(nothing, markup=False)
            return
        undone, positions = outcome
        what = f"policy {undone.policy}" if undone.policy else undone.action
        self.notify(f"{did}: {what}, {count(undone.decisions, 'decision')}.", markup=False)
        self.go_to_position(positions)
        self._keep_place()

    def go_to_position(self, positions: Sequence[int]) -> None:
        """Show the first of the queue that is one of these; where none is, what was shown."""
        found = np.flatnonzero(np.isin(self.queue, list(positions)))
        self.show_place(int(found[0]) if len(found) else self.place)

    async def action_reason(self) -> None:
        """Ask why, and keep it with a decision like the one that stands."""
        if self.seen is not None:
            self.app.push_screen(
                AskText("Why? Kept with the decision.", self.seen.standing.reason or ""), self._because
            )

    async def _because(self, reason: str | None) -> None:
        if self.seen is None or reason is None:
            return
        status = self.seen.standing.status
        action: Action = "flag" if status == "pending" else status  # type: ignore[assignment]
        position = self.seen.position
        await self.curator.write(lambda: self.review.decide([position], action, reason.strip() or None))
        self.show_place(self.place)

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

    def action_scroll_down(self) -> None:
        """Further down in the example."""
        self.query_one(ExampleView).scroll_page_down(animate=False)

    def action_scroll_up(self) -> None:
        """Further up in the example."""
        self.query_one(ExampleView).scroll_page_up(animate=False)

    def action_side(self) -> None:
        """Hide the findings, or show them again."""
        side = self.query_one("#side")
        side.display = not side.display

    def action_unfold(self) -> None:
        """More of a very long example."""
        self.query_one(ExampleView).unfold()

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

    # Filter and order

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).ask(self.where)

    def on_filter_bar_asked(self, event: FilterBar.Asked) -> None:
        """Apply what was typed, beside everything else: words in a million examples take a while to find."""
        self._look_for(event.where)

    @work(thread=True, exclusive=True, group="filter")
    def _look_for(self, where: str) -> None:
        worker = get_current_worker()
        try:
            queue = self._queue_of(where)
        except CuratorError as error:
            self.app.call_from_thread(self.query_one(FilterBar).say, str(error))
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._take_found, where, queue)

    def _take_found(self, where: str, queue: Positions) -> None:
        self._set_queue(where, queue)
        self._go_to_start(None)
        self.query_one(FilterBar).close()
        self.refresh_bars()

    def action_similar(self) -> None:
        """The examples nearest in meaning to this one."""
        if self.seen is not None and self.seen.original is not None:
            self._look_for(f"similar:{self.seen.id}")
        else:
            self.notify("An example that was just added cannot be compared yet.", markup=False)

    def action_clear_filter(self) -> None:
        """All examples again, at the same one."""
        example = None if self.seen is None else self.seen.position
        self.take_queue("")
        self.go_to_position([] if example is None else [example])

    def action_order(self) -> None:
        """The other order, at the same example."""
        example = None if self.seen is None else self.seen.position
        self.by_severity = not self.by_severity
        self.take_queue(self.where)
        self.go_to_position([] if example is None else [example])
        self.notify("Gravest findings first." if self.by_severity else "In the order of the file.", markup=False)

    # More

    def action_copy(self) -> None:
        """The example as JSON to the clipboard of the terminal."""
        if self.seen is not None:
            self.app.copy_to_clipboard(as_json(self.seen.content))
            self.notify("Copied as JSON (the terminal must allow it: OSC 52).", markup=False)

    def action_history(self) -> None:
        """The latest decisions."""
        self.app.push_screen(HistoryScreen(), self._go_to_example)

    def _go_to_example(self, example: str | None) -> None:
        position = None if example is None else self.review.position_of(example)
        if position is not None:
            self.go_to_position([position])

    def _keep_place(self) -> None:
        """Remember where the person is, for the next time; called a little after every move."""
        kept = {
            "example": None if self.seen is None else self.seen.id,
            "where": self.where,
            "order": "severity" if self.by_severity else "file",
        }
        if kept != getattr(self, "_kept", None) and not self.curator.readonly:
            self._kept = kept
            project, session = self.review.opened.project, self._session
            self.curator.write_quietly(lambda: project.remember(session, kept))
