"""What every dialog is: a screen in front of another one, closed with an answer."""

from typing import TypeVar

from textual.command import CommandPalette
from textual.screen import ModalScreen
from textual.widgets import OptionList

from curator.tui.faults import FaultsSaid
from curator.tui.fields import FieldsFirst

_Given = TypeVar("_Given")

_WIDTHS = [(0, "-tiny"), (30, "-wide-enough")]
"""Cells below which nothing is drawn: text cannot be wrapped into no width at all."""


class Dialog(FieldsFirst[_Given], FaultsSaid[_Given], ModalScreen[_Given]):
    """A dialog of the app; it names its keys itself."""

    HORIZONTAL_BREAKPOINTS = _WIDTHS


class Palette(CommandPalette):
    """Textual's own, for a terminal of any size."""

    HORIZONTAL_BREAKPOINTS = _WIDTHS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action can be done now: nobody moves in a list that is not drawn."""
        is_drawn = not self.has_class("-tiny") and bool(self.query_one(OptionList).virtual_size)
        return (is_drawn or action != "command_list") and super().check_action(action, parameters)
