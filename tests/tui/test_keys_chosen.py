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
        await pilot.press("comma", "end", "enter", *"solarized", "enter")
        await until(pilot, lambda: "there is no key 'solarized" in said(app) + screen_text(app))

    drive(desk, steps)
    assert not desk.with_name("curator.toml").exists()
