"""A question before something that is not undone by one key: default no, never answered by Enter."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from curator.data.safe_text import visible
from curator.tui.widgets.dialogs.dialog import Dialog


class ConfirmQuestion(Dialog[bool]):
    """Answered by y or n; Esc is n."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("n,escape", "answer(False)", "No", show=False),
    ]

    def __init__(self, sentence: str, detail: str = "", yes: str = "do it") -> None:
        super().__init__()
        self._sentence, self._detail, self._yes = sentence, detail, yes

    def compose(self) -> ComposeResult:
        """The sentence, what it rests on, and the two keys."""
        text = Text(visible(self._sentence), style="bold")
        if self._detail:
            text.append(f"\n\n{visible(self._detail)}", style="not bold")
        keys = Text.assemble((" y ", "reverse"), f" {self._yes}    ", (" n ", "reverse"), " no (Esc)")
        with Vertical(classes="dialog"):
            with VerticalScroll(classes="inside"):
                yield Static(text, markup=False)
            yield Static(keys, classes="keys", markup=False)

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)
