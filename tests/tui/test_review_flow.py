"""Going through examples: one key decides, everything is on the disk, everything can be taken back."""

import polars as pl
import pytest

from curator.audit.ids import positions_of
from curator.audit.open_data import open_data
from curator.errors import UsageError
from curator.settings.request import DataRequest
from tests.tui.driving import decisions_of, drive, said, screen_text, until


def test_one_key_decides_and_goes_on(desk):
    async def steps(pilot, app):
        first = app.screen.shown.id
        await pilot.press("a")
        assert app.screen.shown.id != first
        assert app.session.review.decisions.state_of(first).status == "keep"

    drive(desk, steps)
    assert [decision.action for decision in decisions_of(desk)] == ["keep"]


def test_every_decision_is_in_the_database_before_the_next_example_shows(desk):
    async def steps(pilot, app):
        for count, key in enumerate("axfa", 1):
            await pilot.press(key)
            assert len(app.session.review.opened.project.log.latest(100)) == count

    drive(desk, steps)


def test_undo_without_limit_leads_back_to_the_beginning_and_redo_forward_again(desk):
    async def steps(pilot, app):
        for key in "axfax":
            await pilot.press(key)
        decided = app.session.review.decisions.counts()
        assert "today 5" in screen_text(app)
        for _ in range(5):
            await pilot.press("u")
        assert "today" not in screen_text(app)
        assert app.session.review.decisions.counts()["pending"] == len(app.session.review)
        await pilot.press("u")
        assert "Nothing of yours is left" in said(app)
        for _ in range(5):
            await pilot.press("U")
        assert app.session.review.decisions.counts() == decided

    drive(desk, steps)


def test_a_digit_drops_for_the_reason_that_stands_beside_it(desk):
    async def steps(pilot, app):
        await pilot.press("2")

    drive(desk, steps)
    [decision] = decisions_of(desk)
    assert (decision.action, decision.reason) == ("drop", "poor style")


def test_the_app_reopens_where_it_was_left(desk):
    async def go_on(pilot, app):
        await pilot.press("a", "j", "j")
        here.append(app.screen.shown.id)
        recall, session = app.session.review.opened.project.recall, app.screen._session
        await until(pilot, lambda: (recall(session) or {}).get("example") == here[0])

    async def look(pilot, app):
        assert app.screen.shown.id == here[0]

    here = []
    drive(desk, go_on)
    drive(desk, look)


def test_reading_only_decides_nothing(desk):
    async def steps(pilot, app):
        await pilot.press("a", "x", "u")
        assert "read-only" in screen_text(app)

    drive(desk, steps, readonly=True)
    assert decisions_of(desk) == []


def test_what_resembles_an_example_is_one_key_away(desk):
    async def steps(pilot, app):
        example = app.screen.shown.id
        await pilot.press("s")
        await until(pilot, lambda: app.screen.where == f"similar:{example}")
        assert 0 < len(app.screen.queue) < len(app.session.review)
        near = app.session.review.nearness(app.screen.where)
        assert app.screen.queue.tolist() == list(near)
        assert list(near.values()) == sorted(near.values(), reverse=True)
        assert f"similarity {near[app.screen.shown.position]:.3f}" in screen_text(app)

    drive(desk, steps)


@pytest.mark.parametrize("key", ["c", "escape"])
def test_from_similar_examples_one_key_leads_back_to_where_they_were_asked_for(desk, key):
    async def steps(pilot, app):
        app.screen.narrow("tokens:>5")
        await until(pilot, lambda: app.screen.where == "tokens:>5")
        app.screen.show_place(7)
        first = app.screen.shown.id
        await pilot.press("s")
        await until(pilot, lambda: app.screen.where == f"similar:{first}")
        await pilot.press("j")
        second = app.screen.shown.id
        await pilot.press("s")
        await until(pilot, lambda: app.screen.where == f"similar:{second}")
        for where, example in ((f"similar:{first}", second), ("tokens:>5", first)):
            await pilot.press(key)
            await until(pilot, lambda where=where: app.screen.where == where)
            assert app.screen.shown.id == example
        await pilot.press("c")
        assert (app.screen.where, app.screen.shown.id) == ("", first)

    drive(desk, steps)


def test_data_that_changed_are_said_to_have_and_decisions_follow_their_examples(desk):
    async def decide(pilot, app):
        await pilot.press("a", "x")

    async def again(pilot, app):
        assert "The data changed" in said(app)
        assert "1 decided example of then cannot be found" in said(app)
        assert app.session.review.decisions.counts()["keep"] + app.session.review.decisions.counts()["drop"] == 1

    drive(desk, decide)
    [dropped] = [decision.example for decision in decisions_of(desk) if decision.action == "drop"]
    with open_data(DataRequest(data=(str(desk),))) as opened:
        position = int(positions_of(opened.saved_audit().loaded, pl.Series([dropped]))[0])
        line = int(opened.saved_audit().loaded.facts["line"][position])
    lines = desk.read_bytes().split(b"\n")
    desk.write_bytes(b"\n".join(lines[: line - 1] + lines[line:]))
    with open_data(DataRequest(data=(str(desk),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    drive(desk, again)


def test_the_findings_can_be_put_aside(desk):
    async def steps(pilot, app):
        await pilot.press("right_square_bracket")
        assert "Drop because" not in screen_text(app)
        await pilot.press("right_square_bracket")
        assert "Drop because" in screen_text(app)

    drive(desk, steps, size=(120, 40))


def test_the_theme_is_a_setting(desk):
    async def steps(pilot, app):
        assert app.theme == "textual-light"

    (desk.parent / "curator.toml").write_text('[review]\ntheme = "textual-light"\n')
    drive(desk, steps)
    (desk.parent / "curator.toml").write_text('[review]\ntheme = "pink"\n')
    with pytest.raises(UsageError, match="no theme 'pink'"):
        drive(desk, steps)
