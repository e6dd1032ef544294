"""The main screens, character by character, at two sizes; and without colour.

`DRAW_SCREENS=1 python -m pytest tests/tui/test_what_screens_show.py` draws `tests/tui/screens/` anew: look at the
difference before you keep it.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

from curator.audit.open_data import open_data
from curator.settings.request import DataRequest
from tests.tui.conftest import SAMPLE
from tests.tui.driving import drive, screen_text, until

DRAWN = Path(__file__).parent / "screens"
SIZES = [(80, 24), (120, 40)]
SVG_OWN = "c5c8c6"
"""The colour of text that has none, in Textual's SVG."""

QUESTION = '[labels.tone]\nkind = "choice"\nvalues = ["warm", "cold"]\nquestion = "How does the answer sound?"\n'
SCREENS = {
    "review": ("a", "x", "j"),
    "filtered": ("slash", *"check:refusal decided:no zeppelin", "enter"),
    "overview": ("o",),
    "browse": ("b", "s", "J", "j"),
    "duplicates": ("d",),
    "labels": ("l", "1"),
    "settings": ("comma",),
    "help": ("question_mark",),
}
"""By name: the keys that lead there from the review."""


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """A folder with 300 lines, audited without an embedding model: processors differ in its last digits."""
    folder = tmp_path_factory.mktemp("screens")
    (folder / "desk.jsonl").write_bytes(b"\n".join(SAMPLE.read_bytes().split(b"\n")[:300]) + b"\n")
    (folder / "curator.toml").write_text(f'[meaning]\nembedder = "none"\n\n{QUESTION}')
    with open_data(DataRequest(data=(str(folder / "desk.jsonl"),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return folder


@pytest.fixture(autouse=True)
def quiet_desk(audited, tmp_path, monkeypatch):
    """The folder to work in; names on the screen are relative, so that they are the same everywhere."""
    for name in ("STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("CURATOR_REVIEW_REPEAT_GUARD", "0")
    shutil.copytree(audited, tmp_path / "work", copy_function=shutil.copy2)
    monkeypatch.chdir(tmp_path / "work")
    with open_data(DataRequest(data=("desk.jsonl",))) as opened:
        opened.audited(lambda *_: None, texts=True)


async def gone_to(pilot, app, name):
    for key in SCREENS[name]:
        await pilot.press(key)
        await app.workers.wait_for_complete()
    await until(pilot, lambda: app.session.saved_mark == "saved")
    app.clear_notifications()
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


def compared(text, name):
    path = DRAWN / f"{name}.txt"
    if os.environ.get("DRAW_SCREENS"):
        DRAWN.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was_drawn(name, size):
    async def steps(pilot, app):
        await gone_to(pilot, app, name)
        compared(screen_text(app), f"{name}-{size[0]}x{size[1]}")

    drive(Path("desk.jsonl"), steps, size=size, annotator="ann")


def test_the_first_screen_of_all_is_as_it_was_drawn():
    async def steps(pilot, app):
        compared(screen_text(app), "start-80x24")

    drive(None, steps)


@pytest.mark.parametrize("name", ["review", "overview", "browse", "duplicates"])
def test_without_colour_the_same_is_there_in_greys(name, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot, app):
        await gone_to(pilot, app, name)
        compared(screen_text(app), f"{name}-80x24")
        used = set(re.findall(r"fill: #([0-9a-f]{6})", app.export_screenshot())) - {SVG_OWN}
        assert used
        assert {colour for colour in used if len({colour[:2], colour[2:4], colour[4:]}) > 1} == set()

    drive(Path("desk.jsonl"), steps, annotator="ann")
