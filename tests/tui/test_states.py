"""Every empty and odd state has a sentence that says what it is and what to do."""

import asyncio
import json
import sqlite3

import pytest

from curator.audit.open_data import open_data
from curator.errors import UsageError
from curator.settings.request import DataRequest
from curator.tui.actions.actions import ACTIONS, screens
from curator.tui.actions.keymap import keymap, rows_of
from curator.tui.completion import completions
from tests.tui.driving import decisions_of, drive, said, screen_text, until


def edits(path, contents):
    lines = [json.dumps({"messages": messages}) for messages in contents]
    path.write_text("\n".join(lines) + "\n")
    with open_data(DataRequest(data=(str(path),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return path


def pair(prompt, answer):
    return [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]


@pytest.fixture(autouse=True)
def homes(tmp_path, monkeypatch):
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("CURATOR_REVIEW_REPEAT_GUARD", "0")


def test_nothing_was_opened_yet():
    async def steps(pilot, app):
        text = screen_text(app)
        assert "Nothing was opened yet" in text
        assert "Open a file" in text
        assert "Sample data" in text
        await pilot.press("r")
        assert "Open some data first" in said(app)

    drive(None, steps)


def test_a_file_that_is_missing_or_empty_is_said_and_the_start_screen_stays(tmp_path):
    (tmp_path / "empty.jsonl").write_bytes(b"")

    async def steps(pilot, app):
        for name, sentence in (("empty.jsonl", "is empty"), ("gone.jsonl", "does not exist")):
            await pilot.press("slash", *str(tmp_path / name), "enter")
            await until(pilot, lambda sentence=sentence: sentence in said(app))
            assert app.screen.page_name == "start"

    drive(None, steps)


def test_what_was_open_is_offered_again(desk):
    async def first(pilot, app):
        await pilot.press("a")

    async def again(pilot, app):
        assert "desk.jsonl" in screen_text(app)
        assert "1 decided" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.page_name == "overview")

    drive(desk, first)
    drive(None, again)


def test_the_sample_data_open_with_one_key():
    async def steps(pilot, app):
        await pilot.press("s")
        await until(pilot, lambda: app.screen.page_name == "overview" and "messy.jsonl" in screen_text(app))
        await pilot.press("r")
        assert app.session.review.partial
        assert app.screen.shown is not None

    drive(None, steps)


def test_a_filter_that_finds_nothing_says_so_and_how_to_go_on(desk):
    async def steps(pilot, app):
        await pilot.press("slash", *"zeppelin", "enter")
        await until(pilot, lambda: "No example is found by zeppelin" in screen_text(app))
        assert "c shows all again" in screen_text(app)
        await pilot.press("a", "e", "F", "j", "c")
        assert app.screen.shown is not None

    drive(desk, steps)
    assert decisions_of(desk) == []


def test_a_faulty_filter_shows_a_caret_and_what_was_meant(desk):
    async def steps(pilot, app):
        await pilot.press("slash", *"chekc:refusal", "enter")
        await until(pilot, lambda: "Did you mean" in screen_text(app))
        text = screen_text(app)
        assert "Did you mean 'check'?" in text
        assert "^" in text
        await pilot.press("escape")
        assert app.screen.where == ""

    drive(desk, steps)


def test_completion_offers_keys_and_values():
    assert "check:" in completions("ch")
    assert completions("check:near-d") == {"check:near-duplicate": "check:near-duplicate"}
    assert completions("not (decided:n")["decided:no"] == "not (decided:no"
    assert "check:exact-duplicate" in completions("check:duplicate")
    assert completions("refund") == {}


def test_completions_are_a_list_that_arrows_move_in_and_tab_takes_from(desk):
    async def steps(pilot, app):
        await pilot.press("slash", *"check:near")
        await pilot.pause()
        offered = list(completions("check:near"))
        assert len(offered) > 1
        assert all(name in screen_text(app) for name in offered)
        await pilot.press("down", "tab")
        assert app.screen.query_one("FilterBar Input").value == offered[1]
        await pilot.press("escape")
        await pilot.pause()
        assert offered[0] not in screen_text(app)

    drive(desk, steps)


def test_tab_completes_the_path_of_a_data_file(tmp_path, monkeypatch):
    for name in ("STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    folder = tmp_path / "my data"
    folder.mkdir()
    edits(folder / "wishes.jsonl", [pair("What is a kettle?", "A pot.")])
    (folder / "wishes.txt~").write_text("not data")
    monkeypatch.chdir(folder)

    async def steps(pilot, app):
        assert "wishes.jsonl" in screen_text(app)
        assert "wishes.txt~" not in screen_text(app)
        await pilot.press("slash", *f"{tmp_path}/my", "tab", *"wi", "tab")
        assert app.screen.query_one("Input").value == str(folder / "wishes.jsonl")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: app.session.review is not None)

    drive(None, steps)


def test_a_finished_queue_says_what_comes_next(tmp_path):
    data = edits(tmp_path / "two.jsonl", [pair("What is a kettle?", "A pot."), pair("And a lamp?", "A light.")])

    async def steps(pilot, app):
        await pilot.press("a", "x")
        assert "The queue is finished" in said(app)
        assert app.session.review.decisions.counts() == {"pending": 0, "keep": 1, "drop": 1, "flag": 0}

    drive(data, steps)


def test_skipping_leaves_examples_open_and_says_how_many(tmp_path):
    data = edits(tmp_path / "two.jsonl", [pair("What is a kettle?", "A pot."), pair("And a lamp?", "A light.")])

    async def steps(pilot, app):
        await pilot.press("space", "a")
        assert "1 were left open" in said(app)

    drive(data, steps)


async def scrolled_to(pilot, app, words):
    """Scroll on until words show: only what is near is wrapped, and more as one scrolls."""
    while words not in screen_text(app):
        app.screen.query_one("#example").scroll_end(animate=False)
        await pilot.pause()


def test_white_space_and_very_long_texts_are_named_as_such(tmp_path):
    data = edits(tmp_path / "odd.jsonl", [pair(" \n\t", "x" * 150_000), pair("\x07\x1b", "fine")])

    async def steps(pilot, app):
        app.screen.go_to_position([0])
        await pilot.pause()
        assert "nothing but white space" in screen_text(app)
        await pilot.press("pagedown")
        await scrolled_to(pilot, app, "138,000 of 150,000 characters are folded away")
        await pilot.press("z")
        await scrolled_to(pilot, app, "88,000 of 150,000")

    drive(data, steps, size=(120, 40))


def test_a_terminal_that_is_too_small_says_so_and_still_quits(desk):
    async def steps(pilot, app):
        assert "please enlarge" in " ".join(screen_text(app).split())
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "please enlarge" not in screen_text(app)

    drive(desk, steps, size=(50, 12))


def test_a_full_disk_is_said_in_red_and_nothing_moves_on(desk):
    from curator.project.refusals import disk_full

    async def steps(pilot, app):
        before = app.screen.shown.id

        def full(*_):
            raise disk_full(desk)

        log = app.session.review.opened.project.log
        append, log.append = log.append, full
        await pilot.press("a")
        assert app.screen.shown.id == before
        assert "NOT SAVED" in screen_text(app)
        assert "disk is full" in said(app)
        log.append = append
        await pilot.press("a")
        assert app.screen.shown.id != before
        assert "NOT SAVED" not in screen_text(app)

    drive(desk, steps)
    assert len(decisions_of(desk)) == 1


def test_another_process_that_writes_is_waited_for_and_nothing_is_lost(desk):
    async def steps(pilot, app):
        other = sqlite3.connect(desk.parent / f"{desk.name}.curator" / "project.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        app.call_later(app.screen.run_action, "keep")
        while app.session.saved_mark != "saving":  # a pause of the pilot would wait for the action's end
            await asyncio.sleep(0)
        other.execute("ROLLBACK")
        await until(pilot, lambda: app.session.review.decisions.counts()["keep"] == 1)

    drive(desk, steps)


def test_many_at_once_asks_with_the_exact_count_and_enter_is_no_answer(desk):
    async def steps(pilot, app):
        count = len(app.screen.queue)
        await pilot.press("X")
        assert f"Drop {count} undecided examples of the whole set?" in screen_text(app)
        await pilot.press("enter", "X", "n")
        assert app.session.review.decisions.counts()["drop"] == 0
        await pilot.press("X", "y")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == count)
        await pilot.press("u")
        await until(pilot, lambda: app.session.review.decisions.counts()["pending"] == count)

    drive(desk, steps)


def test_without_colour_every_state_is_a_word(desk, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot, app):
        await pilot.press("a", "k")
        text = screen_text(app)
        assert "KEPT" in text
        strips = app.screen._compositor.render_strips()
        from textual.filter import Monochrome

        assert any(isinstance(part, Monochrome) for part in app._filters)
        assert strips

    drive(desk, steps)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
def test_every_screen_fits_its_terminal(desk, size):
    async def steps(pilot, app):
        for key in ("r", "o", "l", "b", "d"):
            await pilot.press(key)
            await pilot.pause(0.05)
            lines = screen_text(app).split("\n")
            assert len(lines) <= size[1]
            assert "Help" in lines[-1]
            assert "Quit" in lines[-1]

    drive(desk, steps, size=size)


@pytest.mark.parametrize("keys", [("ctrl+p",), ("a", "h"), ("A",), ("x", "w")])
def test_a_dialog_bears_a_terminal_of_any_size(desk, keys):
    async def steps(pilot, app):
        await pilot.press(*keys)
        await app.workers.wait_for_complete()
        await pilot.pause()
        for size in ((20, 5), (1, 1), (2, 3), (5, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("pagedown", "end", "up")
        assert len(app.screen_stack) > 2

    drive(desk, steps)


def test_help_names_every_action_of_the_screen(desk):
    async def steps(pilot, app):
        await pilot.press("question_mark")
        text = screen_text(app)
        for _, label, _ in rows_of("review"):
            assert label in text

    drive(desk, steps, size=(120, 160))


def test_every_registered_action_has_its_method_and_no_default_keys_clash():
    from curator.tui.app import PAGES, CuratorApp

    keymap({})
    for action in ACTIONS:
        owner = CuratorApp if action.screen == "everywhere" else PAGES.get(action.screen)
        if owner is not None:
            assert hasattr(owner, f"action_{action.call.partition('(')[0]}"), action.id
    assert "review" in screens()


def test_keys_can_be_changed_and_clashes_are_refused_with_both_names(desk):
    with pytest.raises(UsageError, match=r"review\.keep.*review\.drop"):
        keymap({"review": {"keep": "x"}})
    with pytest.raises(UsageError, match=r"Did you mean review\.keep"):
        keymap({"review": {"kep": "k"}})
    (desk.parent / "curator.toml").write_text('[keys.review]\nkeep = "K, right"\n')

    async def steps(pilot, app):
        assert "K Keep" in screen_text(app)
        await pilot.press("a")
        assert app.session.review.decisions.counts()["keep"] == 0
        await pilot.press("K", "right")
        assert app.session.review.decisions.counts()["keep"] == 2

    drive(desk, steps)


def test_a_key_held_down_does_not_race_through_the_examples(desk, monkeypatch):
    monkeypatch.setenv("CURATOR_REVIEW_REPEAT_GUARD", "60000")

    async def steps(pilot, app):
        await pilot.press("a", "a", "a", "a")
        assert app.session.review.decisions.counts()["keep"] == 1
        await pilot.press("x")
        assert app.session.review.decisions.counts()["drop"] == 1

    drive(desk, steps)


def test_the_palette_lists_the_actions_of_the_screen(desk):
    async def steps(pilot, app):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert titles >= {"Keep   a", "Drop   x", "Overview   o", "Help   ?"}

    drive(desk, steps)


def test_while_the_data_are_being_checked_nothing_is_said_about_all_of_them(desk):
    async def steps(pilot, app):
        app.session.review.partial = True
        await pilot.press("X")
        assert "of the first 1" in " ".join(screen_text(app).split())
        assert "whole set" not in screen_text(app)
        await pilot.press("n")
        app.screen.narrow("zeppelin")
        await until(pilot, lambda: "The data are still being checked" in screen_text(app))
        assert "No example is found" not in screen_text(app)
        await pilot.press("b", "slash", *"zeppelin", "enter")
        await until(pilot, lambda: "Nothing among the first 1" in screen_text(app))

    drive(desk, steps)


def test_opening_a_file_shows_its_examples_before_it_is_checked(tmp_path):
    data = tmp_path / "new.jsonl"
    data.write_text(
        "".join(json.dumps({"messages": pair(f"Question {n}?", f"Answer {n}.")}) + "\n" for n in range(700))
    )

    async def steps(pilot, app):
        assert app.session.review.partial
        assert "Question 0?" in screen_text(app)
        await pilot.press("a")
        await until(pilot, lambda: not app.session.review.partial)
        assert len(app.session.review) == 700
        assert app.session.review.decisions.counts()["keep"] == 1

    drive(data, steps)
    assert (tmp_path / "new.jsonl.curator" / "logs" / "audit" / "events.jsonl").exists()
