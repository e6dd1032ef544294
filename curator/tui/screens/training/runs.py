"""The trainings of this data: what changed, how it ended, which was better; Enter looks at one."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.data.safe_text import visible
from curator.tui.page import Page, bindings_of

if TYPE_CHECKING:
    from curator.training.runs.listed import Run
    from curator.training.service.launching import ServiceRun


class RunsScreen(Page):
    """The list of runs, the newest first."""

    page_name = "runs"
    heading = "Runs"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("runs")]

    def __init__(self) -> None:
        super().__init__()
        self._folders: list[Path] = []

    def compose_body(self) -> ComposeResult:
        """A hint and the list."""
        with Vertical(id="runs"):
            yield Static("", id="hint", markup=False)
            yield OptionList(id="lines")

    def on_screen_resume(self) -> None:
        """List what is there now."""
        super().on_screen_resume()
        self._list()

    @work(thread=True, exclusive=True, group="runs")
    def _list(self) -> None:
        from curator.training.runs.find import runs_of
        from curator.training.service.launching import service_runs

        runs = runs_of(self.review.opened)[::-1]
        elsewhere = service_runs(self.review.opened)[::-1]
        folders = [run.folder for run in runs] + [run.folder for run in elsewhere]
        lines = [_line(run) for run in runs] + [_away_line(run) for run in elsewhere]
        self.app.call_from_thread(self._show, folders, lines)

    def _show(self, folders: list[Path], lines: list[Text]) -> None:
        self._folders = folders
        hint = "Enter looks at a run." if folders else "Nothing was trained on this data yet: t prepares a training."
        self.query_one("#hint", Static).update(hint)
        options = self.query_one(OptionList)
        at = options.highlighted
        options.clear_options()
        options.add_options([Option(line) for line in lines])
        if lines:
            options.highlighted = min(at or 0, len(lines) - 1)
            options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        from curator.tui.screens.training.running import TrainingScreen

        self.app.push_screen(TrainingScreen(self._folders[event.option_index]))

    def action_open(self) -> None:
        """As Enter in the list."""
        self.query_one(OptionList).action_select()


def _line(run: "Run") -> Text:
    from curator.training.runs.find import state_of

    line = Text(f"{run.name}  ", style="bold")
    line.append(f"{state_of(run.folder) or 'not started'}  ", style="not bold")
    counts = run.snapshot.files
    line.append(", ".join(f"{side.examples:,} {name}" for name, side in counts.items()), style="not bold")
    if run.changed is not None:
        line.append(f" · {run.changed.sentence()} since the run before", style="not bold")
    line.append(f"\n   {visible(run.snapshot.model, one_line=True)}", style="dim not bold")
    if run.result is not None and run.result.evaluation is not None:
        compared = run.result.evaluation
        line.append(
            f"\n   loss {compared.tuned_loss.value:.3f}, {compared.loss_fall.value:.0%} lower than untuned", "not bold"
        )
        if compared.sentence:
            line.append(f"\n   {compared.sentence}", style="not bold")
    return line


def _away_line(run: "ServiceRun") -> Text:
    line = Text(f"{run.folder.name}  ", style="bold")
    counts = ", ".join(f"{count:,} {name}" for name, count in run.examples.items())
    line.append(f"{visible(run.state, one_line=True)}  {counts}", style="not bold")
    line.append(f"\n   {visible(run.model or run.request.model, one_line=True)}", style="dim not bold")
    return line
