"""A field for text from data: what a terminal would act on is drawn as a mark, and stays what it is in the text."""

from rich.text import Text
from textual.geometry import Offset
from textual.widgets import TextArea

from curator.data.safe_text import visible

_MARK = "\N{WHITE SQUARE}"


class SafeTextArea(TextArea):
    """Like its parent, but no line that it draws holds a control character.

    Attributes:
        loaded: the text as it was given; what is not typed in is not changed, odd line ends included.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        self.cursor_blink = False
        self.loaded = text
        self._as_shown = self.text

    @property
    def edits(self) -> str:
        """The text as the person leaves it."""
        return self.loaded if self.text == self._as_shown else self.text

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Scroll to the cursor, unless what was undone took its line away: Textual moves it after it has scrolled."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)

    def get_line(self, line_index: int) -> Text:
        """A line, character by character safe, so that the cursor's place stays right."""
        line = self.document.get_line(line_index)
        return Text("".join(map(_mark, line)) if visible(line) != line else line, end="", no_wrap=True)


def _mark(character: str) -> str:
    shown = visible(character)
    return shown if len(shown) == 1 else _MARK
