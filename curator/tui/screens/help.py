"""The keys of a screen and what they do, drawn from the registry."""

from typing import TYPE_CHECKING, ClassVar, cast

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from curator.tui.actions.keymap import rows_of
from curator.tui.widgets.dialogs.dialog import Dialog
from curator.tui.widgets.still_input import StillInput

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp


class HelpScreen(Dialog[None]):
    """Every action of one screen, by what it is for; typing looks for words in them."""

    writes = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "close", "Close", show=False),
        Binding("down", "scroll(1)", "Down", show=False),
        Binding("up", "scroll(-1)", "Up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
    ]

    def __init__(self, name: str, heading: str) -> None:
        super().__init__()
        self._page, self._heading = name, heading

    def compose(self) -> ComposeResult:
        """A field and a table of keys; it scrolls."""
        with Vertical(classes="dialog"):
            yield Static(Text(f"Keys of {self._heading}", style="bold"))
            yield StillInput(placeholder="type to search")
            with VerticalScroll(classes="inside", can_focus=False):
                yield Static(self._table(""), id="found")
            yield Static(Text("Other keys: , opens the settings. Esc closes this.", style="dim"), classes="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what is typed."""
        self.query_one("#found", Static).update(self._table(event.value))

    def _table(self, typed: str) -> Table | Text:
        """The actions that have every word typed in their key, name or description, under headings."""
        keys, words = cast("CuratorApp", self.app).keys, typed.lower().split()
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, expand=True)
        table.add_column(no_wrap=True, style="bold")
        table.add_column()
        groups = {
            "Decide and write": rows_of(
                self._page, keys, lambda action: action.screen == self._page and action.decides
            ),
            "Look and move": rows_of(
                self._page, keys, lambda action: action.screen == self._page and not action.decides
            ),
            "On every screen": rows_of(self._page, keys, lambda action: action.screen != self._page),
        }
        for heading, rows in groups.items():
            found = [row for row in rows if all(word in " ".join(row).lower() for word in words)]
            if found:
                table.add_row(Text(heading, style="underline not bold"))
            for shown, label, description in found:
                table.add_row(Text(shown), Text(f"{label}: {description}"))
        return table if table.row_count else Text("No key has that in its name or description.")

    def action_scroll(self, lines: int) -> None:
        """Further down, or up."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_close(self) -> None:
        """Close."""
        self.dismiss()
