"""An app that tells a person what was written, what failed, and what it was told before."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from textual.events import Print
from textual.notifications import SeverityLevel

from curator.data.content import Content
from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.project.app_log import log
from curator.project.decisions.log import Undone
from curator.reporting.wording import count
from curator.review.session import Review
from curator.settings.request import DataRequest
from curator.settings.resolve import settings_for
from curator.tui.actions.actions import actions_of
from curator.tui.actions.keymap import keymap, shown_key
from curator.tui.faults import FaultTolerantApp
from curator.tui.open_session import Session
from curator.tui.screens.messages import Said
from curator.tui.widgets.notice_bar import NoticeBar

_Outcome = TypeVar("_Outcome")
_KEPT_SAID = 500
"""Messages that can be read again."""


class TellingApp(FaultTolerantApp):
    """An app that holds a session and says how its writing went.

    Attributes:
        session: what is open, who writes, which audit runs.
        keys: by action id, as this person has them.
        said: what was said, to be read again.
    """

    def __init__(self, *, readonly: bool = False) -> None:
        super().__init__()
        self.session = Session(readonly=readonly)
        self.keys = keymap(settings_for(DataRequest(data=()), []).keys)
        self.said: deque[Said] = deque(maxlen=_KEPT_SAID)

    @property
    def log_folder(self) -> Path | None:
        """The project's own, where it may be written."""
        return self.session.log_folder

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something above the keys, in the place of what of this kind was said before; it can be read again."""
        self.said.append(Said(datetime.now(), severity, message))
        kind = title or severity
        for earlier in [shown for shown in self._notifications if (shown.title or shown.severity) == kind]:
            self._unnotify(earlier, refresh=False)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _refresh_notifications(self) -> None:
        """Draw what was said, on every screen that has a place for it."""
        for screen in self.screen_stack if self._screen_stacks.get(self._current_mode) else ():
            for bar in screen.query(NoticeBar):
                bar.show()

    def on_print(self, event: Print) -> None:
        """What a library prints goes to the log, never over the screen."""
        log(event.text)

    def say_error(self, error: CuratorError) -> None:
        """Tell what happened and what to do."""
        log(f"{type(error).__name__}: {error}")
        again = shown_key(self.keys["everywhere.messages"].split(",")[0])
        self.notify(f"{visible(str(error))}\n{again} shows this again.", severity="error", timeout=10, markup=False)

    def is_guarded(self, screen: str, key: str) -> bool:
        """Whether a key that is held down must not race through the examples of a screen."""
        return any(action.guarded and key in self.keys[action.id].split(",") for action in actions_of(screen))

    async def write(self, work: Callable[[], _Outcome]) -> _Outcome | None:
        """Run what writes, on the one thread that does; None: it failed, and the person was told."""
        if self.session.readonly:
            self.notify("The data are open read-only: nothing can be decided.", severity="warning", markup=False)
            return None
        try:
            return await self.session.write(work)
        except CuratorError as error:
            self.say_error(error)
            return None

    async def save_content(self, position: int | None, content: Content) -> bool:
        """Save an edit, or (without a position) add an example, and show it; whether it is on the disk."""
        review = self.session.review
        assert review is not None, "there is something to edit"
        place = await self.write(lambda: review.save(position, content))
        if place is None:
            return False
        self.notify("Added." if position is None else "Saved; the original stays, u takes the edit back.", markup=False)
        self.show_saved(place)
        return True

    def show_saved(self, position: int) -> None:
        """Show an example that was just saved, where examples are reviewed."""
        raise NotImplementedError

    def write_quietly(self, work: Callable[[], object]) -> Awaitable[None]:
        """Write what may be lost without harm, such as where a person is; after what is being written now."""
        writing = self.session.write_quietly(work)
        writing.add_done_callback(self._say_unwritten)
        return writing

    async def take_back(self) -> list[int] | None:
        """Take back the latest decision and say which; where it was; None: nothing changed."""
        return await self._back_or_again(Review.undo, "Taken back", "is left to take back")

    async def decide_again(self) -> list[int] | None:
        """Decide again what was taken back and say what; where it is; None: nothing changed."""
        return await self._back_or_again(Review.redo, "Decided again", "was taken back last")

    async def _back_or_again(
        self, do: Callable[[Review], tuple[Undone, list[int]] | None], did: str, nothing: str
    ) -> list[int] | None:
        review = self.session.review
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

    def _say_unwritten(self, writing: "asyncio.Future[None]") -> None:
        if not writing.cancelled() and (error := writing.exception()) is not None:
            self.say_fault(error)

    def tell_notes(self, severity: SeverityLevel = "information") -> None:
        """Say what the session noted, once."""
        notes, self.session.notes = self.session.notes, []
        for note in notes:
            known = 20 if severity == "error" else 12
            self.notify(visible(note), title=note, severity=severity, timeout=known, markup=False)
