"""The lines that could not be read as examples, each with its number and the reason; they are dropped here."""

from functools import partial
from typing import ClassVar

import polars as pl
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.audit.findings import decided_by, published
from curator.data.frames import MOST_REFUSED
from curator.data.safe_text import visible
from curator.reporting.wording import count
from curator.review.decide import MatchedExamples, decide
from curator.review.filter.unreadable import UnreadableLines, unreadable_found
from curator.tui.page import Page, bindings_of
from curator.tui.screens.reviewing.bulk import do_or_ask
from curator.tui.widgets.dialogs.question import ConfirmQuestion

_MOST = 500
_REASON = "cannot be read"


class UnreadableScreen(Page):
    """Every line that is no example; the source is repaired in an editor, not here."""

    page_name = "unreadable"
    heading = "Unreadable lines"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("unreadable")]

    def compose_body(self) -> ComposeResult:
        """What can be done, and a list by file and line."""
        with Vertical(id="overview"):
            yield Static("", id="about", markup=False)
            yield OptionList(id="lines")

    def on_mount(self) -> None:
        """Draw."""
        self.review_changed()

    def review_changed(self) -> None:
        """Draw anew what is there and what was decided."""
        every, undecided = self._found("is:unreadable"), self._found("is:unreadable is:open")
        listed = every.findings.filter(pl.col("line").is_not_null()).head(_MOST)
        self._ids = listed.select(decided_by())[:, 0].to_list()
        left = f"{undecided.lines:,} of them" if undecided.lines else "none of them"
        more = ""
        if every.lines > len(listed):
            more = (
                f" The first {len(listed)} are listed; `curator audit DATA --findings FILE.jsonl` has {MOST_REFUSED:,}."
            )
        self.query_one("#about", Static).update(
            f"{count(every.lines, 'line')} could not be read as an example, {left} undecided. An "
            f"export skips them. Repair the file and open it again, or drop them.{more}"
        )
        options = self.query_one(OptionList)
        at = options.highlighted
        options.clear_options()
        marks = ["" if one is None else "dropped  " if one == "drop" else "accepted  " for one in listed["decided"]]
        findings = published(listed.drop("decided"), self.review.audit.loaded)
        for mark, finding in zip(marks, findings, strict=True):
            said = visible(f"{finding.file}:{finding.line}  {finding.check}: {finding.message}", one_line=True)
            options.add_option(Option(Text.assemble((mark, "bold"), (said, "dim" if mark else ""))))
        options.highlighted = min(at or 0, len(self._ids) - 1) if self._ids else None
        options.focus()
        self.refresh_bars()

    def _found(self, where: str) -> UnreadableLines:
        return unreadable_found(where, self.review.audit, self.review.opened.state())

    async def action_drop(self) -> None:
        """Drop the line at the cursor, and others of the same bytes."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            await self._drop([self._ids[at]])
            self.query_one(OptionList).action_cursor_down()

    def action_drop_all(self) -> None:
        """Drop all that are undecided, after a question."""
        found = self._found("is:unreadable is:open")
        if not found.lines:
            self.notify("Every unreadable line is decided.", markup=False)
            return
        question = ConfirmQuestion(f"Drop {count(found.lines, 'unreadable line')}?", "One undo takes it back.", "drop")
        do_or_ask(self, found.lines, question, partial(self._drop, found.ids), always=True)

    async def _drop(self, ids: list[str]) -> None:
        review, chosen = self.review, MatchedExamples([], ids)
        await self.curator.write(lambda: decide(review.opened, review.audit, chosen, "drop", _REASON))
        self.review_changed()

    async def action_undo(self) -> None:
        """Take back the latest decision."""
        await self.curator.take_back()
        self.review_changed()
