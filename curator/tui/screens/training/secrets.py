"""Before a training on examples that hold a secret: mask it, let it through, or go back and decide."""

from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from curator.data.safe_text import visible
from curator.tui.widgets.dialogs.dialog import Dialog

Answer = Literal["mask", "allow"]


class SecretsScreen(Dialog[Answer | None]):
    """What was found, secrets not shown, and three keys; Esc is back, and Enter answers nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "answer('mask')", "Mask", show=False),
        Binding("a", "answer('allow')", "Let through", show=False),
        Binding("n,escape", "answer(None)", "Back", show=False),
    ]

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._sentence = sentence

    def compose(self) -> ComposeResult:
        """The refusal, and the keys."""
        keys = Text.assemble(
            *((" m ", "reverse"), " write [SECRET] in the place of each   "),
            *((" a ", "reverse"), " let them through\n"),
            *((" n ", "reverse"), " back (Esc): the filter check:secret-key/warning finds them in the review"),
        )
        with Vertical(classes="dialog"):
            with VerticalScroll(classes="inside"):
                yield Static(Text(visible(self._sentence)))
            yield Static(keys, classes="keys")

    def action_answer(self, answer: Answer | None) -> None:
        """Close with the answer."""
        self.dismiss(answer)


OPTIONS: dict[Answer, str] = {"mask": "--mask-secrets", "allow": "--allow-secrets"}
"""What each answer is on the command line."""
