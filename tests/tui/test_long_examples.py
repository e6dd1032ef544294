"""Examples of thousands of turns: what is seen is wrapped and mounted, and nothing else."""

import json

import pytest
from textual.widgets import TextArea

from curator.audit.open_data import open_data
from curator.settings.request import DataRequest
from curator.tui.widgets.example_view import ExampleView
from tests.tui.driving import drive, screen_text, until

TURNS = 10_000


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    conversation = [{"role": ("user", "assistant")[turn % 2], "content": f"Turn {turn}."} for turn in range(TURNS)]
    short = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    data = folder / "long.jsonl"
    data.write_text("".join(json.dumps({"messages": messages}) + "\n" for messages in (short, conversation)))
    (folder / "curator.toml").write_text('[meaning]\nembedder = "none"\n')
    return data


@pytest.fixture
def long(audited, monkeypatch, tmp_path):
    for name in ("STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    with open_data(DataRequest(data=(str(audited),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return audited


@pytest.fixture
def wrapped(monkeypatch):
    """The plain text of every paragraph that was wrapped."""
    texts, wrap = [], ExampleView._wrapped

    def noted(view, paragraph):
        texts.append(paragraph.text.plain)
        return wrap(view, paragraph)

    monkeypatch.setattr(ExampleView, "_wrapped", noted)
    return texts


def test_only_what_is_in_sight_is_wrapped_and_the_middle_is_folded_until_it_is_asked_for(long, wrapped):
    async def steps(pilot, app):
        app.screen.go_to_position([0])
        wrapped.clear()
        await pilot.press("j")
        await pilot.pause()
        assert "Turn 0." in wrapped
        assert len(wrapped) < 4 * 40
        while "z shows more" not in screen_text(app):
            await pilot.press("pagedown")
            await pilot.pause()
        assert f"9,950 turns of {TURNS:,} from turn 41 on: folded away; z shows more." in screen_text(app)
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert "Turn 9999." in screen_text(app)
        assert len(wrapped) < 200
        await pilot.press("pageup", "pageup", "z")
        await until(pilot, lambda: "Turn 40." in wrapped)

    drive(long, steps, size=(120, 40))


def test_going_past_a_long_example_wraps_nothing_of_it(long, wrapped):
    async def steps(pilot, app):
        app.screen.go_to_position([0])
        await pilot.pause()
        assert "Turn 0." not in wrapped[wrapped.index("Hello.") :]

    drive(long, steps)


def test_a_long_conversation_is_edited_some_turns_at_a_time(long):
    async def steps(pilot, app):
        app.screen.go_to_position([1])
        await pilot.press("e")
        await until(pilot, lambda: bool(app.screen._fields))
        assert len(app.screen.query(TextArea)) == 20
        assert app.screen.focused.text == "Turn 9999."
        await pilot.press(*"Last: ", "f3")
        await until(pilot, lambda: app.screen.focused.text == "Turn 9979.")
        assert "Turns 9,961 to 9,980 of 10,000. F3 edits those before, F4 those after." in screen_text(app)
        await pilot.press(*"Earlier: ", "ctrl+s")
        text = screen_text(app)
        assert "{+Earlier: +}Turn 9979." in text
        assert "{+Last: +}Turn 9999." in text
        assert "9,998 messages are unchanged." in text
        await pilot.press("d")
        await until(pilot, lambda: app.screen.page_name == "review")

    drive(long, steps, size=(100, 40))
