"""Whatever stands in a text, lists and columns show it safely: no control byte, no markup, nothing left out."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.audit.open_data import open_data
from curator.data.content import Content
from curator.data.safe_text import visible
from curator.settings.request import DataRequest
from curator.tui.widgets.charts.text_charts import bar
from curator.tui.widgets.side_by_side import rows_of
from tests.tui.driving import drive, screen_lines, screen_text, until

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
HOSTILE = [
    "[/",
    "[red]bold[/red]",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2Jgone",
    "abc\u202etxt.exe",
    "a\x00b\r\nc",
    "漢字🙂" * 30,
]


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "hostile[red]\x1b.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for text in HOSTILE * 2:
            messages = [{"role": "user", "content": text}, {"role": "assistant", "content": text}]
            file.write(json.dumps({"messages": messages}) + "\n")
    with open_data(DataRequest(data=(str(path),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return path


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_no_control_byte_reaches_the_terminal(hostile, size):
    async def steps(pilot, app):
        await pilot.press("b")
        await until(pilot, lambda: len(getattr(app.screen, "order", ())) == len(app.session.review))
        await pilot.pause()
        for text in ("[/", "[red]bold[/red]", "␛"):
            assert text in screen_text(app)
        assert not any(UNSAFE.search(line) for line in screen_lines(app))
        await pilot.press("space", "space", "equals_sign")
        await until(pilot, lambda: app.screen.page_name == "compare" and "│" in screen_text(app))
        assert not any(UNSAFE.search(line) for line in screen_lines(app))
        await pilot.press("escape", "d")
        await until(pilot, lambda: getattr(app.screen, "grouping", None) is not None and "│" in screen_text(app))
        for _ in range(len(HOSTILE)):
            assert not any(UNSAFE.search(line) for line in screen_lines(app))
            await pilot.press("right_square_bracket")
            await pilot.pause()

    drive(hostile, steps, size=size)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.text(max_size=60), st.text(max_size=60))
def test_both_columns_hold_every_character_and_no_unsafe_one(before, after):
    left = Content([{"role": "user", "content": before}])
    right = Content([{"role": "user", "content": after}])
    row = rows_of(left, right)[1]
    for side, text in ((row.left, before), (row.right, after)):
        assert not UNSAFE.search(side.plain.replace("\n", "").replace("\t", ""))
        assert side.plain.replace("<U+200D>", "\u200d").replace("<U+200C>", "\u200c") == visible(text).replace(
            "<U+200D>", "\u200d"
        ).replace("<U+200C>", "\u200c")


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 120))
def test_a_bar_is_as_wide_as_its_place_and_seen_unless_it_is_of_nothing(number, more, width):
    drawn = bar(number, number + more, width)
    assert len(drawn) == width
    assert bool(drawn.strip()) == (number > 0)
