"""A group of examples that resemble each other: its keeper beside a member, at a similarity that can be changed."""

from pathlib import Path

import numpy as np
from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from curator.errors import CuratorError
from curator.review.decisions import PENDING, STATUSES
from curator.review.groups import RELATIONS, Group, Grouping, Member, Relation, grouped, lowest_threshold
from curator.tui.drawing import STATUS_MARKS
from curator.tui.page import Page
from curator.tui.widgets.long_list import LongList
from curator.tui.widgets.side_by_side import Row, SideBySide, rows_of

_STEP = 0.01
_WAITING = "Looking for groups …"
MEANT = {
    "copy": "copies: prompt and answer alike",
    "same-prompt": "same prompt, another answer",
    "same-answer": "same answer, another prompt",
    "semantic": "the same in other words",
}


class GroupScreen(Page):
    """A group of examples, whatever is decided about it; the cursor says which one stands beside the keeper.

    Attributes:
        grouping: all groups; None while they are sought.
        number: of the group in front, from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.grouping: Grouping | None = None
        self.number = 0
        self._group: Group | None = None
        self._relation: Relation = "copy"
        self._threshold = 0.0

    def compose_body(self) -> ComposeResult:
        """What is looked at, the members, and two of them side by side."""
        yield Static(_WAITING, id="head", markup=False)
        yield LongList(self._line, id="members")
        yield SideBySide(id="beside")

    def on_mount(self) -> None:
        """Look for groups at the audit's threshold."""
        self.members.focus()
        self.review_changed()

    @property
    def members(self) -> LongList:
        """The members of the group in front, its keeper first."""
        return self.query_one(LongList)

    def review_changed(self) -> None:
        """The data are another set now, or the first time."""
        lowest = lowest_threshold(self.review.audit, self._relation)
        if lowest is None:
            waiting = "The data are still being checked; groups are here once that is done."
            what = "at meaning" if self._relation == "semantic" else "for duplicates"
            self._say(waiting if self.review.partial else f"This audit did not look {what}. R: another relation.")
            return
        self._threshold = max(self._threshold, lowest)
        self._regroup(None)

    def title_detail(self) -> str:
        """Where among the groups."""
        if self.grouping is None:
            return ""
        place = f"group {self.number + 1:,} of {len(self.grouping):,}" if len(self.grouping) else "no group"
        return f"{place}  ≥ {self.grouping.threshold:.2f}"

    # Groups

    def _say(self, sentence: str) -> None:
        self.grouping, self._group = None, None
        self.query_one("#head", Static).update("")
        self.members.show(0)
        self.query_one(SideBySide).say(sentence)
        self.refresh_bars()

    @work(thread=True, exclusive=True, group="groups")
    def _regroup(self, stay_with: int | None) -> None:
        """Group anew, off the event loop; the group of `stay_with` then stands in front."""
        worker, review = get_current_worker(), self.review
        kept = np.flatnonzero(review.decisions.status[: review.positions.in_source] == STATUSES.index("keep")).tolist()
        found = grouped(review.audit, kept, self._relation, round(self._threshold, 2))
        if not worker.is_cancelled:
            self.app.call_from_thread(self._take, found, stay_with)

    def _take(self, found: Grouping, stay_with: int | None) -> None:
        self.grouping = found
        number = None if stay_with is None else found.number_of(stay_with)
        if number is None:
            number = found.next_with(self.review.decisions.status == PENDING, -1) or 0
        self._go(number, stay_with)

    def _go(self, number: int, at: int | None = None) -> None:
        """Put a group in front, the cursor on an example of it."""
        grouping = self.grouping
        if grouping is None:
            return
        self.query_one("#head", Static).update(self._head(grouping))
        if not len(grouping):
            self._group = None
            self.members.show(0)
            name = "semantic duplicate" if self._relation == "semantic" else self._relation
            nothing = f"No {name} at a similarity of {grouping.threshold:.2f} or more."
            self.query_one(SideBySide).say(f"{nothing}\n\nR looks for another relation, o says what to do next.")
            self.refresh_bars()
            return
        self.number = max(0, min(number, len(grouping) - 1))
        self._group = grouping.group(self.number)
        self.members.styles.height = min(len(self._group.members) + 1, max(self.size.height // 3, 3))
        positions = [member.position for member in self._group.members]
        self.members.show(len(positions) + 1, 1 + positions.index(at) if at in positions else 1)
        self.refresh_bars()

    def _head(self, grouping: Grouping) -> str:
        found = f"{grouping.copies:,} in {len(grouping):,} groups at a similarity ≥ {grouping.threshold:.2f}"
        return f" {found}   {MEANT[grouping.relation]}"

    def _position(self, number: int) -> int:
        assert self._group is not None, "asked only while there is a group"
        return self._group.keeper if number == 0 else self._group.members[number - 1].position

    def _line(self, number: int, width: int) -> Content:  # noqa: ARG002
        assert self._group is not None, "lines are drawn of a group"
        position = self._position(number)
        place = self.review.positions.locations.at(position)
        mark = STATUS_MARKS[STATUSES[self.review.decisions.status[position]]]
        if number == 0:
            name = "KEEPER" if self._relation == "copy" else "first"
            relation = Content(f"★ {name}").stylize("bold $text-success")
        else:
            relation = Content(_alike(self._group.members[number - 1]))
        return Content.assemble(f" {mark} ", relation.truncate(52, ellipsis=True, pad=True), f"  line {place.line:,}")

    def on_long_list_moved(self, event: LongList.Moved) -> None:
        """Put the example at the cursor beside the keeper."""
        if self._group is not None and event.entry < len(self._group.members) + 1:
            self._compare(self._group, max(event.entry, 1))

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, group: Group, number: int) -> None:
        worker = get_current_worker()
        member = group.members[number - 1]
        beside = self.query_one(SideBySide)
        try:
            keeper, other = self.review.at(group.keeper), self.review.at(member.position)
        except CuratorError as error:
            self.app.call_from_thread(beside.say, str(error))
            return
        rows: list[Row] = rows_of(keeper.content, other.content)
        name = "★ keeper" if self._relation == "copy" else "first"
        names = (f"{name}  {Path(keeper.place).name}", f"{member.relation}  {Path(other.place).name}")
        if not worker.is_cancelled:
            self.app.call_from_thread(beside.show, names, rows)

    # Moving

    def action_next(self) -> None:
        """The next member beside the keeper."""
        self.members.move(1)

    def action_previous(self) -> None:
        """The member before."""
        self.members.move(-1)

    def action_next_group(self) -> None:
        """The next group in which something is undecided."""
        if self.grouping is None:
            return
        following = self.grouping.next_with(self.review.decisions.status == PENDING, self.number)
        if following is None:
            what = "copy" if self._relation == "copy" else "example of these groups"
            self.notify(f"Every {what} is decided. o shows what to do next.", markup=False)
            following = self.number
        self._go(following)

    def action_following(self) -> None:
        """The next group, decided or not."""
        self._go(self.number + 1)

    def action_before(self) -> None:
        """The group before, decided or not."""
        self._go(self.number - 1)

    def action_scroll_down(self) -> None:
        """Further down in the texts."""
        self.query_one(SideBySide).scroll_page_down(animate=False)

    def action_scroll_up(self) -> None:
        """Further up in the texts."""
        self.query_one(SideBySide).scroll_page_up(animate=False)

    def action_stricter(self) -> None:
        """Ask for more similarity."""
        self._change_threshold(_STEP)

    def action_looser(self) -> None:
        """Ask for less similarity."""
        self._change_threshold(-_STEP)

    def _change_threshold(self, by: float) -> None:
        lowest = lowest_threshold(self.review.audit, self._relation)
        if lowest is None:
            return
        wanted = round(self._threshold + by, 2)
        if wanted < lowest:
            self.notify(f"Pairs were searched for from {lowest:.2f} up; less needs another audit.", markup=False)
            return
        self._threshold = min(wanted, 1.0)
        self._regroup(None if self._group is None else self._position(self.members.cursor))

    def action_relation(self) -> None:
        """Groups of another kind."""
        self._relation = RELATIONS[(RELATIONS.index(self._relation) + 1) % len(RELATIONS)]
        self._threshold = 0.0
        self.review_changed()


def _alike(member: Member) -> str:
    """How a member resembles the keeper, in words."""
    if member.similarity is None:
        return f"{member.relation}, through another copy"
    figure = f"cosine {member.similarity:.2f}" if member.relation == "semantic" else f"{member.similarity:.0%} alike"
    parts = (("prompt", member.prompt), ("answer", member.answer))
    said = ", ".join(f"{name} {share:.0%}" for name, share in parts if share is not None)
    shares = f"{figure} ({said})" if said else figure
    return f"{member.relation}  {'' if member.relation == 'exact' else shares}{'  plain' if member.plain else ''}"
