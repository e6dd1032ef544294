"""Every check of text and privacy is on its page and in the list of how often it is right."""

from pathlib import Path

import pytest

from curator.checks.privacy import PRIVACY_CHECKS
from curator.checks.text import TEXT_CHECKS

PAGES = Path(__file__).parents[2] / "docs" / "checks"


@pytest.mark.parametrize(("page", "checks"), [("text.md", TEXT_CHECKS), ("privacy.md", PRIVACY_CHECKS)])
def test_a_page_names_its_checks_and_no_others(page, checks):
    rows = [line.split("`")[1] for line in (PAGES / page).read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
    assert set(rows) == {check.name for check in checks}


def test_the_accuracy_of_every_check_was_read():
    accuracy = (PAGES / "accuracy.md").read_text(encoding="utf-8")
    assert all(f"| `{check.name}` |" in accuracy for check in (*TEXT_CHECKS, *PRIVACY_CHECKS))


@pytest.mark.parametrize("check", [*TEXT_CHECKS, *PRIVACY_CHECKS], ids=lambda check: check.name)
def test_an_explanation_says_what_why_and_how_to_fix_it(check):
    assert len(check.explanation.split("\n\n")) == 3
    assert check.title[0].islower()
