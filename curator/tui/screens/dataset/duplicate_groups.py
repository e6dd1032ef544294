"""Duplicates: decide about a group at a time, or about all that are plainly copies."""

from functools import partial
from typing import ClassVar

import numpy as np
from textual.binding import BindingType

from curator.project.decisions.decision import Action as Decided
from curator.project.decisions.decision import Proposed
from curator.reporting.wording import count
from curator.review.decisions import PENDING, STATUSES
from curator.review.positions import Positions
from curator.tui.actions.action import Action
from curator.tui.page import bindings_of
from curator.tui.screens.dataset.group_list import MEANT, GroupScreen
from curator.tui.screens.reviewing.bulk import do_or_ask
from curator.tui.widgets.dialogs.question import ConfirmQuestion


class DuplicatesScreen(GroupScreen):
    """Drop the copies of a keeper, or keep another example instead."""

    page_name = "duplicates"
    heading = "Duplicates"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("duplicates")]

    def label_of(self, action: Action) -> str:
        """Only copies are called copies."""
        is_of_others = action.name == "drop_copies" and self._relation != "copy"
        return "Drop others" if is_of_others else super().label_of(action)

    # Deciding

    async def action_keep_this(self) -> None:
        """Keep the example at the cursor instead of the keeper: it becomes the keeper."""
        if self._group is None:
            return
        review, chosen, keeper = self.review, self._position(self.members.cursor), self._group.keeper
        proposed = [Proposed(review.positions.id_at(chosen), "keep")]
        if chosen != keeper and review.decisions.status[keeper] == STATUSES.index("keep"):
            proposed.append(Proposed(review.positions.id_at(keeper), "clear"))
        await self.curator.write(lambda: review.propose(proposed))
        self._regroup(chosen)

    def action_drop_copies(self) -> None:
        """Drop all but the keeper and move on."""
        if self._group is None:
            return
        copies = np.array([member.position for member in self._group.members])
        keeper = self.review.positions.id_at(self._group.keeper)
        question, reason = f"Drop {count(len(copies), 'example')} of this group?", f"{self._relation} of {keeper}"
        if self._relation != "copy":
            question = f"These are no copies ({MEANT[self._relation]}). {question[:-1]}, all but the first?"
        self._ask(question, copies, reason, always=self._relation != "copy")

    async def action_keep_all(self) -> None:
        """Keep every one of the group and move on."""
        if self._group is None or self.grouping is None:
            return
        if await self._decided("keep", self.grouping.positions(self.number), None):
            self.action_next_group()

    def action_drop_plain(self) -> None:
        """Drop every example that is plainly a copy of its keeper, in all groups."""
        if self.grouping is None or self._relation != "copy":
            self.notify("Only copies can be plainly copies.", markup=False)
            return
        plain = self.grouping.plain()
        plain = plain[self.review.decisions.status[plain] == PENDING]
        if not len(plain):
            self.notify("No plain copy is undecided at this similarity.", markup=False)
            return
        question = f"Drop all {len(plain):,} plain copies, in every group?"
        self._ask(question, plain, "plain copy", always=True)

    def _ask(self, question: str, positions: Positions, reason: str, *, always: bool = False) -> None:
        """Drop, after a question where it is about many."""
        if self.session.readonly:
            return
        detail = "Their keepers stay. It is one step: one undo takes all of it back."
        asked = ConfirmQuestion(question, detail, yes="drop them")
        do_or_ask(self, len(positions), asked, partial(self._drop, positions, reason), always=always)

    async def _drop(self, positions: Positions, reason: str) -> None:
        if await self._decided("drop", positions, reason):
            self.notify(f"{len(positions):,} dropped; u takes it back.", markup=False)
            self.action_next_group()

    async def _decided(self, action: Decided, positions: Positions, reason: str | None) -> bool:
        decide = partial(self.review.decide, positions.tolist(), action, reason)
        made = await self.curator.write(decide)
        self.members.forget()
        self.refresh_bars()
        return made is not None

    async def action_undo(self) -> None:
        """Take back the latest decision."""
        positions = await self.curator.take_back()
        if positions is not None:
            self._regroup(positions[0] if positions else None)
