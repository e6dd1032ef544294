"""A training while it runs, or what it left: losses, samples, log, and its trouble in plain words."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.project.jobs.job import attach
from curator.training.hand_off import start_run
from curator.training.runs.find import state_of
from curator.training.runs.watched import Watched
from curator.training.service.launching import begin, is_at_service
from curator.tui.page import Page, bindings_of
from curator.tui.widgets.charts.loss import LossChart
from curator.tui.widgets.dialogs.question import ConfirmQuestion
from trainer.contract import EVENTS_FILE
from trainer.contract.events import EventReader

_LOOK_EVERY = 1.0
"""Seconds between two looks at the events, as often as the trainer tells its progress. What is new may take a second
drawing, when the layout changes: two a second at most."""
_LOG_LINES = 3
_AT_SERVICE = {
    "died": "✖ What followed the job died; the job itself continues. c follows it again. The log is below.",
    "finished": "✔ Finished at the service.",
    "stopped": "No longer followed. c looks at the job again.",
}
"""By state, what is said of a training at a service."""


class TrainingScreen(Page):
    """One run.

    Args:
        folder: of the run.
    """

    page_name = "training"
    heading = "Training"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("training")]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.watched = Watched()
        self._reader = EventReader(folder / EVENTS_FILE)
        self._state: str | None = None
        self._is_looking = False

    def compose_body(self) -> ComposeResult:
        """Where it stands, what is wrong, the curve, the latest answer, the end of the log."""
        yield Static("", id="standing", markup=False)
        yield Static("", id="trouble", markup=False)
        yield LossChart(id="losses")
        with VerticalScroll(id="below", can_focus=False):
            yield Static("", id="sample", markup=False)
            yield Static("", id="log", markup=False, classes="dim")

    def title_detail(self) -> str:
        """The run and its state."""
        return f"{self.folder.name}  {self._state or 'not started'}"

    def on_mount(self) -> None:
        """Begin to look."""
        self._look()
        self.set_interval(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        """See what is new, unless the look before is not done yet: two readers would take each other's events."""
        if not self._is_looking:
            self._is_looking = True
            self._read()

    @work(thread=True, group="look")
    def _read(self) -> None:
        try:
            events = self._reader.new()
            state = state_of(self.folder)
            if events or state != self._state:
                job = attach(self.folder)
                self.app.call_from_thread(self._take, events, state, job.log_tail() if job is not None else "")
        finally:
            self._is_looking = False

    def _take(self, events: list[dict[str, object]], state: str | None, log: str) -> None:
        if not self.is_attached:
            return
        self.watched.add(events)
        self._state = state
        with self.app.batch_update():
            self._draw(log)

    def _draw(self, log: str) -> None:
        lines_above = [self.watched.summary(), self.watched.preferred()]
        self.query_one("#standing", Static).update("\n".join(visible(one, one_line=True) for one in lines_above if one))
        self.query_one("#trouble", Static).update(self._trouble())
        self.query_one(LossChart).show(self.watched.train, self.watched.validation)
        self.query_one("#sample", Static).update(self._sample())
        lines = [line for line in log.replace("\r", "\n").splitlines() if line.strip()][-_LOG_LINES:]
        self.query_one("#log", Static).update(visible("\n".join(lines)))
        self.refresh_bars()

    def _trouble(self) -> Text:
        if is_at_service(self.folder) and self._state in ("died", "finished", "stopped"):
            return Text(_AT_SERVICE[self._state], style="bold")
        if self._state == "died":
            checkpoint = self.watched.checkpoint
            kept = f"the checkpoint of step {checkpoint} is kept" if checkpoint else "no checkpoint was written yet"
            return Text(f"✖ The trainer died; {kept}. c continues it. The log is below.", style="bold red")
        trouble = self.watched.trouble()
        if trouble is not None:
            return Text(f"▲ {visible(trouble)}", style="bold yellow")
        if self._state == "finished":
            return Text("✔ Finished. v compares the tuned with the untuned model.", style="bold green")
        if self._state == "stopped":
            return Text("Stopped and saved. c continues it.", style="bold")
        return Text("")

    def _sample(self) -> Text:
        if not self.watched.samples:
            return Text("")
        sample = self.watched.samples[0]
        text = Text(f"At step {sample.get('step')}, to a held-out question\n", style="bold")
        asked = [message for message in sample.get("prompt", []) if message.get("role") == "user"]
        if asked:
            text.append(f"asked      {visible(str(asked[-1].get('content')), one_line=True)}\n", style="not bold")
        text.append(f"answers    {visible(str(sample.get('answer')), one_line=True)}\n", style="not bold")
        text.append(f"reference  {visible(str(sample.get('reference')), one_line=True)}\n", style="dim not bold")
        return text

    def action_smoother(self) -> None:
        """More of what came before."""
        self._smooth(0.1)

    def action_rougher(self) -> None:
        """Less of it."""
        self._smooth(-0.1)

    def _smooth(self, change: float) -> None:
        chart = self.query_one(LossChart)
        chart.smoothing = min(0.95, max(0.0, round(chart.smoothing + change, 2)))
        chart.refresh()
        self.notify(f"smoothing {chart.smoothing:.2f}", timeout=1, markup=False)

    def action_logarithmic(self) -> None:
        """The vertical axis in logarithms, or not."""
        chart = self.query_one(LossChart)
        chart.logarithmic = not chart.logarithmic
        chart.refresh()

    def action_scroll_down(self) -> None:
        """Towards the end of the log."""
        self.query_one("#below", VerticalScroll).scroll_page_down(animate=False)

    def action_scroll_up(self) -> None:
        """Back to the answer."""
        self.query_one("#below", VerticalScroll).scroll_page_up(animate=False)

    def action_stop(self) -> None:
        """Ask, then finish the step, save and end."""
        job = attach(self.folder)
        if job is None or not job.is_running():
            self.notify("It is not running.", markup=False)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                job.cancel()
                self.notify("It finishes its step, saves, and ends.", markup=False)

        def answered_away(yes: bool | None) -> None:
            if yes:
                self._work_at_service(cancelling=True)

        if is_at_service(self.folder):
            self.app.push_screen(
                ConfirmQuestion("Cancel the job at the service?", "It cannot be continued."), answered_away
            )
            return
        self.app.push_screen(
            ConfirmQuestion("Stop this training?", "c continues it later from the saved step."), answered
        )

    @work(thread=True, exclusive=True, group="start")
    def _work_at_service(self, *, cancelling: bool) -> None:
        try:
            begin(self.folder, cancelling=cancelling)
        except CuratorError as error:
            self.app.call_from_thread(self.curator.say_error, error)

    @work(thread=True, exclusive=True, group="start")
    def action_go_on(self) -> None:
        """Continue a run that stopped or died; follow a service's job again."""
        try:
            if is_at_service(self.folder):
                begin(self.folder)
            else:
                start_run(self.folder)
        except CuratorError as error:
            self.app.call_from_thread(self.curator.say_error, error)

    def action_answers(self) -> None:
        """Both models' answers, side by side."""
        from curator.tui.screens.training.answers import AnswersScreen

        self.app.push_screen(AnswersScreen(self.folder))
