"""Before a training: which model, what would be done, what speaks against it; one key starts."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.tui.actions.keymap import shown_key
from curator.tui.page import Page, bindings_of
from curator.tui.widgets.dialogs.ask_text import AskText

if TYPE_CHECKING:
    from curator.training.base_models import Choice

_QUESTIONS = 24
_GOES_ON_WITH = ("--skip-invalid", "--allow-leaks")
"""Options that a refusal may name, with which the preparation continues."""


class TrainScreen(Page):
    """The models, and under them the sheet of the chosen one.

    Attributes:
        folder: of the run that is ready to be started; None: none is.
    """

    page_name = "train"
    heading = "Train"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("train")]

    def __init__(self) -> None:
        super().__init__()
        self.folder: Path | None = None
        self._choices: list[Choice] = []
        self._is_started = False
        self._refused: tuple[str, ...] | None = None

    def compose_body(self) -> ComposeResult:
        """The list and the sheet."""
        with Vertical(id="train"):
            yield Static("Which model? ↑ ↓ choose, Enter shows what a training of it would be.", markup=False)
            yield OptionList(id="models")
            with VerticalScroll(id="sheet"):
                yield Static("", id="sheet-text", markup=False)

    def on_mount(self) -> None:
        """List the models; the demonstration one is never preselected."""
        from curator.training.base_models import choices

        self._choices = choices(self.review.opened)
        options = self.query_one(OptionList)
        options.add_options([Option(_line(choice)) for choice in self._choices])
        options.add_option(Option(Text("Another: a folder, or a name in the local cache")))
        real = bool(self._choices) and not self._choices[0].demo_only
        options.highlighted = 0 if real else len(self._choices)
        options.focus()
        if self.review.partial:
            self._say("The data are still being checked; a training can be prepared when that is done.")

    def review_changed(self) -> None:
        """The data were checked meanwhile."""
        super().review_changed()
        if self.folder is None and not self.review.partial:
            self._say("")

    def on_unmount(self) -> None:
        """A run that was prepared and not started leaves nothing."""
        if self.folder is not None and not self._is_started:
            shutil.rmtree(self.folder, ignore_errors=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        if event.option_index < len(self._choices):
            self._begin(self._choices[event.option_index].name)
        else:
            self.app.push_screen(
                AskText("Which model? A folder, or a name in the local Hugging Face cache."), self._named
            )

    def action_prepare(self) -> None:
        """As Enter in the list."""
        self.query_one(OptionList).action_select()

    def _named(self, name: str | None) -> None:
        if name and name.strip():
            self._begin(str(Path(name.strip()).expanduser()) if "/" in name else name.strip())

    def _begin(self, model: str) -> None:
        self._refused = None
        if self.review.partial or self.session.readonly:
            why = "The data are open read-only." if self.session.readonly else "The data are still being checked."
            self.notify(why, severity="warning", markup=False)
            return
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
        self._prepare(model)

    @work(thread=True, exclusive=True, group="prepare")
    def _prepare(self, model: str, *options: str) -> None:
        from curator.audit.secrets import HoldsSecrets
        from curator.training.prepare import prepare_apart

        self.app.call_from_thread(self._say, f"Preparing a training of {visible(model, one_line=True)} …")
        try:
            folder, sheet = prepare_apart(self.review.opened, "--model", model, *options)
        except HoldsSecrets as found:
            self.app.call_from_thread(self._ask_about_secrets, str(found), model)
            return
        except CuratorError as error:
            self.app.call_from_thread(self._say_refusal, str(error), model, options)
            return
        self.app.call_from_thread(self._ready, folder, sheet)

    def _say_refusal(self, sentence: str, model: str, options: tuple[str, ...]) -> None:
        """Say why; where an option of the command line lets it continue, a key takes it."""
        option = next((option for option in _GOES_ON_WITH if option in sentence and option not in options), None)
        self._refused = None if option is None else (model, *options, option)
        key = shown_key(self.curator.keys["train.go_on"].split(",")[0])
        self._say(f"✖ {sentence}" + (f"\n\n{key} prepares it like that, with {option}." if option else ""))

    def action_go_on(self) -> None:
        """Prepare what was refused, with the option that the refusal names."""
        if self._refused is None:
            self.notify("Nothing was refused that could continue.", markup=False)
        else:
            self._prepare(*self._refused)

    def _ask_about_secrets(self, sentence: str, model: str) -> None:
        from curator.tui.screens.training.secrets import OPTIONS, Answer, SecretsScreen

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                self._prepare(model, OPTIONS[answer])

        if not self.is_attached:
            return
        self._say(f"✖ {sentence}")
        self.app.push_screen(SecretsScreen(sentence), answered)

    def _ready(self, folder: Path, sheet: list[str]) -> None:
        if not self.is_attached:
            shutil.rmtree(folder, ignore_errors=True)
            return
        self.folder = folder
        self._say("\n".join(["Ready: s starts it, w asks first whether it is worth it.", "", *sheet]))
        self.query_one("#sheet").focus()

    def _say(self, text: str) -> None:
        self.query_one("#sheet-text", Static).update(visible(text))

    def action_start(self) -> None:
        """Start the prepared run."""
        if self.folder is None:
            self.notify("Choose a model first: Enter.", markup=False)
            return
        self._start(self.folder)

    @work(thread=True, exclusive=True, group="start")
    def _start(self, folder: Path) -> None:
        from curator.training.hand_off import start_run

        try:
            start_run(folder)
        except CuratorError as error:
            self.app.call_from_thread(self.curator.say_error, error)
            return
        self.app.call_from_thread(self._started, folder)

    def _started(self, folder: Path) -> None:
        from curator.tui.screens.training.running import TrainingScreen

        self._is_started = True
        if self.is_active:
            self.app.switch_screen(TrainingScreen(folder))
        else:  # another screen would come between a person and what they type
            self.app.notify(f"The training {folder.name} has begun. R lists the trainings.", markup=False)

    def action_worth(self) -> None:
        """Ask the untuned model with a good prompt before anything is trained."""
        if self.folder is None:
            self.notify("Choose a model first: Enter.", markup=False)
            return
        self.notify(f"Asking the untuned model {_QUESTIONS} questions.", markup=False)
        self._ask(self.folder)

    @work(thread=True, exclusive=True, group="worth")
    def _ask(self, folder: Path) -> None:
        from curator.training.hand_off import baseline, worth

        try:
            sentence = worth(baseline(folder, _QUESTIONS))
        except (CuratorError, json.JSONDecodeError) as error:
            sentence = str(error)
        self.app.call_from_thread(self.notify, visible(sentence), timeout=30, markup=False)


def _line(choice: "Choice") -> Text:
    line = Text(visible(choice.name, one_line=True), style="bold")
    line.append(f"   {choice.origin}", style="dim not bold")
    return line
