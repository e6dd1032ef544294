"""The latest decision for what is like the example it was about: shown first, one step, one undo."""

import numpy as np

from curator.tui.screens.reviewing.likewise import first_fall
from tests.tui.driving import decisions_of, drive, said, screen_text, until


async def offered(pilot, app):
    await until(pilot, lambda: type(app.screen).__name__ == "LikewiseScreen")
    await pilot.pause()
    return app.screen


def test_the_same_is_decided_about_those_selected_in_one_step_that_one_undo_takes_back(desk):
    async def steps(pilot, app):
        await pilot.press("x", "w")
        dialog = await offered(pilot, app)
        near = list(dialog._near.values())
        assert near == sorted(near, reverse=True)
        assert f"{near[0]:.3f}" in screen_text(app)
        await pilot.press("space", "plus", "plus", "minus")
        wanted = sorted(dialog.selected)
        assert len(wanted) > 1
        await pilot.press("y")
        await until(pilot, lambda: "as one decision" in said(app))
        review = app.session.review
        assert np.flatnonzero(review.decisions.status == 2).size == len(wanted) + 1
        await pilot.press("u")
        await until(pilot, lambda: review.decisions.counts()["drop"] == 1)

    drive(desk, steps, size=(120, 40))
    assert [entry.action for entry in decisions_of(desk, 2)] == ["undo", "drop"]


def test_only_open_examples_are_offered_and_no_is_the_default(desk):
    async def steps(pilot, app):
        await pilot.press("w")
        await until(pilot, lambda: "Decide about an example first" in said(app))
        await pilot.press("x", "w")
        first = await offered(pilot, app)
        nearest = first._positions[0]
        await pilot.press("enter", "escape")
        await until(pilot, lambda: app.screen.page_name == "review")
        app.session.review.decide([nearest], "keep")
        await pilot.press("w")
        assert nearest not in (await offered(pilot, app))._positions

    drive(desk, steps)
    assert len(decisions_of(desk)) == 2


def test_what_is_selected_at_first_ends_where_the_similarity_falls_most():
    assert first_fall([0.9, 0.88, 0.5, 0.45]) == 2
    assert first_fall([0.9, 0.3, 0.29]) == 1
    assert first_fall([0.9]) == 1
    assert first_fall([0.9, 0.2]) == 2


def test_in_varied_order_topics_take_turns(desk):
    async def steps(pilot, app):
        await pilot.press("S", "S")
        await until(pilot, lambda: app.screen.order == "varied")
        queue, review = app.screen.queue, app.session.review
        topics = review.audit.meaning.examples["topic"].to_numpy()[queue]
        several = len(set(topics.tolist()))
        assert several > 1
        assert len(set(topics[:several].tolist())) == several
        assert sorted(queue.tolist()) == list(range(len(review)))

    drive(desk, steps)
