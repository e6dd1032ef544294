"""Text from data never acts on the terminal: no control character in any line, nothing silently missing, no crash."""

import asyncio
import shutil
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style
from textual.app import App

from curator.audit.open_data import open_data
from curator.data.content import Content
from curator.data.finding import Finding
from curator.data.safe_text import visible
from curator.settings.request import DataRequest
from curator.tui.drawing import FOLD, drawn, spoken
from curator.tui.screens.reviewing.saving import difference_text
from curator.tui.widgets.safe_text_area import SafeTextArea
from tests.tui.driving import drive, screen_lines, until

HOSTILE = Path(__file__).parents[2] / "sample_data" / "hostile.jsonl"
STYLES = {name: Style.null() for name in ("role", "dim", "code", "error", "warning", "info")}

some_text = st.text() | st.text(alphabet="\x1b\x07\x9b\x00\r\n\t[]/\u202e\u200b\u2066ab\U000e0041é漢🙂", max_size=300)


def is_dangerous(character):
    return unicodedata.category(character) in ("Cc", "Cs", "Cf") and character not in "\u200d\u200c"


def dangerous(lines):
    return sorted({hex(ord(c)) for line in lines for c in line if is_dangerous(c) and c not in "\n\t\u00ad"})


@given(some_text, some_text, st.integers(0, 50), st.integers(0, 50))
def test_whatever_an_example_says_is_drawn_safely_and_whole(role, text, start, end):
    finding = Finding(
        check="x",
        severity="error",
        example=None,
        file=None,
        line=None,
        message=text,
        message_index=0,
        start=start,
        end=end,
    )
    paragraphs = list(drawn(Content([{"role": role, "content": text}]), [finding], STYLES))
    shown = [paragraph.text.plain for paragraph in paragraphs]
    assert dangerous(shown) == []
    if text.strip() and len(text) <= FOLD:
        assert visible(text) in shown
    console = Console(width=40)
    wrapped = [line.plain for paragraph in paragraphs for line in paragraph.text.wrap(console, 40)]
    assert all(Console(width=40).measure(line).maximum <= 40 for line in wrapped)


@given(some_text, some_text)
def test_a_difference_is_drawn_safely(before, after):
    one, other = (Content([{"role": "user", "content": text}]) for text in (before, after))
    assert dangerous([difference_text(one, other).plain]) == []


@given(st.text(alphabet="\x1b\x07\x9b\u202e\u200bab \n\r\x0b", max_size=60))
def test_a_field_draws_no_control_character_and_leaves_untouched_text_as_it_is(text):
    field = SafeTextArea(text)
    assert dangerous(field.get_line(number).plain for number in range(field.document.line_count)) == []
    assert field.edits == text


def test_tool_calls_and_parts_are_spoken():
    call = {"function": {"name": "look\x1b[2J", "arguments": {"a": 1}}}
    assert spoken({"role": "assistant", "tool_calls": [call]}) == '→ look\x1b[2J({"a":1})'
    assert (
        spoken({"role": "user", "content": [{"type": "text", "text": "see"}, {"type": "image_url"}]})
        == "see\n[image_url]"
    )


def test_every_hostile_example_can_be_looked_at(tmp_path):
    data = tmp_path / "hostile.jsonl"
    shutil.copyfile(HOSTILE, data)
    with open_data(DataRequest(data=(str(data),))) as opened:
        opened.audited(lambda *_: None, texts=True)

    async def steps(pilot, app):
        for number in range(len(app.screen.queue)):
            app.screen.show_place(number)
            await pilot.pause()
            assert dangerous(screen_lines(app)) == [], app.screen.shown.place
        await pilot.press("g", "z", "pagedown", "h", "escape", "y", "o")
        await until(pilot, lambda: app.screen.page_name == "overview" and app.screen.report is not None)
        assert dangerous(screen_lines(app)) == []

    drive(data, steps)


def test_a_line_that_made_the_scroll_bar_appear_can_be_undone():
    class Field(App[None]):
        CSS = "SafeTextArea { height: 5; }"

        def compose(self):
            yield SafeTextArea("one\ntwo\nthree")

    async def steps():
        app = Field()
        async with app.run_test(size=(20, 10)) as pilot:
            field = app.query_one(SafeTextArea)
            field.move_cursor(field.document.end)
            await pilot.press("enter", "ctrl+z")
            await pilot.pause()
            assert field.text == "one\ntwo\nthree"
            assert field.cursor_location == (2, 5)

    asyncio.run(steps())
