"""The tour's key table is the registry's; what it says the app can do is registered."""

from pathlib import Path

from curator.tui.actions.key_table import with_table

TOUR = Path(__file__).parents[2] / "docs" / "review.md"


def test_the_key_table_of_the_tour_is_that_of_the_app():
    page = TOUR.read_text(encoding="utf-8")
    assert with_table(page) == page, "run: python -m curator.tui.actions.key_table docs/review.md"
