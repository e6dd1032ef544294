"""A key that is set is a key that exists; what is not one is refused with the nearest."""

import pytest

from curator.errors import UsageError
from curator.tui.actions.keymap import keymap
from tests.tui.driving import drive, said, screen_text, until


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("K", "K"),
        ("shift+k", "K"),
        ("%", "percent_sign"),
        ("ä", "ä"),
        ("F5", "f5"),
        ("Ins, W", "Ins"),
        ("Insert, W", "insert,W"),
        ("ctrl+W", "ctrl+w"),
        ("^w", "ctrl+w"),
        ("shift+F5", "shift+f5"),
        ("shift+ctrl+home", "ctrl+shift+home"),
        ("Space", "space"),
        ("←", "left"),
    ],
)
def test_a_key_is_written_as_a_person_knows_it(typed, key):
    if key == "Ins":
        with pytest.raises(UsageError, match="Did you mean insert"):
            keymap({"compare": {"swap": typed}})
    else:
        assert keymap({"compare": {"swap": typed}})["compare.swap"] == key


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("solarized", "A key is a character, or a name such as"),
        ("pagdown", "Did you mean pagedown"),
        ("f25", "Did you mean f5"),
        ("ctlr+w", "Did you mean ctrl+w"),
        ("ctrl+", "Did you mean ctrl+"),
        ("K, enterr", "no key 'enterr'. Did you mean enter"),
        ("\x1b[2J", "there is no key"),
    ],
)
def test_what_is_no_key_is_refused_with_the_nearest(typed, instead):
    with pytest.raises(UsageError) as refused:
        keymap({"compare": {"swap": typed}})
    assert instead in str(refused.value)
    assert "compare.swap" in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_the_settings_screen_refuses_a_word_and_keeps_nothing(desk):
    async def steps(pilot, app):
        await pilot.press("comma", "end", "e", *"solarized", "enter")
        await until(pilot, lambda: "there is no key 'solarized" in said(app) + screen_text(app))

    drive(desk, steps)
    assert not desk.with_name("curator.toml").exists()


def test_a_key_is_taken_by_pressing_it_and_given_back_by_delete(desk):
    async def steps(pilot, app):
        await pilot.press("comma", "end", "enter")
        await until(pilot, lambda: "Press the key for Swap" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.page_name == "settings")
        await pilot.press("enter", "W")
        await until(pilot, lambda: app.keys["compare.swap"] == "W")
        await pilot.press("enter", "delete")
        await until(pilot, lambda: app.keys["compare.swap"] == "s")
        await pilot.press("enter", "pagedown")
        await until(pilot, lambda: "would do two things on the compare screen" in said(app))
        assert app.keys["compare.swap"] == "s"

    drive(desk, steps)
    assert "swap" not in desk.with_name("curator.toml").read_text()


def test_help_is_grouped_and_typing_looks_for_words_in_it(desk):
    async def steps(pilot, app):
        await pilot.press("question_mark")
        await pilot.pause()
        text = screen_text(app)
        assert text.index("Decide and write") < text.index("Keep:")
        await pilot.press(*"nearest meaning")
        await pilot.pause()
        assert "Similar:" in screen_text(app)
        assert "Keep:" not in screen_text(app)
        await pilot.press(*"zzz")
        await pilot.pause()
        assert "No key has that" in screen_text(app)
        await pilot.press("escape")
        assert app.screen.page_name == "review"

    drive(desk, steps)


def test_the_palette_names_the_key_of_each_action(desk):
    async def steps(pilot, app):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Keep   a" in titles
        assert "Suspend   ^z" in titles

    drive(desk, steps)
