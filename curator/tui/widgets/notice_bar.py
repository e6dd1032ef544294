"""What the app says, in lines of its own above the keys: they cover no text, and news of a kind replace older ones."""

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.timer import Timer
from textual.widgets import Static

from curator.data.safe_text import visible

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp

_SIGNS = {"information": ("i", "cyan"), "warning": ("W", "yellow"), "error": ("E", "bold red")}
_LINES = 4


class NoticeBar(Static):
    """Hidden while there is nothing to say; a click puts it away."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._until: Timer | None = None

    def show(self) -> None:
        """Draw what was said and is not over."""
        notices = list(cast("CuratorApp", self.app)._notifications)
        text = Text()
        for notice in notices[-_LINES:]:
            sign, style = _SIGNS[notice.severity]
            text.append(f"\n{sign} " if text else f"{sign} ", style=style)
            text.append(visible(notice.message))
        self.display = bool(notices)
        self.update(text)
        if self._until is not None:
            self._until.stop()
        if notices:
            self._until = self.set_timer(max(min(notice.time_left for notice in notices), 0.05), self.show)

    def on_mount(self) -> None:
        """Show what was said before this screen was there."""
        self.show()

    def on_click(self) -> None:
        """Enough of it."""
        self.app.clear_notifications()
