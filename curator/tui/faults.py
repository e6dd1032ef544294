"""Uncaught errors: the app continues where it can, else it ends with one sentence; the traceback goes to the log.

Textual hands every such error to `App._handle_exception`, whose own way is to end the app with its source on the screen
and an exit code of 1. Here, after a worker, a timer, a callback or an action the app continues, since Textual does. A
screen that cannot be built or drawn, or in which a part has died, is closed where there is one to go back to. Only
what is left ends the app.
"""

import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from textual._context import active_message_pump
from textual.app import App
from textual.dom import DOMNode
from textual.events import Compose, Mount
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import NoActiveWorker, WorkerFailed, get_current_worker

from curator.data.safe_text import visible
from curator.errors import DISK_FULL, CuratorError
from curator.project.app_log import log

if TYPE_CHECKING:
    from textual.actions import ActionParseResult

INTERNAL_ERROR = 70

_LONGEST = 200
"""Characters of an error's own text that a sentence repeats; the log has all of it."""

_Given = TypeVar("_Given")


class Ending(NamedTuple):
    """Why the app could not continue: a sentence for stderr, and the exit code."""

    sentence: str
    exit_code: int


class FaultsSaid(Screen[_Given]):
    """A screen that continues after one of its own handlers failed, but for those that build it."""

    async def _dispatch_message(self, message: Message) -> None:
        if isinstance(message, (Compose, Mount)):
            await super()._dispatch_message(message)
            return
        try:
            await super()._dispatch_message(message)
        except Exception as error:  # the outermost boundary of a handler
            self.app._handle_exception(error)


class FaultTolerantApp(App[None]):
    """An app that says what failed.

    Attributes:
        faults: what nobody caught, in this session, and was said.
        ending: why the app could not continue; None: it was not so.
    """

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[BaseException] = []
        self.ending: Ending | None = None
        self._broken: Screen[Any] | None = None

    @property
    def log_folder(self) -> Path | None:
        """Where tracebacks are kept; None: beside what libraries print."""
        return None

    def say_error(self, error: CuratorError) -> None:
        """Tell what happened and what to do."""
        raise NotImplementedError

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key, a click or the palette asks for."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:  # the outermost boundary of an action
            self._handle_exception(error)
            return True

    def run_to_the_end(self) -> int:
        """Run until the person leaves; the exit code. Why the app could not continue is said on stderr."""
        try:
            self.run()
        except Exception as error:  # the outermost boundary of the app: what fails while it closes
            self._end_with(error)
        if self.ending is None:
            return 0
        sys.stderr.write(f"curator: {self.ending.sentence}\n")
        return self.ending.exit_code

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, WorkerFailed):
            self.say_fault(error.error, is_said=not self._is_worker_unwanted())
            return
        codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
        if codes and codes[0] in _GOES_ON and _DRAWS.isdisjoint(codes):
            self.say_fault(error)
        elif (screen := self._to_close()) is not None:
            self._broken = screen
            self.say_fault(error, "The screen was closed.")
            self.call_later(self._close_screen, screen)
        else:
            self._end_with(error)

    def _to_close(self) -> Screen[Any] | None:
        """The screen in front, where the error is its own and there is one under it to go back to."""
        part = active_message_pump.get(None)
        is_alone = len(self.screen_stack) < 3  # the lowest of the stack is Textual's own, and empty
        is_in_front = isinstance(part, Widget) and self.screen in part.ancestors_with_self
        return self.screen if is_in_front and not is_alone else None

    def _is_worker_unwanted(self) -> bool:
        """Whether nobody waits for the worker that runs now: its screen is gone or going, or another took its place."""
        try:
            worker = get_current_worker()
        except NoActiveWorker:
            return False
        return worker.is_cancelled or (self._broken is not None and self._broken in worker.node.ancestors_with_self)

    def _close_screen(self, screen: Screen[Any]) -> None:
        if self.screen is screen:
            self.pop_screen()

    def say_fault(self, error: BaseException, consequence: str = "The app continues.", *, is_said: bool = True) -> None:
        """Log what nobody caught, and say it unless nobody waits for it any more."""
        if any(error is known for known in self.faults):
            return
        sentence = visible(str(error)) if isinstance(error, CuratorError) else f"{_worded(error)} {consequence}"
        if any(sentence in shown.message for shown in self._notifications):  # of a timer, which comes again
            return
        if isinstance(error, CuratorError):
            self.say_error(error)
            return
        place = log("".join(traceback.format_exception(error)), self.log_folder)
        if is_said and self.is_running:  # not of what is torn down while the app closes
            self.faults.append(error)
            self.notify(f"{sentence} {_where(place)}", severity="error", timeout=20, markup=False)

    def _end_with(self, error: Exception) -> None:
        if self.ending is not None:
            return
        self.faults.append(error)
        if self._exception is None:  # by which `run_test` tells that the app failed
            self._exception = error
            self._exception_event.set()
        if isinstance(error, CuratorError):
            self.ending = Ending(visible(str(error)), error.exit_code)
        else:
            trace = "".join(traceback.format_exception(error))
            place = log(trace, self.log_folder)
            lost = f"\n{visible(trace)}" if place is None else ""
            code = 4 if isinstance(error, OSError) else INTERNAL_ERROR
            self.ending = Ending(f"{_worded(error)} The app had to end. {_where(place)}{lost}", code)
        self._return_code = self.ending.exit_code
        self._close_messages_no_wait()


_GOES_ON = frozenset(
    function.__code__
    for function in (
        Timer._tick,
        MessagePump._flush_next_callbacks,
        FaultsSaid._dispatch_message,
        FaultTolerantApp.run_action,
    )
)
"""Where Textual, or we, catch an error and continue as before."""

_DRAWS = frozenset({Screen._compositor_refresh.__code__, Screen._refresh_layout.__code__})
"""What fails while a screen is drawn fails again at its next drawing."""


def _worded(error: BaseException) -> str:
    """What happened, in a sentence."""
    if isinstance(error, OSError):
        at = f" at {visible(str(error.filename), one_line=True)}" if error.filename else ""
        if error.errno in DISK_FULL:
            return f"The disk is full{at}. Free some space and try it again."
        return f"{error.strerror or type(error).__name__}{at}."
    text = visible(str(error), one_line=True)[:_LONGEST]
    return f"This is a bug in curator, not in your data: {type(error).__name__}{f' ({text})' if text else ''}."


def _where(place: Path | None) -> str:
    return "No log could be written." if place is None else f"{visible(str(place), one_line=True)} says where."
