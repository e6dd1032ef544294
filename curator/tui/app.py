"""The app: the way between screens."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Input

from curator.data.safe_text import visible
from curator.errors import CuratorError, UsageError
from curator.review.session import Review
from curator.settings.fields import Settings
from curator.settings.request import DataRequest
from curator.tui.actions.action import EVERYWHERE
from curator.tui.actions.actions import actions_of
from curator.tui.actions.keymap import keymap, shown_key
from curator.tui.fields import taken_as_text
from curator.tui.legible import LegibleApp
from curator.tui.open_session import ReadyData
from curator.tui.page import Page, bindings_of
from curator.tui.screens.dataset.browse import BrowseScreen
from curator.tui.screens.dataset.duplicate_groups import DuplicatesScreen
from curator.tui.screens.dataset.overview import OverviewScreen
from curator.tui.screens.help import HelpScreen
from curator.tui.screens.messages import MessagesScreen
from curator.tui.screens.reviewing.edit import RefusedText
from curator.tui.screens.reviewing.labels import LabelsScreen
from curator.tui.screens.reviewing.review import ReviewScreen
from curator.tui.screens.settings import SettingsScreen
from curator.tui.screens.start import StartScreen
from curator.tui.screens.training.again import train_again
from curator.tui.screens.training.before_training import TrainScreen
from curator.tui.screens.training.runs import RunsScreen
from curator.tui.telling import TellingApp
from curator.tui.widgets.dialogs.dialog import Palette

_LOOK_EVERY = 0.5
"""Seconds between two looks at a running audit's events."""

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


class CuratorApp(LegibleApp, TellingApp):
    """The terminal app.

    Attributes:
        left_running: names of the trainings that continued when the app was closed.
        refused_text: what was written in the editor and is not an example; the editor opens it again.
    """

    CSS_PATH = "theme.tcss"
    TITLE = "curator"
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(EVERYWHERE)]

    def __init__(self, *, readonly: bool = False) -> None:
        super().__init__(readonly=readonly)
        self.left_running: list[str] = []
        self.refused_text: RefusedText | None = None
        self.animation_level = "none"

    # Open data

    def open(self, request: DataRequest) -> None:
        """Open data: the latest audit of them, or their first examples and an audit beside.

        Raises:
            CuratorError: they cannot be opened; what was open before stays open.
        """
        self._take(self.session.prepare(request, self._look_of))

    @work(thread=True, exclusive=True, group="open")
    def open_and_show(self, request: DataRequest) -> None:
        """Open data and show what is in them."""
        self.call_from_thread(self.notify, f"Opening {visible(request.data[0], one_line=True)} …", markup=False)
        try:
            ready = self.session.prepare(request, self._look_of)
        except CuratorError as error:
            self.call_from_thread(self.say_error, error)
            return
        self.call_from_thread(self._take_and_show, ready)

    def _take(self, ready: ReadyData) -> None:
        self.theme, self.keys = self._look_of(ready.review.opened.settings)
        self.session.take(ready)

    def _take_and_show(self, ready: ReadyData) -> None:
        self.clear_notifications()
        self._take(ready)
        self.set_keymap(self.keys)
        if getattr(self.screen, "writes", False):  # another screen would come between a person and what they type
            self.notify(f"{visible(self.session.data_name, one_line=True)} is open: o shows it.", markup=False)
        else:
            self.show("overview")
        self._tell_opened()

    def _tell_opened(self) -> None:
        """What a person should know about the data; a training that continued without the app is found again."""
        self.tell_notes()
        if names := self.session.trainings_at_work():
            still = f"Still training: {', '.join(names)}. R lists the trainings; Enter looks at one."
            self.notify(still, title="training", markup=False)

    def _look_of(self, settings: Settings) -> tuple[str, dict[str, str]]:
        """The theme and the keys that the settings ask for.

        Raises:
            UsageError: there is no such theme, or a key cannot be used.
        """
        theme = settings.review.theme
        if theme not in self.available_themes:
            themes = ", ".join(self.available_themes)
            raise UsageError(f"review.theme: there is no theme '{theme}'. There are {themes}.")
        return theme, keymap(settings.keys)

    def take_settings(self, settings: Settings) -> None:
        """Continue with other settings: keys and colours at once, what checks go by when the data are opened again.

        Raises:
            UsageError: there is no such theme.
        """
        assert self.session.opened is not None, "settings are changed for open data"
        self.theme, self.keys = self._look_of(settings)
        self.session.opened.settings = settings
        self.set_keymap(self.keys)
        for screen in self._pages():
            screen.refresh_bars()

    # Ways between screens

    def on_mount(self) -> None:
        """Show the first screen."""
        self.set_keymap(self.keys)
        self.mean_by_colours()
        self.begin_capture_print(self)
        self.push_screen(StartScreen() if self.session.review is None else ReviewScreen())
        self.set_interval(_LOOK_EVERY, self._look_at_audit)
        self._tell_opened()

    def on_unmount(self) -> None:
        """Wait for the last write, then let go."""
        self.session.finish_writing()
        self.session.note_recent()
        self.left_running = self.session.trainings_at_work()
        self.session.close()

    def on_key(self, event: Key) -> None:
        """Where text is written, letters are text."""
        if taken_as_text(self.screen, event):
            event.prevent_default()

    def _pages(self) -> list[Page]:
        """The screens that are open, the lowest first."""
        return [screen for screen in self.screen_stack if isinstance(screen, Page) and screen.is_mounted]

    def show(self, name: str) -> None:
        """Go to a screen: back to it where it is open already, else forward."""
        if self.session.review is None:
            self.notify("Open some data first.", markup=False)
            return
        pages = [screen for screen in self.screen_stack if isinstance(screen, Page)]
        if any(page.page_name == name for page in pages):
            while not (isinstance(self.screen, Page) and self.screen.page_name == name):
                self.pop_screen()
        else:
            self.push_screen(PAGES[name]())

    def action_show(self, name: str) -> None:
        """To a screen, by its name."""
        self.show(name)

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

    def show_saved(self, position: int) -> None:
        """Show an example that was just saved, where examples are reviewed."""
        for screen in self.screen_stack:
            if isinstance(screen, ReviewScreen):
                screen.include(position)

    def action_suspend(self) -> None:
        """To the shell; the system stops this process until it is continued."""
        if self._driver is None or not self._driver.can_suspend:
            self.notify("There is no shell behind this window to go to.", markup=False)
        self.action_suspend_process()

    def action_train_again(self) -> None:
        """Prepare and start with the model and the settings of the last training."""
        train_again(self)

    def action_messages(self) -> None:
        """What was said so far."""
        self.push_screen(MessagesScreen(self.said))

    def action_help(self) -> None:
        """The keys of the screen in front."""
        if isinstance(self.screen, Page):
            self.push_screen(HelpScreen(self.screen.page_name, self.screen.heading))

    async def action_palette(self) -> None:
        """Look for an action."""
        palette = Palette(id="--command-palette")
        await self.push_screen(palette)
        for field in palette.query(Input):
            field.cursor_blink = False

    async def action_back(self) -> None:
        """One step back within the screen, else one screen back; on the first one a hint."""
        if isinstance(self.screen, Page) and self.screen.step_back():
            return
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
            if action.decides and self.session.readonly:
                continue
            target: Any = self if action.screen == EVERYWHERE else screen
            run = partial(self.call_later, target.run_action, action.call)
            key = shown_key(self.keys[action.id].split(",")[0])
            yield SystemCommand(f"{action.label}   {key}", action.description, run)

    # The audit beside

    def action_stop_audit(self) -> None:
        """End the audit that runs."""
        if not self.session.stop_audit():
            self.notify("Nothing is being checked.", markup=False)

    def _look_at_audit(self) -> None:
        outcome = self.session.look_at_audit()
        if outcome is None:
            return
        if outcome == "ended":
            self.tell_notes("error")
        elif outcome == "finished":
            self._take_audit()
        if isinstance(self.screen, Page) and self.screen.is_mounted:
            self.screen.refresh_bars()

    @work(thread=True, exclusive=True, group="open")
    def _take_audit(self) -> None:
        """Show the whole set in the place of its first examples."""
        if self.session.review is None:
            return
        review = self.session.audited_review()
        if review is None:
            changed = "The file changed while it was checked. Open it again."
            self.call_from_thread(self.notify, changed, severity="error", timeout=20, markup=False)
        else:
            self.call_from_thread(self._replace, review)

    def _replace(self, review: Review) -> None:
        if self.session.replace(review):
            self.tell_notes()
            for screen in self._pages():
                screen.review_changed()
