"""The app: what is open, the one thread that writes, and the way between screens."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

from textual import work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.events import Key, Print
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import Input

from curator.audit.job import start_audit
from curator.audit.open_data import Opened, open_data
from curator.audit.preview import preview
from curator.data.content import Content
from curator.data.safe_text import visible
from curator.errors import CuratorError, UsageError
from curator.project.app_log import log
from curator.project.decisions.log import Undone
from curator.reporting.wording import count
from curator.review.session import Review
from curator.settings.fields import Settings
from curator.settings.request import DataRequest
from curator.settings.resolve import settings_for
from curator.tui.actions import EVERYWHERE, actions_of, keymap, shown_key
from curator.tui.audit_beside import AuditBeside
from curator.tui.faults import FaultTolerantApp
from curator.tui.fields import taken_as_text
from curator.tui.page import Page, bindings_of
from curator.tui.recent import note_recent
from curator.tui.screens.dataset.browse import BrowseScreen
from curator.tui.screens.dataset.duplicate_groups import DuplicatesScreen
from curator.tui.screens.dataset.overview import OverviewScreen
from curator.tui.screens.help import HelpScreen
from curator.tui.screens.messages import MessagesScreen, Said
from curator.tui.screens.reviewing.labels import LabelsScreen
from curator.tui.screens.reviewing.review import ReviewScreen
from curator.tui.screens.settings import SettingsScreen
from curator.tui.screens.start import StartScreen
from curator.tui.screens.training.before_training import TrainScreen
from curator.tui.screens.training.runs import RunsScreen

_Outcome = TypeVar("_Outcome")
_LOOK_EVERY = 0.5
"""Seconds between two looks at a running audit's events."""

_KEPT_AUDIT = 500
"""Messages that can be read again."""

_LAST_SHOWN = "data as last seen"

PAGES: Mapping[str, type[Page]] = {
    page.page_name: page
    for page in (
        StartScreen,
        OverviewScreen,
        ReviewScreen,
        LabelsScreen,
        BrowseScreen,
        DuplicatesScreen,
        TrainScreen,
        RunsScreen,
        SettingsScreen,
    )
}
"""Screens by name; each needs open data, but for the first."""


class _ReadyRun(NamedTuple):
    """Data that were opened, before they are shown; see `CuratorApp`."""

    stack: ExitStack
    review: Review
    keys: dict[str, str]
    theme: str
    audit: AuditBeside | None


class CuratorApp(FaultTolerantApp):
    """The terminal app.

    Attributes:
        review: the review in progress; None: nothing is open.
        keys: by action id, as this person has them.
        left_running: names of the trainings that went on when the app was closed.
        write_failed: the last write did not reach the disk; nothing more is decided until one does.
    """

    CSS_PATH = "theme.tcss"
    TITLE = "curator"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(EVERYWHERE)]

    def __init__(self, *, readonly: bool = False) -> None:
        super().__init__()
        self.readonly = readonly
        self.review: Review | None = None
        self.keys = keymap(settings_for(DataRequest(data=()), []).keys)
        self.write_failed = False
        self.left_running: list[str] = []
        self.said: deque[Said] = deque(maxlen=_KEPT_AUDIT)
        self.animation_level = "none"
        self._writing = 0
        self._changed = ""
        self._notes: list[str] = []
        self._open = ExitStack()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._audit: AuditBeside | None = None
        self._audit_ended = ""

    # What is open

    def open(self, request: DataRequest) -> None:
        """Open data: the latest audit of them, or their first examples and an audit beside.

        Raises:
            CuratorError: they cannot be opened; what was open before stays open.
        """
        self._take(self._ready_run(request))

    def _ready_run(self, request: DataRequest) -> _ReadyRun:
        """What is read before data are shown; takes a moment, and may be done on another thread.

        Raises:
            CuratorError: they cannot be opened.
        """
        with ExitStack() as stack:
            opened = stack.enter_context(open_data(request, readonly=self.readonly))
            keys, theme = keymap(opened.settings.keys), self._theme_of(opened.settings.review.theme)
            known = opened.saved_audit()
            review = Review(opened, known or preview(opened), partial=known is None)
            beside = None if known else AuditBeside(start_audit(opened))
            return _ReadyRun(stack.pop_all(), review, keys, theme, beside)

    def _take(self, ready: _ReadyRun) -> None:
        self.close_data()
        self._open, self.review, self.keys, self.theme, self._audit = ready
        self._notes = list(ready.review.opened.notes)
        self._say_what_changed()
        self._note_recent()

    def _theme_of(self, name: str) -> str:
        """The theme of that name.

        Raises:
            UsageError: there is none.
        """
        if name not in self.available_themes:
            raise UsageError(f"review.theme: there is no theme '{name}'. There are {', '.join(self.available_themes)}.")
        return name

    def take_settings(self, settings: Settings) -> None:
        """Go on with other settings: keys and colours at once, what checks go by when the data are opened again.

        Raises:
            UsageError: there is no such theme.
        """
        assert self.opened is not None, "settings are changed for open data"
        theme, keys = self._theme_of(settings.review.theme), keymap(settings.keys)
        self.opened.settings, self.theme, self.keys = settings, theme, keys
        self.set_keymap(keys)
        for screen in self.screen_stack:
            if isinstance(screen, Page) and screen.is_mounted:
                screen.refresh_bars()

    def _say_what_changed(self) -> None:
        """Say how the data differ from when they were last open; decisions follow the examples by their content."""
        review = self.review
        if review is None or review.partial or self.readonly:
            return
        project, now = review.opened.project, review.audit.loaded.fingerprint
        before = project.recall(_LAST_SHOWN) or {"fingerprint": now, "examples": len(review)}
        if before["fingerprint"] != now:
            gone = review.decisions.decided_elsewhere()
            self._changed = (
                f"The data changed since they were last open: {before['examples']:,} examples then, "
                f"{review.positions.in_source:,} now. {count(gone, 'decided example')} of then cannot be found any more."
            )
        project.remember(_LAST_SHOWN, {"fingerprint": now, "examples": review.positions.in_source})

    def close_data(self) -> None:
        """Let go of what is open; everything is on the disk already."""
        self._audit = None
        self._audit_ended = ""
        if self.review is not None:
            self.review.reader.close()
            self.review = None
        self._open.close()
        self._open = ExitStack()

    @property
    def opened(self) -> Opened | None:
        """The open data."""
        return None if self.review is None else self.review.opened

    @property
    def data_name(self) -> str:
        """What is open, in a word or two."""
        if self.opened is None:
            return ""
        first, *more = (Path(source.name).name for source in self.opened.sources)
        return f"{first} and {len(more)} more" if more else first

    @property
    def saved_mark(self) -> str:
        """Whether what was decided is on the disk."""
        if self.review is None:
            return ""
        if self.readonly:
            return "read-only"
        if self.write_failed:
            return "NOT SAVED"
        return "saving" if self._writing else "saved"

    async def write(self, work: Callable[[], _Outcome]) -> _Outcome | None:
        """Run what writes, on the one thread that does; None: it failed, and the person was told."""
        if self.readonly:
            self.notify("The data are open read-only: nothing can be decided.", severity="warning", markup=False)
            return None
        self._writing += 1
        try:
            outcome = await asyncio.get_running_loop().run_in_executor(self._writer, work)
        except UsageError as error:  # what was asked is wrong; the disk is well
            self.say_error(error)
            return None
        except CuratorError as error:
            self.write_failed = True
            self.say_error(error)
            return None
        except Exception:  # a bug; it is said where the action began
            self.write_failed = True
            raise
        finally:
            self._writing -= 1
        self.write_failed = False
        return outcome

    async def save_content(self, position: int | None, content: Content) -> bool:
        """Save an edit, or (without a position) add an example, and show it where it is reviewed."""
        review = self.review
        assert review is not None, "there is something to edit"
        if position is None:
            place = await self.write(lambda: review.add(content))
        else:
            place = await self.write(lambda: review.edit(position, content)) or position
        if place is None or self.write_failed:
            return False
        self.notify("Added." if position is None else "Saved; the original stays, u takes the edit back.", markup=False)
        for screen in self.screen_stack:
            if isinstance(screen, ReviewScreen):
                screen.include(place)
        return True

    def write_quietly(self, work: Callable[[], object]) -> Awaitable[None]:
        """Write what may be lost without harm, such as where a person is; after what is being written now."""

        def quietly() -> None:
            with suppress(CuratorError):
                work()

        edits = asyncio.wrap_future(self._writer.submit(quietly))
        edits.add_done_callback(self._say_unwritten)
        return edits

    def _say_unwritten(self, edits: "asyncio.Future[None]") -> None:
        if not edits.cancelled() and (error := edits.exception()) is not None:
            self.say_fault(error)

    async def take_back(self) -> list[int] | None:
        """Take back the latest decision and say which; where it was; None: nothing changed."""
        return await self._back_or_again(lambda review: review.undo(), "Taken back", "is left to take back")

    async def decide_again(self) -> list[int] | None:
        """Decide again what was taken back and say what; where it is; None: nothing changed."""
        return await self._back_or_again(lambda review: review.redo(), "Decided again", "was taken back last")

    async def _back_or_again(
        self, do: Callable[[Review], tuple[Undone, list[int]] | None], did: str, nothing: str
    ) -> list[int] | None:
        review = self.review
        assert review is not None, "something is open"
        outcome = await self.write(lambda: do(review) or ())
        if not outcome:
            if outcome is not None:
                self.notify(f"Nothing of yours {nothing}.", markup=False)
            return None
        undone, positions = outcome
        what = f"policy {undone.policy}" if undone.policy else undone.action
        self.notify(f"{did}: {what}, {count(undone.decisions, 'decision')}.", markup=False)
        return positions

    def finish_writing(self) -> None:
        """Wait until all that was given to the writer is on the disk; nothing more is taken."""
        self._writer.shutdown(wait=True)

    def is_guarded(self, screen: str, key: str) -> bool:
        """Whether a key that is held down must not race through the examples of a screen."""
        return any(action.guarded and key in self.keys[action.id].split(",") for action in actions_of(screen))

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something in a corner; it can be read again."""
        self.said.append(Said(datetime.now(), severity, message))
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def on_key(self, event: Key) -> None:
        """Where text is written, letters are text."""
        if taken_as_text(self.screen, event):
            event.prevent_default()

    @property
    def log_folder(self) -> Path | None:
        """The project's own, where it may be written."""
        return None if self.opened is None or self.readonly else self.opened.project.folder.logs

    def on_print(self, event: Print) -> None:
        """What a library prints goes to the log, never over the screen."""
        log(event.text)

    def say_error(self, error: CuratorError) -> None:
        """Tell what happened and what to do."""
        log(f"{type(error).__name__}: {error}")
        again = shown_key(self.keys["everywhere.messages"].split(",")[0])
        self.notify(f"{visible(str(error))}\n{again} shows this again.", severity="error", timeout=10, markup=False)

    # Ways between screens

    def on_mount(self) -> None:
        """Show the first screen."""
        self.set_keymap(self.keys)
        self.begin_capture_print(self)
        self.push_screen(StartScreen() if self.review is None else ReviewScreen())
        self.set_interval(_LOOK_EVERY, self._look_at_audit)
        self._tell_changed()
        self._tell_running()

    def show(self, name: str) -> None:
        """Go to a screen: back to it where it is open already, else forward."""
        if self.review is None:
            self.notify("Open some data first.", markup=False)
            return
        pages = [screen for screen in self.screen_stack if isinstance(screen, Page)]
        if any(page.page_name == name for page in pages):
            while not (isinstance(self.screen, Page) and self.screen.page_name == name):
                self.pop_screen()
        else:
            self.push_screen(PAGES[name]())

    def review_found(self, where: str, example: str | None = None) -> None:
        """Review what a filter finds, at an example of it, in the review that is open or in a new one."""
        page = next((screen for screen in self.screen_stack if isinstance(screen, ReviewScreen)), None)
        if page is None:
            self.push_screen(ReviewScreen(where, example))
            return
        self.show("review")
        if example is None:
            page.narrow(where)
        else:
            page.show_example(where, example)

    @work(thread=True, exclusive=True, group="open")
    def open_and_show(self, request: DataRequest) -> None:
        """Open data and show what is in them."""
        self.call_from_thread(self.notify, f"Opening {visible(request.data[0], one_line=True)} …", markup=False)
        try:
            ready = self._ready_run(request)
        except CuratorError as error:
            self.call_from_thread(self.say_error, error)
            return
        self.call_from_thread(self._take_and_show, ready)

    def _take_and_show(self, ready: _ReadyRun) -> None:
        self.clear_notifications()
        self._take(ready)
        self.set_keymap(self.keys)
        if getattr(self.screen, "writes", False):  # another screen would come between a person and what they type
            self.notify(f"{visible(self.data_name, one_line=True)} is open: o shows it.", markup=False)
        else:
            self.show("overview")
        self._tell_changed()
        self._tell_running()

    def _tell_changed(self) -> None:
        notes = self._notes if self._changed == "" else [*self._notes, self._changed]
        for note in notes:
            self.notify(visible(note), timeout=12, markup=False)
        self._changed, self._notes = "", []

    def action_overview(self) -> None:
        """To the overview."""
        self.show("overview")

    def action_review(self) -> None:
        """To the review."""
        self.show("review")

    def action_labels(self) -> None:
        """To the questions about each example."""
        self.show("labels")

    def action_train(self) -> None:
        """To the preparation of a training."""
        self.show("train")

    def action_settings(self) -> None:
        """To the settings."""
        self.show("settings")

    def action_messages(self) -> None:
        """What was said so far."""
        self.push_screen(MessagesScreen(self.said))

    def action_runs(self) -> None:
        """To the list of trainings."""
        self.show("runs")

    def action_train_again(self) -> None:
        """Prepare and start with the model and the settings of the last training."""
        if self.review is None or self.review.partial or self.readonly:
            self.notify("A training needs data that are open, checked and not read-only.", markup=False)
            return
        self.notify("Preparing a training as the last one was.", markup=False)
        self._train_again(self.review.opened, self.screen)

    @work(thread=True, exclusive=True, group="train")
    def _train_again(self, opened: Opened, asked_on: Screen[Any], *options: str) -> None:
        from curator.audit.secrets import HoldsSecrets
        from curator.training.hand_off import start_run
        from curator.training.prepare import prepare_apart
        from curator.tui.screens.training.running import TrainingScreen

        try:
            folder, _ = prepare_apart(opened, "--again", *options)
            start_run(folder)
        except HoldsSecrets as found:
            self.call_from_thread(self._ask_about_secrets, str(found), opened)
            return
        except CuratorError as error:
            self.call_from_thread(self.say_error, error)
            return
        self.call_from_thread(self._show_training, TrainingScreen(folder), asked_on)

    def _show_training(self, training: Page, asked_on: Screen[Any]) -> None:
        if self.screen is asked_on:
            self.push_screen(training)
        else:  # another screen would come between a person and what they type
            self.notify("The training has begun. R lists the trainings.", markup=False)

    def _ask_about_secrets(self, sentence: str, opened: Opened) -> None:
        from curator.tui.screens.training.secrets import OPTIONS, Answer, SecretsScreen

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                self._train_again(opened, self.screen, OPTIONS[answer])

        self.push_screen(SecretsScreen(sentence), answered)

    def action_browse(self) -> None:
        """To the list of all examples."""
        self.show("browse")

    def action_duplicates(self) -> None:
        """To the groups of similar examples."""
        self.show("duplicates")

    def action_help(self) -> None:
        """The keys of the screen in front."""
        if isinstance(self.screen, Page):
            self.push_screen(HelpScreen(self.screen.page_name, self.screen.heading))

    async def action_palette(self) -> None:
        """Look for an action."""
        palette = CommandPalette(id="--command-palette")
        await self.push_screen(palette)
        for field in palette.query(Input):
            field.cursor_blink = False

    async def action_back(self) -> None:
        """One screen back; on the first one a hint."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self.notify("This is the first screen; q quits.", markup=False)

    def action_leave(self) -> None:
        """One screen back, or out."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: every action of the screen in front, and those of everywhere."""
        if not isinstance(screen, Page):
            return
        for action in actions_of(screen.page_name):
            if action.decides and self.readonly:
                continue
            target = self if action.screen == EVERYWHERE else screen
            yield SystemCommand(action.label, action.description, partial(self._run, target, action.name))

    def _run(self, target: Any, name: str) -> None:
        self.call_later(target.run_action, name)

    # The audit beside

    @property
    def audit_progress(self) -> str:
        """How far the audit is, or how it ended; "": the data are audited."""
        return self._audit_ended if self._audit is None else self._audit.progress

    def action_stop_audit(self) -> None:
        """End the audit that runs."""
        if self._audit is None:
            self.notify("Nothing is being checked.", markup=False)
        else:
            self._audit.stop()

    def _look_at_audit(self) -> None:
        if self._audit is None:
            return
        outcome = self._audit.look()
        if outcome == "ended":
            self.notify(visible(self._audit.sentence), severity="error", timeout=20, markup=False)
            self._audit, self._audit_ended = None, "not checked"
        elif outcome == "finished":
            self._audit = None
            self._take_audit()
        if isinstance(self.screen, Page) and self.screen.is_mounted:
            self.screen.refresh_bars()

    @work(thread=True, exclusive=True, group="open")
    def _take_audit(self) -> None:
        """Replace the first examples by the whole set."""
        if self.review is None:
            return
        opened = self.review.opened
        known = opened.saved_audit()
        if known is None:
            changed = "The file changed while it was checked. Open it again."
            self.call_from_thread(self.notify, changed, severity="error", timeout=20, markup=False)
            self._audit_ended = "not checked"
        else:
            self.call_from_thread(self._replace, Review(opened, known))

    def _replace(self, review: Review) -> None:
        if self.review is None or self.review.opened is not review.opened:
            return
        before, self.review = self.review, review
        before.reader.close()
        self._note_recent()
        self._say_what_changed()
        self._tell_changed()
        for screen in self.screen_stack:
            if isinstance(screen, Page) and screen.is_mounted:
                screen.review_changed()

    def _note_recent(self) -> None:
        if self.review is None or self.opened is None:
            return
        paths = tuple(self.opened.paths)
        if paths and not self.review.partial:
            counts = self.review.decisions.counts()
            decided = len(self.review) - counts["pending"]
            note_recent(paths, f"{len(self.review):,} examples, {decided:,} decided")

    def on_unmount(self) -> None:
        """Wait for the last write, then let go."""
        self.finish_writing()
        self._note_recent()
        self.left_running = self._trainings_at_work()
        self.close_data()

    def _trainings_at_work(self) -> list[str]:
        """Names of the trainings that are at work on the open data."""
        from curator.project.jobs.job import jobs_in

        if self.opened is None:
            return []
        return [job.folder.name for job in jobs_in(self.opened.project.folder.runs) if job.is_running()]

    def _tell_running(self) -> None:
        """A training that went on without the app is found again."""
        if names := self._trainings_at_work():
            self.notify(f"Still training: {', '.join(names)}. R lists the trainings; Enter looks at one.", markup=False)
