"""The map of meaning: a cursor finds examples by where they lie, and colours say what is known of them."""

import numpy as np
import pytest
from textual.widgets import OptionList

from curator.audit.meaning.meaning import map_coordinates
from curator.errors import UsageError
from curator.tui.widgets.charts.scatter import ScatterMap
from tests.tui.driving import drive, screen_text, until


async def to_the_map(pilot, app):
    await pilot.press("o", "m", "tab")
    await pilot.pause()
    return app.screen.query_one(ScatterMap)


def test_a_region_that_is_stretched_over_the_whole_map_finds_all_that_is_on_it(desk):
    async def steps(pilot, app):
        plot = await to_the_map(pilot, app)
        there = ~np.isnan(map_coordinates(app.session.review.audit.meaning.examples)[:, 0])
        await pilot.press("space", *["shift+right"] * 40, *["shift+down"] * 20)
        assert plot.bounds == (0, 100, 0, 100)
        assert f"{there.sum():,} examples here" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.page_name == "review" and len(app.screen.queue) == there.sum())

    drive(desk, steps, size=(120, 40))


def test_each_example_is_found_in_one_cell_of_the_map(desk):
    async def steps(pilot, app):
        plot = await to_the_map(pilot, app)
        review, found = app.session.review, 0
        for line in range(plot.size.height):
            for cell in range(plot.size.width):
                plot.cursor = (line, cell)
                found += review.matching(app.screen.filter_here).sum()
        there = ~np.isnan(map_coordinates(review.audit.meaning.examples)[:, 0])
        assert found >= there.sum() > 0
        assert found <= there.sum() * 1.02, "only what lies on an edge is in two"

    drive(desk, steps, size=(60, 16))


def test_where_nothing_is_a_sentence_says_so_and_nothing_opens(desk):
    async def steps(pilot, app):
        plot = await to_the_map(pilot, app)
        while app.session.review.matching(app.screen.filter_here).any():
            await pilot.press("right")
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.page_name == "map" and plot.has_focus
        assert "No example is here" in screen_text(app)

    drive(desk, steps, size=(120, 40))


def test_colours_are_of_the_topic_then_of_findings_then_of_decisions(desk):
    async def steps(pilot, app):
        await to_the_map(pilot, app)
        for names in (("the topic in the list",), ("info", "warning", "error"), ("keep", "drop", "flag")):
            assert all(f"⣿ {name}" in screen_text(app) for name in names)
            await pilot.press("v")
            await pilot.pause()
        assert "the topic in the list" in screen_text(app)

    drive(desk, steps, size=(120, 40))


def test_a_click_sets_the_cursor_and_tab_goes_back_to_the_list(desk):
    async def steps(pilot, app):
        plot = await to_the_map(pilot, app)
        await pilot.click(plot, offset=(12, 5))
        assert plot.cursor == (5, 10)
        await pilot.press("tab")
        assert app.screen.query_one(OptionList).has_focus

    drive(desk, steps, size=(120, 40))


def test_a_filter_asks_for_a_place_on_the_map_only_where_there_is_one(desk, monkeypatch):
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")

    async def steps(pilot, app):
        with pytest.raises(UsageError, match="meaning was not looked at"):
            app.session.review.matching("map-x:0..10")

    drive(desk, steps)
