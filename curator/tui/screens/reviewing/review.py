"""The review: one example, what is wrong with it, one key to decide."""

from typing import ClassVar

from textual.binding import BindingType

from curator.data.safe_text import visible
from curator.project.decisions.decision import Action
from curator.reporting.wording import count
from curator.review.decisions import PENDING
from curator.review.filter.query import SIMILAR
from curator.review.scoring.shown_scores import shown_scores
from curator.review.session import ShownExample
from curator.tui.actions.action import Action as OfferedAction
from curator.tui.copying import copied
from curator.tui.drawing import as_json
from curator.tui.page import bindings_of
from curator.tui.screens.reviewing.bulk import do_or_ask
from curator.tui.screens.reviewing.composing import WritingScreen
from curator.tui.screens.reviewing.history import HistoryScreen
from curator.tui.screens.reviewing.queue import ORDERS
from curator.tui.widgets.dialogs.ask_text import AskText
from curator.tui.widgets.dialogs.question import ConfirmQuestion
from curator.tui.widgets.findings_pane import FindingsPane
from curator.tui.widgets.long_list import LongList

_SAID = {
    "severity": "Gravest findings first.",
    "file": "In the order of the file.",
    "varied": "Varied: one of each topic in turn, gravest findings first, copies last. w repeats a decision.",
}


class ReviewScreen(WritingScreen):
    """Decide example by example, or about all that a filter finds."""

    page_name = "review"
    heading = "Review"
    session_name: ClassVar[str] = "review"
    finished: ClassVar[str] = "The queue is finished: every example in it is decided. o shows what to do next."
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("review")]

    def __init__(self, where: str | None = None, example: str | None = None) -> None:
        super().__init__(where, example)
        self._left: list[tuple[str, str]] = []  # filter and example where similar ones were asked for, the latest last

    # Showing

    def review_changed(self) -> None:
        """The whole set is known now; what a person is reading stays in front."""
        super().review_changed()
        if self.order == "severity":
            self.notify("The data are checked. Gravest findings come first: g goes there.", markup=False)

    def show_side(self, shown: ShownExample | None) -> None:
        """What stands beside the example: its findings, and the reasons that the digits give."""
        if shown is None:
            self.query_one(FindingsPane).update("")
        else:
            note = self._scores(shown) + self._reasons()
            self.query_one(FindingsPane).show(shown.findings, note, checked=not self.review.partial)

    def _scores(self, shown: ShownExample) -> str:
        lines = shown_scores(self.review.opened, shown.id)
        return "\nScores:\n" + "\n".join(lines) + "\n" if lines else ""

    def _reasons(self) -> str:
        reasons = self.review.opened.settings.review.reasons
        if self.session.readonly or not reasons:
            return ""
        listed = "\n".join(f"{number} {reason}" for number, reason in enumerate(reasons, 1))
        return f"\nDrop because:\n{listed}"

    # Deciding

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

    async def action_swap(self) -> None:
        """The rejected answer of a pair becomes the chosen one."""
        if self._is_for_pairs() and self.shown is not None:
            content = self.shown.content
            if content.media:
                self.notify("Pictures belong to this pair: swap its answers in the editor, E.", markup=False)
                return
            swapped = content._replace(chosen=content.rejected, rejected=content.chosen)
            await self.curator.save_content(self.shown.position, swapped)

    async def action_tie(self) -> None:
        """Drop a pair of which neither answer is better."""
        if self._is_for_pairs():
            await self._decide("drop", "tie")

    async def action_both_bad(self) -> None:
        """Drop a pair of bad answers."""
        if self._is_for_pairs():
            await self._decide("drop", "both answers bad")

    def _is_for_pairs(self) -> bool:
        if not self.is_pair:
            self.notify("This key is for pairs: a chosen and a rejected answer.", markup=False)
        return self.is_pair

    def offers(self, action: OfferedAction) -> bool:
        """Keys for pairs where a pair is shown."""
        return self.is_pair or action.name not in ("swap", "tie", "both_bad")

    async def _decide(self, action: Action, reason: str | None = None) -> None:
        if self.shown is None:
            return
        review, what = self.review, f"{action} ({reason})" if reason else action
        if await self._change(what, lambda positions: review.decide(positions, action, reason)):
            self.advance()

    async def action_keep_all(self) -> None:
        """Keep all that the filter finds."""
        self._decide_all("keep")

    async def action_drop_all(self) -> None:
        """Drop all that the filter finds."""
        self._decide_all("drop")

    def _decide_all(self, action: Action) -> None:
        """Ask with the exact count, then decide as one unit."""
        positions = self.queue[self.review.decisions.status[self.queue] == PENDING].tolist()
        if not positions:
            self.notify("Nothing in this queue is undecided.", markup=False)
            return

        async def decide() -> None:
            if await self.curator.write(lambda: self.review.decide(positions, action)) is not None:
                made = count(len(positions), "example")
                self.notify(f"{action}: {made}, as one decision. u takes it back.", markup=False)
            self.query_one(LongList).forget()
            self.show_place(self.place)

        read = f"of the first {len(self.review):,}, which are all that is read so far"
        everything = read if self.review.partial else "of the whole set"
        about = f"that {self.where} finds{f' {read}' if self.review.partial else ''}" if self.where else everything
        sentence = f"{action.capitalize()} {count(len(positions), 'undecided example')} {about}?"
        question = ConfirmQuestion(sentence, "One undo takes all of it back.", yes=f"{action} them")
        do_or_ask(self, len(positions), question, decide)

    async def action_reason(self) -> None:
        """Ask why, and keep it with a decision like the one that stands."""
        if self.shown is not None:
            self.app.push_screen(
                AskText("Why? Kept with the decision.", self.shown.decision_state.reason or ""), self._because
            )

    async def _because(self, reason: str | None) -> None:
        if self.shown is None or reason is None:
            return
        status = self.shown.decision_state.status
        action: Action = "flag" if status == "pending" else status  # type: ignore[assignment]
        position = self.shown.position
        await self.curator.write(lambda: self.review.decide([position], action, reason.strip() or None))
        self.show_place(self.place)

    # More

    def action_similar(self) -> None:
        """The examples nearest in meaning to this one, nearest first."""
        if self.shown is not None and self.shown.original is not None:
            self._left.append((self.where, self.shown.id))
            self._find(f"{SIMILAR}{self.shown.id}", lambda: self.show_place(0))
        else:
            self.notify("An example that was just added cannot be compared yet.", markup=False)

    def step_back(self) -> bool:
        """Back to the example whose similar ones are shown, in the queue where it was."""
        if not self._left or self.where != f"{SIMILAR}{self._left[-1][1]}":
            self._left.clear()
            return False
        where, example = self._left.pop()
        self.show_example(where, example)
        return True

    def action_clear_filter(self) -> None:
        """All examples again; from similar ones, back to where they were asked for."""
        if not self.step_back():
            super().action_clear_filter()

    def action_order(self) -> None:
        """The next order, at the same example."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self._find_around(self.where)
        self.notify(_SAID[self.order], markup=False)

    def action_copy(self) -> None:
        """The example as JSON to the clipboard of the terminal, and to a file."""
        if self.shown is not None:
            self.notify(
                visible(copied(self.app, as_json(self.shown.content), "The example"), one_line=True), markup=False
            )

    def action_history(self) -> None:
        """The latest decisions."""
        self.app.push_screen(HistoryScreen(), self.go_to_example)
