"""Both models' answers to held-out questions: which is better is asked before it is said whose it is."""

from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from curator.audit.last_training.failures import evaluated
from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.review.bring_back import as_content, flag_failure, leave_held_out
from curator.training.evaluation import comparison_of, evaluate_run
from curator.training.runs.preferences import Liked, is_tuned_first, prefer, preferences, tally
from curator.tui.page import Page, bindings_of
from trainer.contract.results import Comparison

_ASKED = 100
ORDERS = ("as asked", "greatest loss first", "tuned worse first")


class AnswersScreen(Page):
    """One held-out question at a time.

    Args:
        folder: of the run.

    Attributes:
        lines: of `evaluation.jsonl` that have answers, in the order they are gone through.
    """

    page_name = "answers"
    heading = "Answers"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("answers")]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.lines: list[dict[str, Any]] = []
        self._place = 0
        self._order = 0
        self._compared: Comparison | None = None
        self._liked: dict[str, Liked] = {}
        self._correcting: tuple[str, int] | None = None

    def compose_body(self) -> ComposeResult:
        """Verdict, question, reference, the two answers side by side, tally."""
        yield Static("", id="outcome", markup=False)
        with VerticalScroll(id="asked", can_focus=False):
            yield Static("", id="question", markup=False)
        with VerticalScroll(id="wanted", can_focus=False):
            yield Static("", id="reference", markup=False)
        with Horizontal(id="both"):
            with VerticalScroll(can_focus=False):
                yield Static("", id="first", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static("", id="second", markup=False)
        yield Static("", id="tally", markup=False, classes="dim")

    def title_detail(self) -> str:
        """The place and the order."""
        if not self.lines:
            return self.folder.name
        return f"{self._place + 1} of {len(self.lines)}, {ORDERS[self._order]}"

    def on_mount(self) -> None:
        """Show what there is, or ask the models first."""
        try:
            self._compared = comparison_of(self.folder)
        except CuratorError as error:
            self.query_one("#outcome", Static).update(visible(str(error)))
            self.refresh_bars()
            return
        self._take()
        if not self.lines:
            self.action_ask()

    @work(thread=True, exclusive=True, group="ask")
    def action_ask(self) -> None:
        """Ask both models up to a hundred questions; interrupted, the next time resumes it."""
        self.app.call_from_thread(self._wait)
        try:
            compared = evaluate_run(self.folder, _ASKED)
        except CuratorError as error:
            self.app.call_from_thread(self.curator.say_error, error)
            return
        self.app.call_from_thread(self._answered, compared)

    def _wait(self) -> None:
        self.query_one("#outcome", Static).update("Asking both models. Leaving this screen does not stop it.")

    def _answered(self, compared: Comparison) -> None:
        if self.is_attached:
            self._compared = compared
            self._take()

    def _take(self) -> None:
        self.lines = [line for line in evaluated(self.folder) if "answer" in line]
        self._liked = preferences(self.folder)
        self._sort()

    def _sort(self) -> None:
        primary = self._compared.primary if self._compared is not None else None
        if self._order == 1:
            self.lines.sort(key=lambda line: -line["tuned_loss"])
        elif self._order == 2 and primary is not None:
            self.lines.sort(key=lambda line: line["measures"][primary] - line["baseline_measures"][primary])
        elif self._order == 0:
            self.lines = [line for line in evaluated(self.folder) if "answer" in line]
        self._place = 0
        self._show()

    def _show(self) -> None:
        self.refresh_bars()
        compared = self._compared
        if compared is not None:
            sentences = [one for one in (compared.sentence, compared.caution) if one]
            self.query_one("#outcome", Static).update(visible("\n".join(sentences)))
        self.query_one("#tally", Static).update(tally(self._liked))
        if not self.lines:
            return
        line = self.lines[self._place]
        self.query_one("#question", Static).update(_question(line))
        reference = Text.assemble(("reference  ", "bold"), (visible(line["reference"]), "not bold"))
        self.query_one("#reference", Static).update(reference)
        for part in self.query(VerticalScroll):
            part.scroll_home(animate=False)
        is_first = is_tuned_first(line["example"], self.folder.name)
        liked = self._liked.get(line["example"])
        self.query_one("#first", Static).update(_answer(line, 1, is_tuned=is_first, liked=liked))
        self.query_one("#second", Static).update(_answer(line, 2, is_tuned=not is_first, liked=liked))

    def action_like(self, number: int) -> None:
        """Say which is better: 1, 2, or 0 for neither."""
        if not self.lines or self.session.readonly:
            return
        line = self.lines[self._place]
        is_first = is_tuned_first(line["example"], self.folder.name)
        liked: Liked = "tie" if number == 0 else "tuned" if (number == 1) == is_first else "untuned"
        annotator = self.review.opened.annotator
        self._liked[line["example"]] = liked
        self.curator.write_quietly(lambda: prefer(self.folder, line["example"], liked, annotator))
        self._show()

    def action_next(self) -> None:
        """To the next question."""
        self._go(1)

    def action_previous(self) -> None:
        """To the one before."""
        self._go(-1)

    def _go(self, steps: int) -> None:
        if self.lines:
            self._place = min(len(self.lines) - 1, max(0, self._place + steps))
            self._show()

    def action_order(self) -> None:
        """In turn: as asked, greatest loss first, tuned worse first."""
        self._order = (self._order + 1) % len(ORDERS)
        self._sort()

    def action_scroll_down(self) -> None:
        """What did not fit, wherever it is."""
        for part in self.query(VerticalScroll):
            part.scroll_page_down(animate=False)

    def action_scroll_up(self) -> None:
        """Back."""
        for part in self.query(VerticalScroll):
            part.scroll_page_up(animate=False)

    async def action_flag(self) -> None:
        """Send the example back to the review queue."""
        if not self.lines:
            return
        opened, example = self.review.opened, self.lines[self._place]["example"]
        await self.curator.write(lambda: flag_failure(opened, example, self.folder.name))
        if not self.session.write_failed and not self.session.readonly:
            self.review.reload()
            self.notify("Flagged: decided:flag in the review finds it.", markup=False)

    def action_correct(self) -> None:
        """Write a corrected example to train on; once it is saved, the held-out one leaves its side for good."""
        from curator.tui.screens.reviewing.edit import EditScreen

        if not self.lines or self.session.readonly:
            return
        line = self.lines[self._place]
        self._correcting = (line["example"], len(self.review))
        self.app.push_screen(EditScreen(as_content(line), None, "new from this"))

    def on_screen_resume(self) -> None:
        """Back from a correction: was one saved?"""
        super().on_screen_resume()
        if self._correcting is None:
            return
        (example, before), self._correcting = self._correcting, None
        if len(self.review) > before:
            self.run_worker(self._leave(example))

    async def _leave(self, example: str) -> None:
        opened = self.review.opened
        await self.curator.write(lambda: leave_held_out(opened, example))


def _question(line: dict[str, Any]) -> Text:
    text = Text()
    for message in line["prompt"]:
        text.append(f"{visible(str(message['role']), one_line=True)}  ", style="bold")
        text.append(f"{visible(str(message.get('content') or ''))}\n", style="not bold")
    text.rstrip()
    return text


def _answer(line: dict[str, Any], number: int, *, is_tuned: bool, liked: Liked | None) -> Text:
    text = Text(f"Answer {number}", style="bold")
    if liked is not None:
        name = "tuned" if is_tuned else "untuned, with a good prompt"
        mark = " ✔" if liked == ("tuned" if is_tuned else "untuned") else ""
        text.append(f"  {name}{mark}", style="bold")
    text.append(f"\n{visible(line['answer'] if is_tuned else line['baseline_answer'])}\n", style="not bold")
    if liked is not None:
        figures = line["measures"] if is_tuned else line["baseline_measures"]
        text.append("\n" + "  ".join(f"{name} {value:.2f}" for name, value in figures.items()), style="dim not bold")
    return text
