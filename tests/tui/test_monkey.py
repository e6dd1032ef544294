"""Random keys, pastes, clicks and sizes: nothing ends, and nothing is decided that no key decided."""

import asyncio

import pytest

from benchmarks.tui.monkey import piece
from benchmarks.tui.monkey_sets import made
from benchmarks.tui.warrants import DECIDING, LogRow, Warrant
from curator.audit.open_data import open_data
from curator.settings.request import DataRequest
from curator.tui.actions.actions import ACTIONS
from tests.tui.driving import drive


@pytest.mark.parametrize(("name", "seed"), [("one", 4), ("broken", 5)])
def test_random_events_leave_the_app_and_the_decisions_in_order(name, seed, tmp_path, monkeypatch):
    for folder in ("STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{folder}_HOME", str(tmp_path / folder))
    monkeypatch.setenv("CURATOR_REVIEW_REPEAT_GUARD", "0")
    data = made(name, tmp_path)
    with open_data(DataRequest(data=(str(data),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    outcome = asyncio.run(piece(data, seed, 100))
    assert outcome.faults == ()
    assert len(outcome.screens) > 2


def test_the_monkey_knows_every_action_that_decides():
    asks_first = {"policy", "fix", "edit", "new", "new_from", "editor", "reason", "note", "correct", "save", "likewise"}
    elsewhere = {"settings", "train", "edit"}
    deciding = {
        action.id
        for action in ACTIONS
        if action.decides and action.name not in asks_first and action.screen not in elsewhere
    }
    assert deciding == set(DECIDING)


def test_a_decision_that_no_key_made_is_a_fault():
    nothing, keep = Warrant(frozenset()), Warrant(frozenset({"keep"}), "ex-1")
    assert nothing.fault([LogRow("keep", "ex-1")])
    assert keep.fault([LogRow("drop", "ex-1")])
    assert keep.fault([LogRow("keep", "ex-2")])
    assert not keep.fault([LogRow("keep", "ex-1")])
    assert not nothing.fault([])


def test_a_second_click_in_the_list_of_all_reviews_the_example(desk):
    async def steps(pilot, app):
        await pilot.press("b")
        await app.workers.wait_for_complete()
        await pilot.pause()
        for _ in range(2):
            await pilot.click("#examples", offset=(5, 3))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.screen.page_name == "review"
        assert app.screen.shown.position == 3

    drive(desk, steps, size=(120, 40))


def test_where_the_app_cannot_give_its_terminal_away_the_editor_is_refused_in_a_sentence(desk, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def steps(pilot, app):
        await pilot.press("E")
        await pilot.pause()
        assert any("An editor needs a terminal" in one.sentence for one in app.said)
        assert list(tmp_path.glob("curator-*.json")) == []

    drive(desk, steps)


def test_a_dialog_shows_its_keys_however_long_it_is(desk):
    async def steps(pilot, app):
        await pilot.press("e", *"words", "ctrl+s")
        await pilot.pause()
        app.screen._before = app.screen._before._replace(messages=[{"role": "user", "content": "word " * 3000}])
        await app.screen.recompose()
        await pilot.pause()
        shown = app.screen.query_one(".keys").region
        assert shown.height
        assert app.screen.region.contains_region(shown)

    drive(desk, steps)
