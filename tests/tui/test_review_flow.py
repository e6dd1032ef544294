"""Going through examples: one key decides, everything is on the disk, everything can be taken back."""

from tests.tui.driving import decisions_of, drive, said, screen_text


def test_one_key_decides_and_goes_on(desk):
    async def steps(pilot, app):
        first = app.screen.seen.id
        await pilot.press("a")
        assert app.screen.seen.id != first
        assert app.review.standing(first).status == "keep"

    drive(desk, steps)
    assert [decision.action for decision in decisions_of(desk)] == ["keep"]


def test_every_decision_is_in_the_database_before_the_next_example_shows(desk):
    async def steps(pilot, app):
        for count, key in enumerate("axfa", 1):
            await pilot.press(key)
            assert len(app.review.opened.project.log.latest(100)) == count

    drive(desk, steps)


def test_undo_without_limit_leads_back_to_the_beginning_and_redo_forward_again(desk):
    async def steps(pilot, app):
        for key in "axfax":
            await pilot.press(key)
        decided = app.review.counts()
        for _ in range(5):
            await pilot.press("u")
        assert app.review.counts()["pending"] == len(app.review)
        await pilot.press("u")
        assert "Nothing of yours is left" in said(app)
        for _ in range(5):
            await pilot.press("U")
        assert app.review.counts() == decided

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
        here.append(app.screen.seen.id)
        await pilot.pause(0.6)

    async def look(pilot, app):
        assert app.screen.seen.id == here[0]

    here = []
    drive(desk, go_on)
    drive(desk, look)


def test_reading_only_decides_nothing(desk):
    async def steps(pilot, app):
        await pilot.press("a", "x", "u")
        assert "read-only" in screen_text(app)

    drive(desk, steps, readonly=True)
    assert decisions_of(desk) == []
