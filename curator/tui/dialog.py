"""What every dialog is: a screen in front of another one, closed with an answer."""

from typing import TypeVar

from textual.screen import ModalScreen

from curator.tui.faults import FaultsSaid
from curator.tui.fields import FieldsFirst

_Given = TypeVar("_Given")


class Dialog(FieldsFirst[_Given], FaultsSaid[_Given], ModalScreen[_Given]):
    """A dialog of the app; it names its keys itself."""
