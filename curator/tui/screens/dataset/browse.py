"""Browse: select in the list of all examples, and decide about many at once."""

from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from curator.project.decisions.decision import Action
from curator.reporting.wording import count
from curator.review.positions import Positions
from curator.tui.page import bindings_of
from curator.tui.screens.dataset.example_list import ExampleListScreen
from curator.tui.screens.reviewing.bulk import do_or_ask
from curator.tui.screens.reviewing.comparison import CompareScreen
from curator.tui.widgets.dialogs.question import ConfirmQuestion

_VERDICTS = {"keep": "Keep", "drop": "Drop", "flag": "Flag", "clear": "Take back the decision about"}
_SAID = {"keep": "kept", "drop": "dropped", "flag": "flagged", "clear": "undecided again"}
_ONE_STEP = "It is one step: one undo takes all of it back."


class BrowseScreen(ExampleListScreen):
    """Decide about one example, or about all that are selected."""

    page_name = "browse"
    heading = "Browse"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("browse")]

    # Selecting

    def action_select(self) -> None:
        """Select the example at the cursor, or no longer, and move on."""
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
