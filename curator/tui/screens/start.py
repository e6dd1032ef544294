"""The first screen: recent projects, open a file, sample data."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.data.safe_text import visible
from curator.data.sample_data import sample_copy
from curator.settings.request import DataRequest
from curator.tui.page import Page, bindings_of
from curator.tui.recent import Recent, recent
from curator.tui.widgets.ask_text import AskText

_MARGIN = 7
_WELCOME = "See what is wrong with fine-tuning data, decide example by example, export, train."


class StartScreen(Page):
    """Never blank: what was open lately, and two ways to begin."""

    page_name = "start"
    heading = "Start"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("start")]

    def __init__(self) -> None:
        super().__init__()
        self._recent: list[Recent] = []

    def compose_body(self) -> ComposeResult:
        """A sentence and the list."""
        with Vertical(id="start"):
            yield Static(_WELCOME, markup=False)
            yield OptionList(id="choices")
            yield Static("", id="hint", markup=False, classes="dim")

    def on_screen_resume(self) -> None:
        """List what is there now."""
        self._recent = recent()
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options([Option(self._line(one)) for one in self._recent])
        choices.add_options(
            [
                Option(Text.assemble(("Open a file", "bold"), "   JSONL, JSON, CSV or Parquet; .gz and .zst too")),
                Option(Text.assemble(("Sample data", "bold"), "   chat examples with known faults, to try things on")),
            ]
        )
        choices.highlighted = 0
        choices.focus()
        hint = "Nothing was opened yet. " if not self._recent else ""
        self.query_one("#hint", Static).update(f"{hint}On the command line: curator review FILE")
        self.refresh_bars()

    def _line(self, one: Recent) -> Text:
        path = Path(one.data[0])
        more = f" and {len(one.data) - 1} more" if len(one.data) > 1 else ""
        line = Text(visible(f"{path.name}{more}", one_line=True), style="bold")
        line.append(f"   {one.detail}   {one.time[:10]}   ", style="not bold")
        line.append(visible(str(path.parent), one_line=True), style="dim not bold")
        line.truncate(max(self.size.width - _MARGIN, 20), overflow="ellipsis")
        return line

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        if event.option_index < len(self._recent):
            self.curator.open_and_show(DataRequest(data=self._recent[event.option_index].data))
        elif event.option_index == len(self._recent):
            self.action_name_file()
        else:
            self.action_sample()

    def action_open(self) -> None:
        """As Enter in the list."""
        self.query_one(OptionList).action_select()

    def action_sample(self) -> None:
        """Open a copy of the sample data."""
        path = sample_copy()
        self.curator.open_and_show(DataRequest(data=(str(path),)))

    def action_name_file(self) -> None:
        """Ask for a file and open it."""
        self.app.push_screen(AskText("Which file? A path; ~ and patterns such as *.jsonl are understood."), self._named)

    def _named(self, name: str | None) -> None:
        if name and name.strip():
            self.curator.open_and_show(DataRequest(data=(str(Path(name.strip()).expanduser()),)))
