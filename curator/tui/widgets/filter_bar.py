"""The filter: a chip while one is set, a field while it is typed, the fault under it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static

from curator.data.safe_text import visible
from curator.tui.completion import FilterSuggester, completions
from curator.tui.widgets.still_input import StillInput

_OFFERED = 6
"""Completions that are listed."""

_CHOOSING = ("up", "down", "tab")


class FilterBar(Vertical):
    """Hidden while there is no filter and none is typed.

    Attributes:
        asked: what Enter asked for and is being looked for; None: nothing is.
    """

    asked: str | None = None
    _offers: Mapping[str, str] = MappingProxyType({})
    _offer = 0

    @dataclass
    class FilterSubmitted(Message):
        """A filter was typed and Enter pressed."""

        where: str

    @dataclass
    class Typed(Message):
        """Something is being typed: the field as it is now."""

        where: str

    def compose(self) -> ComposeResult:
        """Chip, field, fault."""
        yield Static("", id="chip", markup=False)
        yield StillInput(
            placeholder='check:refusal decided:no tokens:>500 "words"  (Tab completes)', suggester=FilterSuggester()
        )
        yield Static("", id="offers", markup=False)
        yield Static("", id="fault", markup=False)

    def on_mount(self) -> None:
        """Begin hidden."""
        self.close()

    def show(self, where: str, found: int, total: int) -> None:
        """Show the filter that is set."""
        self.set_class(bool(where), "-set")
        chip = Text.assemble(
            (" filter ", "reverse"),
            f" {visible(where, one_line=True)} ",
            (f" {found:,} of {total:,}   c clears it", "dim"),
        )
        self.query_one("#chip", Static).update(chip if where else "")

    @property
    def is_typing(self) -> bool:
        """Whether the field is open."""
        return self.has_class("-typing")

    def ask(self, where: str) -> None:
        """Open the field."""
        field = self.query_one(Input)
        self.add_class("-typing")
        field.disabled = False
        field.value = where
        self.screen.set_focus(field)  # at once: the next key may be waiting already

    def say(self, fault: str) -> None:
        """Show what is wrong with what was typed; the caret stands under the field's text."""
        self.asked = None
        self.query_one("#fault", Static).update(Text(visible(fault)))
        self.add_class("-faulty")

    def close(self) -> None:
        """Hide the field."""
        self.asked = None
        self.remove_class("-typing", "-faulty")
        self.query_one(Input).disabled = True
        self._show_offers({})
        self.screen.set_focus(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell whoever looks while one types."""
        event.stop()
        self.asked = None
        self.remove_class("-faulty")
        self._show_offers(completions(event.value) if self.is_typing else {})
        if self.is_typing:
            self.post_message(self.Typed(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it over."""
        event.stop()
        self.remove_class("-faulty")
        self.asked = event.value.strip()
        self.post_message(self.FilterSubmitted(self.asked))

    def on_key(self, event: Key) -> None:
        """Esc leaves the field; arrows choose among the completions, and Tab takes one."""
        if not self.is_typing or event.key not in ("escape", *(_CHOOSING if self._offers else ())):
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.close()
        elif event.key == "tab":
            field = self.query_one(Input)
            field.value = list(self._offers.values())[self._offer]
            field.action_end()
        else:
            by = 1 if event.key == "down" else -1
            self._show_offers(self._offers, (self._offer + by) % min(len(self._offers), _OFFERED))

    def _show_offers(self, offers: Mapping[str, str], at: int = 0) -> None:
        """List what the last word can become, one of it marked."""
        self._offers, self._offer = offers, at
        lines = [
            Text(f" {'▸' if number == at else ' '} {offer}", style="bold" if number == at else "")
            for number, offer in enumerate([*offers][:_OFFERED])
        ]
        if len(offers) > _OFFERED:
            lines.append(Text(f"   … {len(offers) - _OFFERED} more"))
        static = self.query_one("#offers", Static)
        static.display = bool(offers)
        static.update(Text("\n").join(lines))
