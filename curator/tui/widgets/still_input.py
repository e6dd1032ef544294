"""A field whose cursor does not blink: over a slow connection every blink is a repaint."""

from textual.reactive import reactive
from textual.widgets import Input


class StillInput(Input):
    """As its parent, without a motion of its own."""

    cursor_blink = reactive(False, init=False)
