"""What stands around the review: the list of the queue, settings, messages, the map, copies, where it was left."""

import base64
import json
import os
import re
import threading

import platformdirs
import pytest

from curator.audit.open_data import open_data
from curator.project.app_log import log_file
from curator.settings.request import DataRequest
from curator.tui.actions.actions import ACTIONS
from curator.tui.widgets.long_list import LongList
from tests.tui.driving import decisions_of, drive, said, screen_text, until


def test_where_there_is_room_the_queue_stands_beside_the_example(desk):
    async def steps(pilot, app):
        entries = app.screen.query_one(LongList)
        assert entries.display
        await pilot.press("a", "x")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == 1 and app.screen.place == 2)
        assert entries.cursor == 2
        await until(pilot, lambda: [line[1] for line in screen_text(app).split("\n")[2:5]] == ["✓", "✗", "·"])
        await pilot.click(LongList, offset=(5, 7))
        await until(pilot, lambda: app.screen.place == 7)
        await pilot.press("left_square_bracket")
        assert not entries.display
        await pilot.resize_terminal(80, 24)
        await pilot.press("left_square_bracket")
        assert entries.display

    drive(desk, steps, size=(170, 40))


def test_side_panel_list_and_scroll_are_as_they_were_left(desk):
    async def first(pilot, app):
        await pilot.press("left_square_bracket", "right_square_bracket", "j")
        app.screen.query_one("#example").scroll_to(y=3, animate=False, force=True)
        await pilot.pause()
        await app.screen._keep_place()

    async def again(pilot, app):
        await pilot.pause()
        assert app.screen.query_one(LongList).display
        assert not app.screen.query_one("#side").display
        assert app.screen.place == 1
        assert app.screen.query_one("#example").scroll_offset.y == 3

    drive(desk, first, size=(80, 15))
    drive(desk, again, size=(80, 15))


def test_findings_are_shown_again_after_the_app_was_closed(desk):
    async def closing(pilot, app):
        side = app.screen.query_one("#side")
        side._closing = True  # as it is for a moment while the app closes
        await app.screen._keep_place()
        side._closing = False

    async def again(pilot, app):
        await pilot.pause()
        assert app.screen.query_one("#side").display

    drive(desk, closing)
    drive(desk, again)


def test_a_setting_is_changed_in_the_app_and_applies_at_once(desk):
    (desk.parent / "curator.toml").write_text("# ours\n")

    async def steps(pilot, app):
        await pilot.press("comma")
        names = [one.name for one in app.screen.shown]
        for name, typed in (("review.reasons", "too salty, too sweet"), ("keys.review.keep", "K")):
            app.screen.query_one("#settings").highlighted = names.index(name)
            await pilot.press("e" if name.startswith("keys.") else "enter")
            await pilot.pause()
            field = app.screen.query_one("Input")
            field.value = typed
            await pilot.press("enter")
        await pilot.press("q", "1", "K")
        assert app.session.review.decisions.counts() == {**app.session.review.decisions.counts(), "drop": 1, "keep": 1}

    drive(desk, steps)
    text = (desk.parent / "curator.toml").read_text()
    assert text.startswith("# ours\n")
    assert 'keep = "K"' in text
    with open_data(DataRequest(data=(str(desk),))) as opened:
        assert [entry.reason for entry in opened.project.log.latest(5)] == [None, "too salty"]


def test_a_key_that_is_taken_is_refused_in_the_app_with_both_names(desk):
    async def steps(pilot, app):
        await pilot.press("comma")
        app.screen._change("keys.review.keep", "x")
        await pilot.pause()
        assert "review.keep" in said(app)
        assert "review.drop" in said(app)
        assert not (desk.parent / "curator.toml").exists()

    drive(desk, steps)


def test_what_was_said_can_be_read_again_and_errors_are_in_the_log(desk):
    async def steps(pilot, app):
        await pilot.press("colon", *"no-such-id", "enter")
        app.clear_notifications()
        await pilot.press("D")
        assert "is not in this queue" in screen_text(app)
        await pilot.press("escape", "comma")
        app.screen._change("tokens.max_tokens", "-1")
        assert "not possible" in log_file().read_text()

    drive(desk, steps)


def test_news_take_the_place_of_older_ones_of_their_kind_and_cover_nothing(desk):
    async def steps(pilot, app):
        await pilot.press("x", "u")
        await until(pilot, lambda: "Taken back" in said(app))
        below = [line for line in screen_text(app).split("\n") if "Taken back" in line]
        assert below == [" i Taken back: drop, 1 decision."]
        await pilot.press("S")
        await pilot.pause()
        assert said(app) == "In the order of the file."
        assert "Taken back" not in screen_text(app)
        app.notify("Something failed.", severity="error", markup=False)
        await pilot.pause()
        assert "E Something failed." in screen_text(app)
        assert "i In the order of the file." in screen_text(app)
        await pilot.click("NoticeBar")
        await pilot.pause()
        assert "Something failed" not in screen_text(app)
        assert len(app.said) >= 3

    drive(desk, steps)


def test_where_there_is_no_shell_suspending_says_so(desk):
    async def steps(pilot, app):
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "There is no shell behind this window" in said(app))

    drive(desk, steps)


@pytest.mark.parametrize("width", [60, 80, 120, 240])
def test_the_stage_and_the_time_left_of_a_check_are_there_at_any_width(desk, monkeypatch, width):
    said_so = "checking: comparing texts 63%, 12,000 of 52,000 examples, 5,300/s, 12 s left"
    monkeypatch.setattr("curator.tui.open_session.Session.audit_progress", said_so)

    async def steps(pilot, app):
        app.screen.refresh_bars()
        await pilot.pause()
        line = next(line for line in screen_text(app).split("\n") if " 0 of 117" in line)
        assert "checking: comparing texts 63%" in line
        assert "12 s left" in line
        assert ("5,300/s" in line) == (width >= 120)

    drive(desk, steps, size=(width, 24))


def test_what_a_library_prints_is_in_the_log_and_not_on_the_screen(desk):
    async def steps(pilot, app):
        print("a progress bar of somebody's")
        await until(pilot, log_file().exists)
        assert "progress bar" not in screen_text(app)
        assert "a progress bar of somebody's" in log_file().read_text()

    drive(desk, steps)


def test_a_copy_goes_to_the_terminal_and_to_a_file_and_the_toast_says_so(desk, monkeypatch):
    async def steps(pilot, app):
        edits = []
        monkeypatch.setattr(app._driver, "write", edits.append)
        await pilot.press("y")
        copied = json.loads((platformdirs.user_state_path("curator") / "copied.txt").read_text())
        assert copied == app.screen.shown.content.identity()
        [sequence] = [text for text in edits if "\x1b]52;" in text]
        assert json.loads(base64.b64decode(sequence.split(";")[2].rstrip("\a"))) == copied
        assert "copied.txt" in said(app)
        monkeypatch.setenv("TERM_PROGRAM", "Apple_Terminal")
        await pilot.press("y")
        assert "has no clipboard" in said(app)

    drive(desk, steps)


def test_the_map_lists_topics_and_enter_reviews_one_or_says_why_there_is_none(desk):
    async def steps(pilot, app):
        await pilot.press("o", "m")
        await pilot.pause()
        if app.session.review.audit.meaning is None:
            assert "did not look at meaning" in screen_text(app)
            return
        topics = app.session.review.audit.meaning.topics
        assert topics["title"][0] in screen_text(app)
        assert any("⠀" < mark <= "⣿" for mark in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.page_name == "review" and len(app.screen.queue) == topics["examples"][0])

    drive(desk, steps)


def test_the_overview_draws_findings_and_tokens(desk):
    async def steps(pilot, app):
        await pilot.press("o")
        await until(pilot, lambda: app.screen.report is not None)
        text = screen_text(app)
        assert "█" in text
        assert "▁" in text or "▂" in text
        assert "─────" in text

    drive(desk, steps, size=(100, 90))


def test_a_filter_that_is_slow_leaves_the_keys_working(desk, monkeypatch):
    async def steps(pilot, app):
        matching, released = app.session.review.matching, threading.Event()

        def slow(where):
            released.wait()
            return matching(where)

        monkeypatch.setattr(app.session.review, "matching", slow)
        await pilot.press("o")
        await until(pilot, lambda: app.screen.report is not None)
        app.review_found("severity:warning")
        before = app.screen.place
        assert "Looking for severity:warning" in screen_text(app) or app.screen.where == ""
        await pilot.press("j")
        assert app.screen.place == before + 1
        released.set()
        await until(pilot, lambda: app.screen.where == "severity:warning")

    drive(desk, steps)


def test_the_check_that_runs_can_be_stopped_and_says_that_it_goes_on_later(tmp_path, monkeypatch):
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    data = tmp_path / "new.jsonl"
    line = {"messages": [{"role": "user", "content": "A lamp?"}, {"role": "assistant", "content": "It glows. " * 200}]}
    data.write_text("".join(json.dumps({**line, "n": n}) + "\n" for n in range(20_000)))

    async def steps(pilot, app):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: "The check was stopped" in said(app))
        assert app.session.audit_progress == "not checked"

    drive(data, steps)


def test_no_default_key_is_one_that_terminals_do_not_send():
    unreliable = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+enter", "shift+enter", "alt+enter"}
    for action in ACTIONS:
        keys = action.keys.split(",")
        assert not unreliable & set(keys), action.id
        assert any(not re.fullmatch(r"alt\+.*|shift\+.*|f\d+", key) for key in keys), action.id


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_project_kept_elsewhere_is_said(desk):
    desk.parent.chmod(0o500)

    async def steps(pilot, app):
        assert "cannot be written" in said(app)

    try:
        drive(desk, steps)
    finally:
        desk.parent.chmod(0o700)


def test_unreadable_lines_are_dropped_where_they_are_listed_and_the_verdict_follows(desk):
    async def steps(pilot, app):
        await pilot.press("o")
        await until(pilot, lambda: "3 of 120 lines could not be read" in screen_text(app))
        assert "p shows them" in screen_text(app) and "--dry-run" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "3 lines could not be read as an example, 3 of them" in screen_text(app))
        await pilot.press("x")
        await until(pilot, lambda: "2 of them undecided" in screen_text(app))
        await pilot.press("X", "y")
        await until(pilot, lambda: "none of them undecided" in screen_text(app))
        await pilot.press("u")
        await until(pilot, lambda: "2 of them undecided" in screen_text(app))
        await pilot.press("X", "y")
        await until(pilot, lambda: "none of them undecided" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "one thing stands in the way" in screen_text(app))
        assert "could not be read" not in screen_text(app)

    drive(desk, steps, size=(120, 40))
    assert {decision.reason for decision in decisions_of(desk) if decision.action == "drop"} == {"cannot be read"}
