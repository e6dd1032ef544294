"""The line at the top: what is open, which screen this is, where on it, and whether all is saved."""

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.widgets import Static

from curator.data.safe_text import visible

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp


class TitleBar(Static):
    """One line; the mark at its end says that what was decided is on the disk, or that it could not be written."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._heading = self._detail = ""

    def show(self, heading: str, detail: str = "") -> None:
        """Say which screen this is, and where on it."""
        self._heading, self._detail = heading, detail
        self._draw()

    def on_resize(self) -> None:
        """Fit the new width."""
        self._draw()

    def _draw(self) -> None:
        app = cast("CuratorApp", self.app)
        data = visible(app.session.data_name, one_line=True)
        left = " › ".join(part for part in ("curator", data, self._heading) if part)
        right = app.session.saved_mark
        room = max(0, self.size.width - 2 - len(right))
        line = Text(left, style="bold", no_wrap=True)
        if self._detail:
            line.append(f"  {visible(self._detail, one_line=True)}", style="not bold")
        line.truncate(max(0, room - 1), overflow="ellipsis")
        line.pad_right(max(0, room - line.cell_len))
        line.append(right, style="bold" if app.session.write_failed else "")
        self.set_class(app.session.write_failed, "-failed")
        self.update(line)
