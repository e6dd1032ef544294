"""The first screen: recent projects, the data files of this folder, open a file, sample data."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
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
from curator.data.sources.source import is_data
from curator.reporting.wording import size
from curator.settings.request import DataRequest
from curator.tui.completion import PathSuggester
from curator.tui.page import Page, bindings_of
from curator.tui.recent import Recent, recent
from curator.tui.widgets.dialogs.ask_text import AskText

_MARGIN = 7
_FILES = 30
"""Data files of the folder that are listed."""

_WELCOME = "See what is wrong with fine-tuning data, decide example by example, export, train."


class StartScreen(Page):
    """Never blank: what was open lately, what lies here, and two ways to begin."""

    page_name = "start"
    heading = "Start"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("start")]

    def __init__(self) -> None:
        super().__init__()
        self._choices: list[Callable[[], None]] = []

    def compose_body(self) -> ComposeResult:
        """A sentence and the list."""
        with Vertical(id="start"):
            yield Static(_WELCOME, markup=False)
            yield OptionList(id="choices")
            yield Static("", id="hint", markup=False, classes="dim")

    def on_screen_resume(self) -> None:
        """List what is there now."""
        known, options = recent(), self.query_one(OptionList)
        names = {one.data for one in known}
        files = [path for path in _data_files(Path()) if (str(path.resolve()),) not in names]
        listed: list[tuple[Text, Callable[[], None]]] = [
            *((self._line(one), partial(self._open, one.data)) for one in known),
            *((self._file_line(path), partial(self._open, (str(path),))) for path in files[:_FILES]),
            (_two("Open a file", "JSONL, JSON, CSV or Parquet; .gz and .zst too"), self.action_name_file),
            (_two("Sample data", "chat examples with known faults, to try things on"), self.action_sample),
        ]
        self._choices = [choose for _, choose in listed]
        options.clear_options()
        options.add_options([Option(line) for line, _ in listed])
        options.highlighted = 0
        options.focus()
        hint = "" if known else "Nothing was opened yet. "
        more = f"{len(files) - _FILES:,} more data files are in this folder. " if len(files) > _FILES else ""
        self.query_one("#hint", Static).update(f"{hint}{more}On the command line: curator review FILE")
        self.refresh_bars()

    def _open(self, data: tuple[str, ...]) -> None:
        self.curator.open_and_show(DataRequest(data=data))

    def _file_line(self, path: Path) -> Text:
        line = _two(visible(path.name, one_line=True), f"{size(path.stat().st_size)}, in this folder")
        line.truncate(max(self.size.width - _MARGIN, 20), overflow="ellipsis")
        return line

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
        self._choices[event.option_index]()

    def action_open(self) -> None:
        """As Enter in the list."""
        self.query_one(OptionList).action_select()

    def action_sample(self) -> None:
        """Open a copy of the sample data."""
        path = sample_copy()
        self.curator.open_and_show(DataRequest(data=(str(path),)))

    def action_name_file(self) -> None:
        """Ask for a file and open it."""
        question = "Which file? A path, which Tab completes; ~ and patterns such as *.jsonl are understood."
        self.app.push_screen(AskText(question, suggester=PathSuggester()), self._named)

    def _named(self, name: str | None) -> None:
        if name and name.strip():
            self._open((str(Path(name.strip()).expanduser()),))


def _two(name: str, about: str) -> Text:
    return Text.assemble((name, "bold"), f"   {about}")


def _data_files(folder: Path) -> list[Path]:
    """The data files of a folder, by name; none where it cannot be read."""
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if is_data(path.name) and path.is_file())
    return []
