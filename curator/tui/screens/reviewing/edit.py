"""Write: an example's messages in fields, the word difference before it is saved, the original always recoverable."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import msgspec
from rich.text import Text
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from curator.data.content import Content, Message
from curator.data.safe_text import visible
from curator.errors import CuratorError, UsageError
from curator.review.new_content import checked_content
from curator.tui.actions.keymap import shown_key
from curator.tui.drawing import as_json, parts_of
from curator.tui.page import Page, bindings_of
from curator.tui.screens.reviewing.saving import Answer, SavingScreen
from curator.tui.widgets.safe_text_area import SafeTextArea

if TYPE_CHECKING:
    from curator.tui.app import CuratorApp

_DRAFT = "draft"
_DRAFT_EVERY = 1.0
_TURNS_AT_ONCE = 20
"""Turns that have a field at once; a screen shows a few of them."""
_MOVES = ("turns_before", "turns_after")
_ASSISTANT, _USER = "assistant", "user"


class EditScreen(Page):
    """The messages of one example, each in a field of its own.

    Args:
        content: what to begin with.
        position: of the example that is edited; None: a new one is written.
        what: for the title.
    """

    page_name = "edit"
    heading = "Edit"
    writes = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("edit"),
        # before the field that has the focus: what is typed quickly after a Tab goes to the next field
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self, content: Content, position: int | None, what: Literal["edit", "new", "new from this"]) -> None:
        super().__init__()
        self._before, self._position, self._what = content, position, what
        self._content = content
        self._fields: list[tuple[str, int, SafeTextArea]] = []
        self._begin = 0
        self._drafted: str | None = None

    def compose_body(self) -> ComposeResult:
        """A heading and a field for each message."""
        yield Static("", id="fault", markup=False)
        yield Static("", id="turns", classes="dim", markup=False)
        yield VerticalScroll(id="fields", can_focus=False)

    def title_detail(self) -> str:
        """What is written here."""
        return {"edit": "this example", "new": "a new example", "new from this": "a new example, from the last one"}[
            self._what
        ]

    async def on_mount(self) -> None:
        """Fill the fields, with the draft where one was left."""
        draft = self.review.opened.project.recall(_DRAFT) or {}
        if draft.get("about") == self._about:
            self._content = Content(**draft["content"])
            self.notify("This is the draft that you left; Esc and then d throws it away.", markup=False)
        await self._fill(first_empty=self._position is None)
        self.set_interval(_DRAFT_EVERY, self._keep_draft)

    @property
    def _about(self) -> str:
        return self._what if self._position is None else self.review.positions.id_at(self._position)

    async def _fill(self, *, first_empty: bool = False, begin: int | None = None) -> None:
        """A field for every message with text; what else an example has stays as it is.

        Of a long conversation so many turns as fit have fields, from turn `begin` on; None: the last ones.
        """
        turns = list(parts_of(self._content))
        last = max(len(turns) - _TURNS_AT_ONCE, 0)
        self._begin = last if begin is None else min(max(begin, 0), last)
        self._fields, widgets = [], list[Widget]()
        which = self.query_one("#turns", Static)
        which.display = bool(last)
        which.update(self._which(len(turns)))
        for part, index, message in turns[self._begin : self._begin + _TURNS_AT_ONCE]:
            heading = visible(f"{part} {message['role']}".strip(), one_line=True)
            text = message.get("content")
            if text is not None and not isinstance(text, str):
                parts = f"{heading}: made of parts; E edits it as JSON."
                widgets.append(Static(parts, markup=False, classes="dim"))
                continue
            calls = "  (its tool calls stay as they are; E edits them)" if message.get("tool_calls") else ""
            field = SafeTextArea(text or "")
            widgets += [Static(f"{heading}{calls}", markup=False, classes="role"), field]
            self._fields.append((part, index, field))
        holder = self.query_one("#fields", VerticalScroll)
        await holder.remove_children()
        await holder.mount(*widgets)
        fields = [field for _, _, field in self._fields]
        if fields:
            empty = (field for field in fields if first_empty and not field.text)
            self.set_focus(next(empty, fields[-1]))
        self.refresh_bars()

    def _which(self, turns: int) -> str:
        before, after = (shown_key(self.curator.keys[f"edit.{name}"].split(",")[0]) for name in _MOVES)
        which = f"Turns {self._begin + 1:,} to {self._begin + _TURNS_AT_ONCE:,} of {turns:,}."
        return f"{which} {before} edits those before, {after} those after."

    async def action_turns_before(self) -> None:
        """The turns of a long conversation before those that have fields."""
        await self._move(-_TURNS_AT_ONCE)

    async def action_turns_after(self) -> None:
        """The turns after them."""
        await self._move(_TURNS_AT_ONCE)

    async def _move(self, turns: int) -> None:
        self._content = self._saved()
        await self._fill(begin=self._begin + turns)

    def _saved(self) -> Content:
        """The content with the texts of the fields."""
        lists: dict[str, list[Message] | None] = {
            "": list(self._content.messages),
            "chosen": None if self._content.chosen is None else list(self._content.chosen),
            "rejected": None if self._content.rejected is None else list(self._content.rejected),
        }
        for part, index, field in self._fields:
            messages = lists[part]
            assert messages is not None, "each field is a message"
            at = index - (len(self._content.messages) if part else 0)
            message: dict[str, Any] = {**messages[at], "content": field.edits}
            if not field.edits and messages[at].get("tool_calls"):
                message.pop("content")
            messages[at] = message
        return self._content._replace(messages=lists[""] or [], chosen=lists["chosen"], rejected=lists["rejected"])

    def _keep_draft(self) -> None:
        content = self._saved()
        text = as_json(content)
        if content != self._before and text != self._drafted:
            self._drafted = text
            kept = {"about": self._about, "content": content.identity()}
            project = self.review.opened.project
            self.curator.write_quietly(lambda: project.remember(_DRAFT, kept))

    # What can be done

    def action_save(self) -> None:
        """Show the difference, then save."""
        try:
            content = checked_content(self._saved().identity())
        except CuratorError as error:
            self.query_one("#fault", Static).update(Text(visible(str(error)), style="bold red"))
            return
        self.query_one("#fault", Static).update("")
        if content == self._before and self._position is not None:
            self._leave()
        else:
            self.app.push_screen(SavingScreen(self._before, content, self._what), self._answered)

    action_back = action_save

    async def _answered(self, answer: Answer | None) -> None:
        if answer == "discard":
            self._leave()
        elif answer == "save":
            content = checked_content(self._saved().identity())
            if await self.curator.save_content(self._position, content):
                self._leave()

    def _leave(self) -> None:
        project = self.review.opened.project
        if not self.session.readonly:
            self.curator.write_quietly(lambda: project.remember(_DRAFT, None))
        self.dismiss()

    async def action_add_turn(self) -> None:
        """One more message, of whoever's turn it is."""
        content = self._saved()
        last = content.messages[-1]["role"] if content.messages else ""
        role = _USER if last == _ASSISTANT else _ASSISTANT
        self._content = content._replace(messages=[*content.messages, {"role": role, "content": ""}])
        await self._fill()

    async def action_remove_turn(self) -> None:
        """Without the last message."""
        content = self._saved()
        if len(content.messages) > 1:
            self._content = content._replace(messages=content.messages[:-1])
            await self._fill()

    async def action_original(self) -> None:
        """The text of the source again."""
        if self._position is not None and self._position < self.review.positions.in_source:
            self._content = self.review.reader.at(self._position).content
            await self._fill()

    async def action_editor(self) -> None:
        """All of it, as JSON, in `$EDITOR`."""
        try:
            edited = in_editor(self.curator, self._saved())
        except CuratorError as error:
            self.curator.say_error(error)
            return
        if edited is not None:
            self._content = edited
            await self._fill()


class RefusedText(NamedTuple):
    """What a person left in the editor that is not an example, and the example it was to be."""

    about: Content
    text: str


def in_editor(app: "CuratorApp", content: Content) -> Content | None:
    """The content after the person edited it as JSON in `$VISUAL` or `$EDITOR`; None: it was left as it is.

    Raises:
        UsageError: what they left is not an example (it stays in a file that the sentence names), or no editor runs.
    """
    refused = app.refused_text
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    before = as_json(content) + "\n"
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="curator-", delete=False, encoding="utf-8") as file:
        file.write(refused.text if refused is not None and refused.about == content else before)
    path = Path(file.name)
    try:
        with app.suspend():
            subprocess.run([*shlex.split(command), str(path)], check=True)
    except SuspendNotSupported:
        path.unlink()
        raise UsageError("An editor needs a terminal, which this window is not. e edits the example here.") from None
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        path.unlink(missing_ok=True)
        raise UsageError(f"The editor '{command}' did not run ({error}). Set EDITOR to one that does.") from None
    after, app.refused_text = path.read_text(encoding="utf-8", errors="replace"), None
    if after == before:
        path.unlink()
        return None
    try:
        edited = checked_content(msgspec.json.decode(after))
    except (msgspec.DecodeError, UsageError) as error:
        app.refused_text = RefusedText(content, after)
        again = f"It is kept in {path}, and the same key opens it again."
        raise UsageError(f"What you wrote is not an example: {error} {again}") from None
    path.unlink()
    return edited
