"""The word difference of what was written, and whether to save it."""

from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from curator.data.content import Content, spoken
from curator.data.safe_text import visible
from curator.reporting.wording import count
from curator.review.difference import word_difference
from curator.tui.drawing import parts_of
from curator.tui.widgets.dialogs.dialog import Dialog

Answer = Literal["save", "discard", "edit"]

_SHOWN_AT_MOST = 40
"""Messages whose difference is shown; of more, the number is said."""


class SavingScreen(Dialog[Answer]):
    """What was taken away stands in `[-…-]`, what is new in `{+…+}`: it reads the same without colour."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('save')", "Save", show=False),
        Binding("d", "answer('discard')", "Discard", show=False),
        Binding("n,escape", "answer('edit')", "Continue", show=False),
    ]

    def __init__(self, before: Content, after: Content, what: str) -> None:
        super().__init__()
        self._before, self._after, self._what = before, after, what

    def compose(self) -> ComposeResult:
        """The difference, and three keys."""
        heading = "Save this edit?" if self._what == "edit" else "Add this example?"
        if self._what == "fix":
            heading = "Fix it like this?"
        keys = Text.assemble(
            *((" y ", "reverse"), " save   ", (" d ", "reverse"), " discard   ", (" n ", "reverse"), " continue (Esc)")
        )
        with Vertical(classes="dialog"):
            yield Static(Text(heading, style="bold"))
            with VerticalScroll(classes="inside"):
                yield Static(difference_text(self._before, self._after, all_new=self._what == "new"))
            yield Static(keys, classes="keys")

    def action_answer(self, answer: Answer) -> None:
        """Close with the answer."""
        self.dismiss(answer)


def difference_text(before: Content, after: Content, *, all_new: bool = False) -> Text:
    """Message by message, what differs; messages that are equal are only counted."""
    old = {} if all_new else {(part, index): message for part, index, message in parts_of(before)}
    new = {(part, index): message for part, index, message in parts_of(after)}
    text, equal, differ = Text(), 0, 0
    for place in dict.fromkeys([*old, *new]):
        one, other = (spoken(messages[place]) if place in messages else "" for messages in (old, new))
        if one == other and (place in old) == (place in new) and old.get(place) == new.get(place):
            equal += 1
            continue
        differ += 1
        if differ > _SHOWN_AT_MOST:
            continue
        role = (new.get(place) or old[place])["role"]
        text.append(visible(f"\n{place[0]} {role}".strip() + "\n", one_line=False), style="bold")
        for piece in word_difference(one, other):
            mark = {"removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green"), "same": ("", "", "")}[piece.kind]
            text.append(f"{mark[0]}{visible(_white(piece.text, mark[0]))}{mark[1]}", style=mark[2])
        text.append("\n")
    if differ > _SHOWN_AT_MOST:
        text.append(f"\n{count(differ - _SHOWN_AT_MOST, 'more message')} changed.\n", style="bold")
    if equal:
        text.append(f"\n{count(equal, 'message is', 'messages are')} unchanged.", style="dim")
    return text


def _white(text: str, mark: str) -> str:
    """White space that was taken away or added is shown as such."""
    return text.replace(" ", "␣").replace("\n", "⏎\n") if mark and not text.strip() else text
