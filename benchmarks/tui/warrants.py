"""Which decisions a key may make: read from the keys that were pressed, to be held against the decision log.

It shares nothing with the app but the ids of actions and the keys that they have now. A decision that no key of this
table made is one that nobody asked for.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from textual.command import CommandPalette

from curator.tui.app import CuratorApp
from curator.tui.fields import text_fields
from curator.tui.page import Page
from curator.tui.screens.reviewing.likewise import LikewiseScreen
from curator.tui.screens.reviewing.saving import SavingScreen
from curator.tui.widgets.dialogs.ask_text import AskText
from curator.tui.widgets.dialogs.question import ConfirmQuestion
from curator.tui.widgets.key_bar import KeyBar

VERDICTS = frozenset({"keep", "drop", "flag", "clear"})
ANYTHING = frozenset({*VERDICTS, "label", "edit", "add", "undo", "accept"})

DECIDING: Mapping[str, frozenset[str]] = {
    **{f"review.{name}": frozenset({name}) for name in ("keep", "drop", "flag")},
    **{f"review.drop_because_{number}": frozenset({"drop"}) for number in range(1, 10)},
    **{f"unreadable.{name}": frozenset({"drop"}) for name in ("drop", "drop_all")},
    "review.swap": frozenset({"edit"}),
    "review.tie": frozenset({"drop"}),
    "review.both_bad": frozenset({"drop"}),
    "review.keep_all": frozenset({"keep"}),
    "review.drop_all": frozenset({"drop"}),
    **{f"labels.choose_{number}": frozenset({"label"}) for number in range(1, 10)},
    "labels.accept": frozenset({"label"}),
    "labels.unlabel": frozenset({"label"}),
    **{f"browse.{name}": frozenset({name}) for name in ("keep", "drop", "flag")},
    "browse.undecide": frozenset({"clear"}),
    "duplicates.drop_copies": frozenset({"drop"}),
    "duplicates.keep_this": frozenset({"keep", "clear"}),
    "duplicates.keep_all": frozenset({"keep"}),
    "duplicates.drop_plain": frozenset({"drop"}),
    **{f"{screen}.undo": frozenset({"undo"}) for screen in ("review", "labels", "browse", "duplicates", "unreadable")},
    **{f"{screen}.redo": frozenset({"undo"}) for screen in ("review", "labels")},
    **{f"answers.like_{number}": frozenset({"label"}) for number in range(3)},
    "answers.flag": frozenset({"flag"}),
}
"""By action: what the log may hold after its key was pressed."""

ALONE = frozenset(
    {
        *(f"review.{name}" for name in ("keep", "drop", "flag", "swap", "tie", "both_bad")),
        *(f"review.drop_because_{n}" for n in range(1, 10)),
    }
)
"""Actions that decide about the example on the screen, and about no other."""


class LogRow(NamedTuple):
    """A new entry of the decision log."""

    action: str
    example: str | None


class DecisionFile:
    """The log as it is on the disk, read beside the app."""

    def __init__(self, path: Path) -> None:
        self.path, self._read = path, 0
        self.new()

    def new(self) -> list[LogRow]:
        """What was added since the last look."""
        if not self.path.exists():
            return []
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            found = connection.execute(
                "SELECT sequence, action, example FROM decision WHERE sequence > ? ORDER BY sequence", (self._read,)
            ).fetchall()
        finally:
            connection.close()
        if found:
            self._read = found[-1][0]
        return [LogRow(action, example) for _, action, example in found]


class Warrant(NamedTuple):
    """What an event may add to the log; `example`: only about this one."""

    actions: frozenset[str]
    example: str | None = None

    def fault(self, rows: list[LogRow]) -> str:
        """What the log holds that it must not; "": nothing."""
        unasked = [row for row in rows if row.action not in self.actions]
        if unasked:
            return f"{len(unasked)} decisions that no key made: {unasked[:3]}"
        if self.example is not None and [row.example for row in rows] not in ([], [self.example]):
            return f"a decision about {rows[:3]} while {self.example} was on the screen"
        return ""


def warrant_of_key(app: CuratorApp, key: str) -> Warrant:
    """What a key may decide on the screen that is in front now."""
    screen = app.screen
    if isinstance(screen, ConfirmQuestion):
        return Warrant(ANYTHING if key == "y" else frozenset())
    if isinstance(screen, SavingScreen):
        return Warrant(frozenset({"edit", "add"}) if key == "y" else frozenset())
    if isinstance(screen, LikewiseScreen):
        return Warrant(VERDICTS | {"label"} if key == "y" else frozenset())
    if isinstance(screen, AskText):
        return Warrant(VERDICTS | {"label"} if key == "enter" else frozenset())
    if isinstance(screen, CommandPalette):
        return Warrant(ANYTHING if key == "enter" else frozenset())
    if not isinstance(screen, Page) or text_fields(screen):
        return Warrant(frozenset())
    pressed = [name for name in DECIDING if name.startswith(f"{screen.page_name}.") and key in _keys(app, name)]
    actions = frozenset().union(*(DECIDING[name] for name in pressed))
    shown = getattr(screen, "shown", None)
    is_alone = bool(ALONE.intersection(pressed)) and shown is not None
    return Warrant(actions, shown.id if is_alone else None)


def _keys(app: CuratorApp, action: str) -> list[str]:
    return app.keys[action].split(",")


def warrant_of_click(app: CuratorApp, row: int) -> Warrant:
    """What a click may decide: what the line of keys or the palette lists, elsewhere nothing."""
    screen = app.screen
    if isinstance(screen, CommandPalette):
        return Warrant(ANYTHING)
    if isinstance(screen, Page) and any(bar.region.y == row for bar in screen.query(KeyBar)):
        shown = [DECIDING[name] for name in DECIDING if name.startswith(f"{screen.page_name}.")]
        return Warrant(frozenset().union(*shown))
    return Warrant(frozenset())
