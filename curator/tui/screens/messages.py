"""What was said in this session: a toast is gone before a long sentence is read."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from curator.data.safe_text import visible
from curator.project.app_log import log_file
from curator.tui.widgets.dialogs.dialog import Dialog

_SIGNS = {"information": "i", "warning": "W", "error": "E"}
_STYLES = {"information": "cyan", "warning": "yellow", "error": "bold red"}


class Said(NamedTuple):
    """A message."""

    time: datetime
    severity: str
    sentence: str


class MessagesScreen(Dialog[None]):
    """Every message whole, the latest first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,D", "close", "Close", show=False)]

    def __init__(self, said: Iterable[Said]) -> None:
        super().__init__()
        self._said = list(said)[::-1]

    def compose(self) -> ComposeResult:
        """The messages; they scroll."""
        text = Text()
        for one in self._said:
            text.append(f"{one.time:%H:%M:%S} {_SIGNS[one.severity]} ", style=_STYLES[one.severity])
            text.append(f"{visible(one.sentence)}\n")
        with VerticalScroll(classes="dialog"):
            yield Static(Text("Messages of this session", style="bold"))
            yield Static(text if self._said else Text("Nothing was said yet."))
            yield Static(Text(f"What libraries print, and errors: {log_file()}   Esc closes", style="dim"))

    def action_close(self) -> None:
        """Close."""
        self.dismiss()
