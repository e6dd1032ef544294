"""Text fields: while a screen has one, letters are text and never commands, and the focus stays in a field.

The rule stands here once, for every screen. A field that is hidden is disabled; one that is not can be typed into.
"""

from typing import Any, ClassVar, TypeVar

from textual.events import Key
from textual.keys import REPLACED_KEYS, key_to_character
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

_Given = TypeVar("_Given")


def text_fields(screen: Screen[Any]) -> list[Widget]:
    """The fields of a screen that can be typed into now, in the order of Tab."""
    fields = screen.query("Input, TextArea").results(Widget)
    return [field for field in fields if not field.is_disabled and not getattr(field, "read_only", False)]


def types_text(key: str) -> bool:
    """Whether a key, as Textual names it, writes a character: `a`, `space`, `question_mark`; not `enter`, `ctrl+a`."""
    character = key_to_character(REPLACED_KEYS.get(key, key))
    return character is not None and character.isprintable()


def taken_as_text(screen: Screen[Any], event: Key) -> bool:
    """Whether a key that no field took is text on this screen, and not a command.

    A key reaches no field while the screen that it is meant for is still being drawn. Then it is written into the
    field; where there is none yet, it is lost.
    """
    fields = text_fields(screen)
    if fields and screen.focused not in fields:
        screen.set_focus(fields[0])
    if event.character is None or not event.is_printable or not (fields or getattr(screen, "writes", False)):
        return False
    if isinstance(screen.focused, Input):
        screen.focused.insert_text_at_cursor(event.character)
    elif isinstance(screen.focused, TextArea):
        screen.focused.insert(event.character)
    return True


class FieldsFirst(Screen[_Given]):
    """A screen whose focus stays in its text fields while it has any: Tab goes round, a click beside them is nothing.

    Attributes:
        writes: text is written here, also before its fields are drawn.
    """

    writes: ClassVar[bool] = False

    @property
    def focus_chain(self) -> list[Widget]:
        """What Tab goes through."""
        return text_fields(self) or super().focus_chain

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Give a widget the focus; where there are fields, only one of them, and never nothing."""
        fields = text_fields(self)
        if fields and widget not in fields:
            widget = self.focused if self.focused in fields else fields[0]
        super().set_focus(widget, scroll_visible, from_app_focus)

    def _reset_focus(self, widget: Widget, avoiding: list[Widget] | None = None) -> None:
        """Leave a widget that goes: a field only where it is taken away; one that is hidden for a while keeps it."""
        fields = text_fields(self)
        if widget is not self.focused or widget not in fields:
            super()._reset_focus(widget, avoiding)
        elif avoiding and widget in avoiding:
            super().set_focus(next((field for field in fields if field not in avoiding), None))
