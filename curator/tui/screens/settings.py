"""Settings: what applies and where it comes from; Enter changes one in curator.toml, comments kept."""

from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from curator.data.safe_text import visible
from curator.errors import CuratorError
from curator.settings.fields import description_of
from curator.settings.resolve import ShownSetting
from curator.settings.writing import as_toml, changeable, changed
from curator.tui.actions.action import Action
from curator.tui.actions.actions import ACTIONS
from curator.tui.actions.keymap import keymap, shown_key
from curator.tui.page import Page, bindings_of
from curator.tui.widgets.dialogs.ask_text import AskText, PressKey

_AT_ONCE = ("review", "keys", "annotator")
"""Sections that apply as soon as they are changed; the others are part of an audit."""

_NAME_WIDTH, _MARGIN = 40, 3


class SettingsScreen(Page):
    """Every setting, then every key.

    Attributes:
        shown: what the list shows, in its order.
    """

    page_name = "settings"
    heading = "Settings"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("settings")]

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[ShownSetting] = []

    def compose_body(self) -> ComposeResult:
        """The list, and what the setting at the cursor means."""
        yield OptionList(id="settings")
        yield Static("", id="meaning", markup=False)

    def on_mount(self) -> None:
        """List them."""
        self._fill()

    def _fill(self) -> None:
        opened, options = self.review.opened, self.query_one(OptionList)
        at = options.highlighted or 0
        named = {f"{screen}.{action}" for screen, actions in opened.settings.keys.items() for action in actions}
        keys = (
            ShownSetting(f"keys.{id_}", key, "curator.toml" if id_ in named else "default")
            for id_, key in self.curator.keys.items()
        )
        settings = changeable(opened.request, opened.paths)
        self.shown = [*sorted(settings, key=lambda one: not one.name.startswith("review.")), *keys]
        options.clear_options()
        options.add_options([Option(_line(one, self.size.width - _MARGIN)) for one in self.shown])
        options.highlighted = at
        options.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what it means and where its value comes from."""
        one = self.shown[event.option_index]
        action = _action_of(one)
        means = f"{action.label}: {action.description}" if action else description_of(one.name)
        self.query_one("#meaning", Static).update(visible(f"{means}\nFrom: {one.origin}"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask for another value; of a key, by pressing it."""
        self._ask(self.shown[event.option_index], by_pressing=True)

    def action_type(self) -> None:
        """Ask for another value by its name, of a key too: several are separated by commas."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._ask(self.shown[at], by_pressing=False)

    def _ask(self, one: ShownSetting, *, by_pressing: bool) -> None:
        if self.session.readonly:
            self.notify("The data are open read-only: nothing can be changed.", severity="warning", markup=False)
            return
        action = _action_of(one)
        if action is not None and by_pressing:
            self.app.push_screen(PressKey(f"{action.label} ({action.id})"), partial(self._change, one.name))
            return
        question = f"{one.name}: a value; nothing for the default. Kept in curator.toml beside the data."
        self.app.push_screen(AskText(question, _typed(one)), partial(self._change, one.name))

    def action_open(self) -> None:
        """As Enter in the list."""
        self.query_one(OptionList).action_select()

    def _change(self, name: str, typed: str | None) -> None:
        if typed is None:
            return
        opened = self.review.opened
        try:
            path, settings = changed(opened.request, opened.paths, name, typed, lambda known: keymap(known.keys))
            self.curator.take_settings(settings)
        except CuratorError as error:
            self.curator.say_error(error)
            return
        section = name.partition(".")[0]
        when = "" if section in _AT_ONCE else " It applies once the data are opened again, which checks them with it."
        self.notify(f"Kept in {visible(str(path), one_line=True)}.{when}", markup=False)
        self._fill()


def _action_of(one: ShownSetting) -> Action | None:
    """The action whose key a setting is."""
    return next((action for action in ACTIONS if f"keys.{action.id}" == one.name), None)


def _typed(one: ShownSetting) -> str:
    """A value as a person types it."""
    if one.value is None:
        return ""
    if isinstance(one.value, tuple) and not any("," in value for value in one.value):
        return ", ".join(one.value)
    return str(one.value) if isinstance(one.value, str) else as_toml(one.value)


def _line(one: ShownSetting, width: int) -> Text:
    keys = "  ".join(map(shown_key, _typed(one).split(","))) if one.name.startswith("keys.") else _typed(one)
    value = visible(keys, one_line=True)
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f" {one.name:<{_NAME_WIDTH}} ", style="bold" if one.origin != "default" else "")
    line.append(value)
    line.append("" if one.origin == "default" else "   changed", style="dim")
    line.truncate(width, overflow="ellipsis")
    return line
