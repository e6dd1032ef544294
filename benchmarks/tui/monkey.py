"""Random keys, pastes, mouse events and sizes: does the app end, decide by itself, or show a control byte?

Usage: python -m benchmarks.tui.monkey [EVENTS] [--seed N] [--set NAME]

EVENTS for each of the sets, half of them on audited data and half beside an audit that begins. After every event the
decision log is read from the disk and held against what the event may decide (`benchmarks/tui/warrants.py`).
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import traceback
import unicodedata
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from textual import events
from textual.geometry import Size
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.messages import Message
from textual.pilot import Pilot

from benchmarks.tui.monkey_sets import SETS, made
from benchmarks.tui.warrants import DecisionFile, Warrant, warrant_of_click, warrant_of_key
from curator.audit.open_data import open_data
from curator.errors import CuratorError
from curator.project.jobs.job import attach
from curator.settings.request import DataRequest
from curator.tui.actions.actions import actions_of
from curator.tui.app import CuratorApp
from curator.tui.page import Page

SIZES = ((80, 24), (120, 40), (200, 50), (60, 15), (240, 60), (100, 30), (150, 20), (59, 14), (20, 5), (1, 1))
MOVES = ("up", "down", "left", "right", "tab", "shift+tab", "enter", "escape", "home", "end", "pageup", "pagedown")
ODD = ("f1", "f2", "f3", "f4", "f12", "ctrl+a", "ctrl+s", "ctrl+o", "ctrl+t", "ctrl+w", "ctrl+k", "ctrl+x", "ctrl+p",
       "backspace", "delete", "ctrl+right", "shift+end", "alt+b", "ctrl+z", "ctrl+y", "insert", "ctrl+c")  # fmt: skip
LETTERS = 'abcdefghijklmnopqrstuvwxyzABCXPRSTU0123456789 :>"()/-!?,.*[]{}é中'
PASTES = (
    "plain words", "tokens:>500", "check:refusal decided:no", '"', "/(a+)+$/", "\x1b]52;c;AAAA\x07\x1b[2J",
    "a\nb\r\n\tc",
    "\u202egnp.exe\u200b\u2066", "[/red] [b]x[/b] [/", "x" * 20_000, "", "\x00\x85\x9b31m", "is:unreadable", "similar:",
    "👩\u200d👩\u200d👧" * 30, "/etc/passwd", "topic:1", "not (severity:error or label:warm)", "999999999999",
)  # fmt: skip
LONG_WORK = frozenset({"prepare", "start", "worth", "go_on", "train_again", "ask"})
"""Actions that start processes for minutes: each piece takes one of them."""
PATIENCE = 300
_LOOK_EVERY = 4
"""Events between two looks at every cell of the screen."""


class Outcome(NamedTuple):
    """What a piece came to.

    Attributes:
        events: that were sent.
        decisions: that are in the log.
        screens: names of those that were in front.
        faults: sentences; none: all went well.
    """

    events: int
    decisions: int
    screens: frozenset[str]
    faults: tuple[str, ...]


def key_event(key: str) -> events.Key:
    """A key as a terminal sends it."""
    name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    try:
        character: str | None = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
    except KeyError:
        character = key if len(key) == 1 else None
    return events.Key(name, character)


class Monkey:
    """One app and what is sent to it."""

    def __init__(self, app: CuratorApp, pilot: Pilot[None], log: DecisionFile, chance: random.Random) -> None:
        self.app, self.pilot, self.log, self.chance = app, pilot, log, chance
        self.long_work_left = 1
        self.latest: deque[str] = deque(maxlen=40)
        self.decisions = 0
        self.faults: list[str] = []
        self.screens: set[str] = set()

    async def act(self) -> None:
        """Send one event and look at what came of it."""
        kind = self.chance.random() if self.app.size.width >= 60 else self.chance.choice((0.1, 0.5, 0.99))
        warrant = Warrant(frozenset())
        self.screens.add(type(self.app.screen).__name__)
        front = type(self.app.screen).__name__
        if kind < 0.8:
            key = self._key()
            warrant = warrant_of_key(self.app, key_event(key).key)
            self._note(front, key)
            self._send(key_event(key))
        elif kind < 0.86:
            text = self.chance.choice(PASTES)
            self._note(front, f"paste {text[:20]!r}")
            self._send(events.Paste(text))
        elif kind < 0.97:
            warrant = self._mouse(front)
        else:
            size = Size(*self.chance.choice(SIZES if self.app.size.width >= 60 else SIZES[:7]))
            self._note(front, f"resize {size}")
            self.app._driver._size = size  # type: ignore[union-attr]
            self._send(events.Resize(size, size))
        await self._settled()
        rows = self.log.new()
        self.decisions += len(rows)
        if fault := warrant.fault(rows):
            self._fail(fault)
        if self.app.faults or self.app.ending is not None:
            traces = ["".join(traceback.format_exception(error)[-6:]) for error in self.app.faults]
            self._fail(f"the app said: {self.app.ending or ''} {' '.join(traces)}")
            self.app.faults.clear()

    def _key(self) -> str:
        page = self.app.screen
        own = actions_of(page.page_name) if isinstance(page, Page) else []
        while True:
            kind = self.chance.random()
            if kind < 0.25 and not own:
                key = self.chance.choice(("escape", "escape", "y", "n"))
            elif kind < 0.5 and own:
                key = self.chance.choice(self.chance.choice(own).keys.split(","))
            elif kind < 0.75:
                key = self.chance.choice(MOVES)
            elif kind < 0.92:
                key = self.chance.choice(LETTERS)
            else:
                key = self.chance.choice(ODD)
            if (key == "q" and self.chance.random() < 0.8) or self._is_long_work(key):
                continue
            return key

    def _is_long_work(self, key: str) -> bool:
        page, name = self.app.screen, key_event(key).key
        if not isinstance(page, Page):
            return False
        named = {action.name for action in actions_of(page.page_name) if name in action.keys.split(",")}
        if not named & LONG_WORK:
            return False
        self.long_work_left -= 1
        return self.long_work_left < 0

    def _mouse(self, front: str) -> Warrant:
        width, height = self.app.size
        x, y = self.chance.randrange(max(width, 1)), self.chance.randrange(max(height, 1))
        kind = self.chance.choice(("click", "click", "double", "scroll", "move", "drag"))
        self._note(front, f"{kind} {x},{y}")
        warrant = Warrant(frozenset()) if kind in ("scroll", "move") else warrant_of_click(self.app, y)
        if getattr(self.app.screen, "page_name", "") in ("train", "training", "answers") and kind != "scroll":
            kind = "move"  # a click may begin what takes minutes
        if kind == "scroll":
            self._send(self._at(self.chance.choice((events.MouseScrollDown, events.MouseScrollUp)), x, y, 0))
        elif kind == "move":
            self._send(self._at(events.MouseMove, x, y, 0))
        else:
            for _ in range(2 if kind == "double" else 1):
                self._send(self._at(events.MouseDown, x, y, 1))
                up = (self.chance.randrange(max(width, 1)), y) if kind == "drag" else (x, y)
                self._send(self._at(events.MouseMove, *up, 1))
                self._send(self._at(events.MouseUp, *up, 1))
        return warrant

    @staticmethod
    def _at(kind: type[events.MouseEvent], x: int, y: int, button: int) -> events.MouseEvent:
        return kind(None, x, y, 0, 0, button, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y)

    def _send(self, message: Message) -> None:
        assert self.app._driver is not None, "the app runs"
        self.app._driver.process_message(message)

    def _note(self, front: str, what: str) -> None:
        self.latest.append(f"{front}: {what}")

    def _fail(self, sentence: str) -> None:
        self.faults.append(f"{sentence}\n    after {' | '.join(self.latest)}")

    async def _settled(self) -> None:
        """Wait until the event was acted on, and what it decides is on the disk."""
        for _ in range(2):
            await asyncio.sleep(0)
            if self.app._running and not await self.pilot._wait_for_screen(PATIENCE):
                return
            while self.app.session._writing or any(w.group == "decide" and w.is_running for w in self.app.workers):
                await asyncio.sleep(0.001)

    def look(self) -> None:
        """Hold every cell of the screen against what a terminal would act on."""
        try:
            strips = self.app.screen._compositor.render_strips()
        except KeyError:  # a part that was just mounted has no styles yet; the app draws it later
            return
        for strip in strips:
            for segment in strip:
                if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in segment.text):
                    self._fail(f"a control character on the screen: {segment.text!r}")
                    return


async def piece(data: Path, seed: int, count: int) -> Outcome:
    """Send so many events to the app on some data; where it is left, it is opened again."""
    chance, sent, decisions, screens, faults = random.Random(seed), 0, 0, set[str](), list[str]()
    log = DecisionFile(data.with_name(f"{data.name}.curator") / "project.db")
    while sent < count and len(faults) < 20:
        app, request = CuratorApp(), DataRequest(data=(str(data),), annotator="monkey")
        with suppress(CuratorError):  # of an empty file: the first screen says so when it is asked for
            app.open(request)
        async with app.run_test(size=chance.choice(SIZES[:4])) as pilot:
            await pilot.pause()
            if app.session.review is None:
                app.open_and_show(request)
            monkey = Monkey(app, pilot, log, chance)
            while sent < count and app._running and not app._exit and app.ending is None and len(monkey.faults) < 20:
                await monkey.act()
                sent += 1
                if sent % _LOOK_EVERY == 0 and app._running and not app._exit:
                    monkey.look()
        decisions, screens = decisions + monkey.decisions, screens | monkey.screens
        faults += monkey.faults
    return Outcome(sent, decisions, frozenset(screens), tuple(faults))


def pieces(name: str, folder: Path, seed: int, count: int) -> Iterator[tuple[str, Outcome]]:
    """The app on a set, audited and not."""
    for state in ("audited", "being audited"):
        place = folder / f"{name}-{state.split()[0]}"
        place.mkdir()
        data = made(name, place)
        if state == "audited" and name != "empty":
            with open_data(DataRequest(data=(str(data),))) as opened:
                opened.audited(lambda *_: None, texts=True)
        yield state, asyncio.run(piece(data, seed, count))
        job = attach(data.with_name(f"{data.name}.curator") / "logs" / "audit")
        if job is not None and job.is_running():
            job.cancel(at_once=True)


def main() -> int:
    """Run every piece and print what came of it; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tui.monkey")
    parser.add_argument("events", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", choices=sorted(SETS), action="append")
    given = parser.parse_args()
    os.environ.update(CURATOR_REVIEW_REPEAT_GUARD="0", EDITOR="true")
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({f"XDG_{name}_HOME": f"{folder}/{name.lower()}" for name in ("STATE", "CONFIG", "DATA")})
        os.chdir(folder)
        for number, name in enumerate(given.set or SETS):
            for state, outcome in pieces(name, Path(folder), given.seed + 100 * number, given.events // 2):
                faults += len(outcome.faults)
                print(
                    f"{name}, {state}: {outcome.events:,} events on {len(outcome.screens)} screens, "
                    f"{outcome.decisions:,} decisions, {len(outcome.faults)} faults",
                    flush=True,
                )
                for fault in outcome.faults:
                    print(f"  {fault}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
