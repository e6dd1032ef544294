"""Ask for one line of text, or for a key."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.suggester import Suggester
from textual.widgets import Input, Static

from curator.data.safe_text import visible
from curator.tui.widgets.dialogs.dialog import Dialog
from curator.tui.widgets.still_input import StillInput


class AskText(Dialog[str | None]):
    """A question and a field; Enter gives the text, Esc nothing."""

    writes = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    def __init__(self, question: str, value: str = "", suggester: Suggester | None = None) -> None:
        super().__init__()
        self._question, self._value, self._suggester = question, value, suggester

    def compose(self) -> ComposeResult:
        """The question and the field."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield StillInput(visible(self._value, one_line=True), suggester=self._suggester)
            yield Static("Enter takes it   Esc leaves it", markup=False, classes="dim")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the text."""
        self.dismiss(event.value)

    def action_complete(self) -> None:
        """Take what is suggested."""
        field = self.query_one(Input)
        field.action_end()
        field.action_cursor_right()

    def action_cancel(self) -> None:
        """Close without."""
        self.dismiss(None)


class PressKey(Dialog[str | None]):
    """Asks for a key by pressing it: gives its name as Textual has it, or "" for the usual one; Esc gives nothing."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        """What is asked."""
        with Vertical(classes="dialog"):
            yield Static(f"Press the key for {self._what}.", markup=False)
            yield Static("Delete gives back the usual one   Esc leaves it", markup=False, classes="dim")

    def on_key(self, event: Key) -> None:
        """Take it."""
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else "" if event.key == "delete" else event.key)
