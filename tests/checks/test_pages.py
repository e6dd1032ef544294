"""Every check is explained on a page of its own, and those of text and privacy say how often they are right."""

import json
from pathlib import Path

import pytest

from benchmarks.checks.accuracy import COUNTS, PAGE, counts, labelled, page
from curator.checks.catalogue import CHECKS, check_named
from curator.checks.privacy import PRIVACY_CHECKS
from curator.checks.text import TEXT_CHECKS

PAGES = Path(__file__).parents[2] / "docs" / "checks"
EXPLANATIONS = Path(__file__).parents[2] / "curator" / "checks" / "pages"


@pytest.mark.parametrize(("page", "checks"), [("text.md", TEXT_CHECKS), ("privacy.md", PRIVACY_CHECKS)])
def test_a_table_names_its_checks_and_no_others(page, checks):
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    rows = [line.split("`")[1] for line in lines if line.startswith("| [`")]
    assert set(rows) == {check.name for check in checks}


def test_the_accuracy_of_every_check_was_read():
    accuracy = (PAGES / "accuracy.md").read_text(encoding="utf-8")
    assert all(f"| `{check.name}` |" in accuracy for check in (*TEXT_CHECKS, *PRIVACY_CHECKS))


def test_every_check_has_a_page_and_every_page_a_check():
    assert {path.stem for path in EXPLANATIONS.glob("*.md")} == {check.name for check in CHECKS}


def test_the_tables_of_the_documentation_link_to_the_explanations():
    for check in (*TEXT_CHECKS, *PRIVACY_CHECKS):
        text = (PAGES / f"{check.family}.md").read_text(encoding="utf-8")
        assert f"[`{check.name}`](../../curator/checks/pages/{check.name}.md)" in text


@pytest.mark.parametrize("check", [*TEXT_CHECKS, *PRIVACY_CHECKS], ids=lambda check: check.name)
def test_an_explanation_says_what_why_and_how_to_fix_it(check):
    assert len(check.explanation.split("\n\n")) == 3
    assert check.title[0].islower()


def test_the_precision_that_is_shown_is_that_of_the_findings_that_were_read():
    assert PAGE.read_text(encoding="utf-8") == page(PAGE.read_text(encoding="utf-8"), labelled())
    read = {check: tuple(numbers) for check, numbers in json.loads(COUNTS.read_text(encoding="utf-8")).items()}
    assert read == counts(labelled())


def test_a_check_says_how_many_of_its_findings_were_right_or_that_too_few_were_read():
    read, right = counts(labelled())["refusal"]
    assert f"{right} of {read} findings" in check_named("refusal").precision
    assert "Precision: unknown; 0 of its findings were read" in check_named("iban").precision
    assert check_named("invalid-json").precision == ""
