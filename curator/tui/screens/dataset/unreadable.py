"""The lines that could not be read as examples, each with its number and the reason."""

from typing import TYPE_CHECKING, ClassVar, cast

import polars as pl
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.audit.findings import is_on_lines, lines_found, published
from curator.data.frames import MOST_REFUSED
from curator.data.safe_text import visible
from curator.reporting.wording import count
from curator.tui.widgets.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp

_MOST = 500


class UnreadableScreen(Dialog[None]):
    """Every line that is no example."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", "Close", show=False)]

    def compose(self) -> ComposeResult:
        """A list by file and line; the source is repaired in an editor, not here."""
        review = cast("CuratorApp", self.app).session.review
        assert review is not None, "there are findings"
        unread = review.audit.findings.filter(pl.col("id").is_null() & is_on_lines())
        total = unread.select(lines_found()).item()
        found = unread.filter(pl.col("line").is_not_null())
        lines = [
            Option(Text(visible(f"{finding.file}:{finding.line}  {finding.check}: {finding.message}", one_line=True)))
            for finding in published(found.head(_MOST), review.audit.loaded)
        ]
        with Vertical(classes="dialog"):
            yield Static(Text(f"{count(total, 'line')} could not be read as an example", style="bold"))
            yield OptionList(*lines)
            if len(found) > _MOST:
                more = f"The first {_MOST}; `curator audit DATA --findings FILE.jsonl` lists {MOST_REFUSED:,}."
                yield Static(more, markup=False)
            yield Static("An export leaves them out. Repair the file and open it again.   Esc closes", classes="dim")

    def action_close(self) -> None:
        """Close."""
        self.dismiss()
