"""Browsing: the whole set as a list, sorted, filtered, selected, decided about at once."""

import numpy as np

from curator.tui.widgets.long_list import LongList
from tests.tui.driving import decisions_of, drive, screen_lines, screen_text, until


async def browse(pilot, app):
    await pilot.press("b")
    await until(pilot, lambda: app.screen.page_name == "browse" and len(app.screen.order) == len(app.session.review))
    await pilot.pause()
    return app.screen


def test_all_examples_are_listed_with_what_was_found_in_them(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        assert app.focused is screen.examples
        assert f"1 of {len(app.session.review)}" in screen_text(app)
        faulty = int(np.flatnonzero(app.session.review.edits.severity < 3)[0])
        screen.examples.cursor = faulty
        await pilot.pause()
        line = next(line for line in screen_lines(app) if app.session.review.edits.findings_at(faulty)[0].check in line)
        assert any(mark in line[:4] for mark in "EWi")

    drive(desk, steps)


def test_each_order_begins_with_what_it_is_named_after(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        by = {}
        for _ in range(4):
            order = app.screen.order
            by[screen._asked.by] = order.copy()
            await pilot.press("s")
            await until(pilot, lambda order=order: app.screen.order is not order)
        tokens = app.session.review.audit.loaded.facts["tokens"].to_numpy()
        assert by["position"].tolist() == sorted(by["position"])
        assert (np.diff(app.session.review.edits.severity[by["severity"]].astype(int)) >= 0).all()
        assert (np.diff(tokens[by["tokens"]].astype(int)) <= 0).all()
        assert (np.diff(screen._listing.similarity[by["similarity"]]) <= 0).all()
        first = int(screen.order[0])
        await pilot.press("S")
        await until(pilot, lambda: int(screen.order[-1]) == first)

    drive(desk, steps)


def test_the_list_follows_a_filter_while_it_is_typed(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        await pilot.press("slash", *"kettle")

        def are_found():
            found = [str(app.session.review.at(position).content).lower() for position in screen.order.tolist()]
            return bool(found) and all("kettle" in content for content in found)

        await until(pilot, are_found)
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is screen.examples)
        await pilot.press("c")
        await until(pilot, lambda: len(screen.order) == len(app.session.review))

    drive(desk, steps)


def test_a_filter_that_cannot_be_read_says_where_and_leaves_the_list_alone(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        await pilot.press("slash")
        app.focused.value = "tokns:>5"
        await pilot.press("enter")
        await until(pilot, lambda: "Did you mean 'tokens'?" in screen_text(app))
        assert len(screen.order) == len(app.session.review)

    drive(desk, steps)


def test_a_filter_that_finds_nothing_says_how_to_go_on(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        await pilot.press("slash", *"zzzz", "enter")
        await until(pilot, lambda: len(screen.order) == 0)
        await pilot.pause()
        assert "No example is found by zzzz.  c shows all" in screen_text(app)
        await pilot.press("a", "space", "enter", "j", "J", "equals_sign")

    drive(desk, steps)
    assert decisions_of(desk) == []


def test_what_is_selected_is_decided_as_one_and_undone_as_one(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        await pilot.press("space", "j", "J", "J")
        assert screen.selection.positions().tolist() == [0, 2, 3, 4]
        await pilot.press("x")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == 4)
        assert screen.selection.count == 0
        assert "✗" in screen_text(app)
        await pilot.press("u")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == 0)

    drive(desk, steps)
    assert [decision.action for decision in decisions_of(desk)] == ["undo", *["drop"] * 4]


def test_without_a_selection_the_example_at_the_cursor_is_decided(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        await pilot.press("j", "f")
        await until(pilot, lambda: app.session.review.decisions.counts()["flag"] == 1)
        assert app.session.review.decisions.status[1] == 3
        assert screen.examples.cursor == 2

    drive(desk, steps)


def test_many_are_decided_only_after_the_count_was_confirmed_with_y(desk):
    async def steps(pilot, app):
        await browse(pilot, app)
        await pilot.press("ctrl+a", "x")
        assert f"Drop {len(app.session.review)} examples?" in screen_text(app)
        await pilot.press("enter", "x")
        assert "examples?" in screen_text(app)
        await pilot.press("n")
        assert app.session.review.decisions.counts()["drop"] == 0
        await pilot.press("x", "y")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == len(app.session.review))
        await pilot.press("u")
        await until(pilot, lambda: app.session.review.decisions.counts()["drop"] == 0)

    drive(desk, steps)


def test_enter_reviews_the_example_at_the_cursor_within_what_the_filter_found(desk):
    async def steps(pilot, app):
        screen = await browse(pilot, app)
        await pilot.press("slash")
        app.focused.value = "role:system"
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is screen.examples and 0 < len(screen.order) < len(app.session.review))
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        assert app.screen.page_name == "review"
        assert app.screen.shown.position == int(screen.order[2])
        assert app.screen.where == "role:system"

    drive(desk, steps)


def test_two_examples_stand_beside_each_other(desk):
    async def steps(pilot, app):
        await browse(pilot, app)
        await pilot.press("space", "space", "equals_sign")
        await until(pilot, lambda: app.screen.page_name == "compare" and "│" in screen_text(app))
        assert app.session.review.positions.id_at(0) in screen_text(app)
        assert app.session.review.positions.id_at(1) in screen_text(app)
        await pilot.press("s", "escape")
        assert app.screen.page_name == "browse"

    drive(desk, steps, size=(120, 40))


def test_nothing_is_decided_when_the_data_are_open_read_only(desk):
    async def steps(pilot, app):
        await browse(pilot, app)
        await pilot.press("x", "ctrl+a", "x", "a", "u")

    drive(desk, steps, readonly=True)
    assert decisions_of(desk) == []


def test_the_last_of_a_million_is_reached_as_the_last_of_ten():
    from textual.app import App
    from textual.content import Content

    made = []

    def line(entry, width):
        made.append(entry)
        return Content(f"entry {entry}")

    class Lists(App):
        def compose(self):
            yield LongList(line, 1_000_000)

    async def run():
        app = Lists()
        async with app.run_test(size=(80, 24)) as pilot:
            entries = app.query_one(LongList)
            for cursor in (999_999, 500_000, 0):
                entries.cursor = cursor
                await pilot.pause()
                assert any(f"entry {cursor}" in line for line in screen_lines(app))
        assert len(made) < 24 * 6

    import asyncio

    asyncio.run(run())
