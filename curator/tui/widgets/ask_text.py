"""Ask for one line of text."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.suggester import Suggester
from textual.widgets import Input, Static

from curator.data.safe_text import visible
from curator.tui.dialog import Dialog
from curator.tui.widgets.still_input import StillInput


class AskText(Dialog[str | None]):
    """A question and a field; Enter gives the text, Esc nothing."""

    writes = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]

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

    def action_cancel(self) -> None:
        """Close without."""
        self.dismiss(None)
