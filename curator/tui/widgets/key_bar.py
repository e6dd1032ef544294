"""The line at the bottom: the keys of the screen, drawn from the action registry."""

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.events import Click
from textual.widget import Widget
from textual.widgets import Input

from curator.tui.actions.action import Action
from curator.tui.actions.actions import actions_of
from curator.tui.actions.keymap import shown_key
from curator.tui.fields import text_fields, types_text

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp
    from curator.tui.page import Page


class KeyBar(Widget):
    """Help and quit always stand at the right; from the left the screen's own keys, then those of other screens.

    As far as there is room.

    A click on a key does what the key does. Where text is written, only keys that are no text are shown; behind a
    dialog, which names its own, none.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key"}

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, Action]] = []

    def on_mount(self) -> None:
        """Follow the focus and the screen in front: both change what keys do."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())
        self.app.screen_change_signal.subscribe(self, lambda _: self.refresh())

    def on_click(self, event: Click) -> None:
        """Do what the key under the mouse does."""
        for begin, end, action in self._spans:
            if begin <= event.x < end:
                target = self.screen if hasattr(self.screen, f"action_{action.name}") else self.app
                self.call_later(target.run_action, action.call)

    def render(self) -> Text:
        """The line for this width."""
        page, app = cast("Page", self.screen), cast("CuratorApp", self.app)
        offered = [a for a in actions_of(page.page_name) if not (a.decides and app.session.readonly)]
        actions = [action for action in offered if action.footer and page.offers(action)]
        line, self._spans = Text(no_wrap=True), []
        if app.screen is not page:
            return line
        if any(isinstance(field, Input) for field in text_fields(page)):
            return line.append(" typing: letters are text   Enter takes it   Esc leaves it")
        actions = [action for action in actions if self._key(action)]
        own = [action for action in actions if action.screen == page.page_name]
        always = [action for action in actions if action.screen != page.page_name]
        end_width = sum(self._width(action) for action in always)
        others = [action for action in offered if self._leads_elsewhere(action)]
        for action in [*own, *others]:
            if line.cell_len + self._width(action) + end_width > self.size.width:
                break
            self._add(line, action)
        line.pad_right(max(0, self.size.width - end_width - line.cell_len))
        for action in always:
            self._add(line, action)
        return line

    def _leads_elsewhere(self, action: Action) -> bool:
        page, app = cast("Page", self.screen), cast("CuratorApp", self.app)
        return action.opens and app.session.review is not None and action.name != page.page_name and not page.writes

    def _key(self, action: Action) -> str:
        """The first key that works here, as a person knows it; "": none does."""
        keys = cast("CuratorApp", self.app).keys[action.id].split(",")
        writes = cast("Page", self.screen).writes
        return next((shown_key(key) for key in keys if not (writes and types_text(key))), "")

    def _label(self, action: Action) -> str:
        return cast("Page", self.screen).label_of(action)

    def _width(self, action: Action) -> int:
        return Text(f" {self._key(action)} {self._label(action)} ").cell_len

    def _add(self, line: Text, action: Action) -> None:
        begin = line.cell_len
        line.append(f" {self._key(action)}", style=self.get_component_rich_style("key-bar--key"))
        line.append(f" {self._label(action)} ")
        self._spans.append((begin, line.cell_len, action))
