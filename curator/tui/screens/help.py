"""The keys of a screen and what they do, drawn from the registry."""

from typing import TYPE_CHECKING, ClassVar, cast

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from curator.tui.actions.keymap import rows_of
from curator.tui.dialog import Dialog

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp


class HelpScreen(Dialog[None]):
    """Every action of one screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "close", "Close", show=False)]

    def __init__(self, name: str, heading: str) -> None:
        super().__init__()
        self._page, self._heading = name, heading

    def compose(self) -> ComposeResult:
        """A table of keys; it scrolls."""
        keys = cast("CuratorApp", self.app).keys
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, expand=True)
        table.add_column(no_wrap=True, style="bold")
        table.add_column()
        for shown, label, description in rows_of(self._page, keys):
            table.add_row(Text(shown), Text(f"{label}: {description}"))
        with VerticalScroll(classes="dialog"):
            yield Static(Text(f"Keys of {self._heading}", style="bold"))
            yield Static(table)
            yield Static(Text("Other keys: [keys] in curator.toml. Esc closes this.", style="dim"))

    def action_close(self) -> None:
        """Close."""
        self.dismiss()
