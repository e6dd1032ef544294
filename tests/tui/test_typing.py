"""Where text is written, letters are text: no letter decides or leaves, whatever has the focus."""

import json

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from curator.tui.actions.actions import ACTIONS
from curator.tui.actions.keymap import shown_key
from curator.tui.fields import text_fields, types_text
from curator.tui.widgets.key_bar import KeyBar
from curator.tui.widgets.title_bar import TitleBar
from tests.tui.driving import decisions_of, drive, screen_lines, screen_text, until

DOORS = {
    "edit": ("e",),
    "edit, after the last field": ("e", "tab", "tab", "tab", "tab"),
    "new": ("n",),
    "new from this": ("N",),
    "filter of the review": ("slash",),
    "filter of the list": ("b", "slash"),
    "filter of the labels": ("l", "slash"),
    "go to": ("colon",),
    "reason": ("m",),
    "note": ("l", "m"),
    "setting": ("comma", "enter"),
    "model": ("t", "end", "enter"),
    "palette": ("ctrl+p",),
}
"""Every place where text is written, and the keys that lead there from the review."""


def letters():
    """Every key of an action that writes a character, and some more."""
    keys = {key for action in ACTIONS for key in action.keys.split(",")}
    return sorted({key for key in keys if types_text(key)} | {"y", "Y", "z", "8", "é", "space"})


def character_of(key):
    """What a key writes; None: nothing."""
    return " " if key == "space" else shown_key(key) if types_text(key) else None


def typed(app, *keys):
    """Press keys as a terminal that sends them in one go; nothing is waited for in between."""
    for key in keys:
        app.post_message(Key(key if len(key) > 1 else _character_to_key(key), character_of(key)))


def focusable(screen):
    """Everything on a screen that could have the focus, and nothing."""
    return [None, *(widget for widget in screen.walk_children() if widget.can_focus)]


def content_of(field):
    return field.value if isinstance(field, Input) else field.text


@pytest.fixture
def asked(desk):
    (desk.parent / "curator.toml").write_text('[labels.why]\nkind = "note"\n')
    return desk


async def opened(pilot, app, door):
    for key in DOORS[door]:
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
    await until(pilot, lambda: bool(text_fields(app.screen)))


@pytest.mark.parametrize("door", DOORS)
def test_no_letter_is_a_command_where_text_is_written(asked, door):
    async def steps(pilot, app):
        await opened(pilot, app, door)
        screen, stack = app.screen, list(app.screen_stack)
        all_letters = {character_of(key) for key in letters()}
        for widget in focusable(screen):
            for put in (lambda to: screen.set_focus(to), lambda to: setattr(screen, "focused", to)):
                for field in text_fields(screen):
                    field.clear()
                put(widget)
                typed(app, *letters())
                await until(pilot, lambda: all_letters <= set("".join(map(content_of, text_fields(screen)))))
                assert app.screen is screen
                assert list(app.screen_stack) == stack
                assert screen.focused in text_fields(screen)
        assert app.session.review.opened.project.log.latest(5) == []

    drive(asked, steps)
    assert decisions_of(asked) == []


def test_no_letter_is_a_command_where_a_path_is_written(tmp_path, monkeypatch):
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))

    async def steps(pilot, app):
        await pilot.press("slash")
        screen = app.screen
        for widget in focusable(screen):
            screen.focused = widget
            typed(app, *letters())
            await pilot.pause()
            assert app.screen is screen

    drive(None, steps)


def test_every_screen_that_writes_is_gone_through_above():
    from curator.tui.page import Page
    from curator.tui.widgets.dialogs.dialog import Dialog

    def all_of(kind):
        return {kind, *(inner for sub in kind.__subclasses__() for inner in all_of(sub))}

    assert {kind.__name__ for kind in all_of(Page) | all_of(Dialog) if kind.writes} == {
        "EditScreen",
        "AskText",
        "HelpScreen",  # what is typed looks for words; no key decides there
    }


def test_tab_goes_round_within_the_fields_of_the_editor(desk):
    async def steps(pilot, app):
        await pilot.press("e")
        await until(pilot, lambda: len(text_fields(app.screen)) > 1)
        fields = text_fields(app.screen)
        first = app.focused
        seen = [first]
        for _ in fields:
            await pilot.press("tab")
            seen.append(app.focused)
        assert set(seen) == set(fields)
        assert seen[-1] is first
        await pilot.press("shift+tab")
        assert app.focused is seen[-2]

    drive(desk, steps)


def test_the_focus_comes_back_to_the_field_whatever_happens(desk):
    async def steps(pilot, app):
        await pilot.press("e")
        await until(pilot, lambda: bool(text_fields(app.screen)))
        field, screen = app.focused, app.screen
        await pilot.click(TitleBar)
        assert app.focused is field
        await pilot.press("x", "ctrl+s")
        assert app.screen is not screen
        await pilot.press("n")
        assert app.focused is field
        await pilot.resize_terminal(40, 10)
        await pilot.press("o")
        assert app.screen is screen
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert app.focused is field
        for key in ("ctrl+t", "ctrl+r", "ctrl+o"):
            await pilot.press(key)
            await pilot.pause()
            assert app.focused in text_fields(screen)

    drive(desk, steps)
    assert decisions_of(desk) == []


def test_a_new_example_begins_in_the_empty_field_of_the_user(desk):
    async def steps(pilot, app):
        await pilot.press("n")
        await until(pilot, lambda: bool(text_fields(app.screen)))
        await pilot.press(*"Larkspur.")
        edits = {message["role"]: message["content"] for message in app.screen._saved().messages}
        assert edits["user"] == "Larkspur."
        assert edits["assistant"] == ""

    drive(desk, steps)


def test_what_is_typed_right_after_a_tab_is_in_the_next_field(desk):
    async def steps(pilot, app):
        await pilot.press("n")
        await until(pilot, lambda: len(app.screen.query(TextArea)) > 1)
        empty = [field for field in app.screen.query(TextArea) if not field.text]
        typed(app, *"one", "tab", *"two")
        await until(pilot, lambda: sum(len(field.text) for field in empty) == 6)
        assert [field.text for field in empty] == ["one", "two"]
        await pilot.press("ctrl+s", "d")

    drive(desk, steps)


def test_what_is_typed_ahead_of_the_field_reaches_it(desk):
    async def steps(pilot, app):
        typed(app, "slash", *"kettle", "enter")
        await until(pilot, lambda: app.screen.where == "kettle")
        assert app.screen.page_name == "review"
        typed(app, "e", *"tax", "space", *"u")
        await until(pilot, lambda: app.screen.page_name == "edit" and bool(text_fields(app.screen)))
        await pilot.pause()
        assert app.screen.page_name == "edit"

    drive(desk, steps)
    assert decisions_of(desk) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_line_of_keys_shows_what_keys_do_now(desk, size):
    async def steps(pilot, app):
        def keys():
            return screen_lines(app)[-1]

        assert "a Keep" in keys()
        await pilot.press("slash")
        await pilot.pause()
        assert "letters are text" in keys()
        assert "Keep" not in keys()
        await pilot.press("escape")
        await pilot.pause()
        assert "a Keep" in keys()
        await pilot.press("e")
        await until(pilot, lambda: "Done" in keys())
        assert "^s Done" in keys()
        assert "F1 Help" in keys()
        assert "q Quit" not in keys()
        await pilot.click(TitleBar)
        await pilot.pause()
        assert "^s Done" in keys()
        assert "q Quit" not in keys()
        await pilot.press("escape")
        await until(pilot, lambda: "a Keep" in keys())
        await pilot.press("colon")
        await pilot.pause()
        assert "Keep" not in app.screen_stack[-2].query_one(KeyBar).render().plain

    drive(desk, steps, size=size)


def test_a_filter_that_is_being_typed_stays_when_the_check_ends(tmp_path, monkeypatch):
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    path = tmp_path / "new.jsonl"
    messages = [{"role": "user", "content": "What is a kettle?"}, {"role": "assistant", "content": "A pot for water."}]
    path.write_text("".join(json.dumps({"messages": messages, "n": n}) + "\n" for n in range(30)))

    async def steps(pilot, app):
        await pilot.press("slash", *"tokens:>5")
        if app.session.review.partial:  # the check is a process of its own, and may have been faster
            await pilot.press("enter")
            await until(
                pilot, lambda: "counted once the check is done" in screen_text(app) or not app.session.review.partial
            )
        await until(pilot, lambda: not app.session.review.partial)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.screen.page_name == "review"
        assert isinstance(app.focused, Input)
        assert app.focused.value == "tokens:>5"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.where == "tokens:>5")
        assert len(app.screen.queue)

    drive(path, steps)
    assert decisions_of(path) == []
