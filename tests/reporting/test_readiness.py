"""The verdict answers whether data is ready to fine-tune on, and names what to do first."""

import shlex

import pytest
from a_report import a_check, a_finding

from curator.reporting.model import DecisionSummary, DuplicateSummary
from curator.reporting.verdict import ReadinessFacts, judge_readiness


def facts(**given):
    values = {
        "data": ["chats.jsonl"],
        "lines": 2000,
        "examples": 2000,
        "effective": 2000,
        "severities": {},
        "checks": [],
    }
    return ReadinessFacts(**(values | given))


def duplicates(exact):
    return DuplicateSummary(
        threshold=0.7, recall=0.999, exact=exact, near=0, groups=1, conflicts=0, templates=0, pairs={}, incomplete=[]
    )


def decided(dropped):
    return DecisionSummary(kept=0, dropped=dropped, flagged=0, edited=0, added=0, pending=0)


def test_two_thousand_clean_examples_are_ready_and_the_next_steps_are_split_and_export():
    verdict = judge_readiness(facts())
    assert verdict.ready
    assert verdict.headline.startswith("Ready: 2,000 examples")
    commands = [step.command for step in verdict.next_steps]
    assert commands == [
        "curator split chats.jsonl",
        "curator export chats.jsonl --target huggingface --out curated",
    ]


@pytest.mark.parametrize(("effective", "ready"), [(0, False), (99, False), (100, True), (999, True), (1000, True)])
def test_fewer_than_a_hundred_examples_left_are_not_ready(effective, ready):
    assert judge_readiness(facts(examples=effective, lines=effective, effective=effective)).ready is ready


def test_a_few_hundred_are_told_that_quality_matters_more_than_quantity():
    reasons = " ".join(judge_readiness(facts(lines=300, examples=300, effective=300)).reasons)
    assert "1,000 is comfortable" in reasons
    assert "Quality matters more than quantity" in reasons


def test_too_few_examples_are_asked_for_more_and_not_sent_on_to_export():
    verdict = judge_readiness(facts(lines=40, examples=40, effective=40))
    assert "Write at least 60 more good examples" in verdict.next_steps[-1].sentence
    assert not any("export" in (step.command or "") for step in verdict.next_steps)


def test_errors_are_previewed_with_the_recommended_policy_first():
    checks = [a_check("nothing-to-learn", "error", 5, "no answer")]
    verdict = judge_readiness(facts(severities={"error": 5}, checks=checks))
    assert not verdict.ready
    assert verdict.reasons[0].startswith("5 examples have an error")
    assert verdict.next_steps[0].command == "curator decide chats.jsonl --policy recommended --dry-run"
    assert verdict.next_steps[1].command == "curator show chats.jsonl --where check:nothing-to-learn"


def test_errors_that_were_decided_no_longer_stand_in_the_way():
    checks = [a_check("nothing-to-learn", "error", 5, "no answer")]
    given = facts(
        severities={"error": 5},
        checks=checks,
        effective=1995,
        decisions=decided(5),
        undecided_errors=0,
        undecided={},
    )
    verdict = judge_readiness(given)
    assert verdict.ready
    assert not any("decide" in (step.command or "") for step in verdict.next_steps)


def test_a_few_unreadable_lines_are_mentioned_and_many_stand_in_the_way():
    unread = a_check("invalid-json", "error", 3, "not JSON", worst=[a_finding("invalid-json", "error", unread=True)])
    few = judge_readiness(facts(lines=2003, severities={"error": 3}, checks=[unread]))
    assert few.ready
    assert any("3 lines could not be read" in reason for reason in few.reasons)
    many = judge_readiness(facts(lines=2500, severities={"error": 500}, checks=[unread]))
    assert not many.ready
    assert many.next_steps[0].command == "curator show chats.jsonl --where check:invalid-json"


def test_one_unreadable_line_of_a_few_says_nothing_about_the_file():
    verdict = judge_readiness(facts(lines=3, examples=2, effective=2))
    assert not any("wrong form" in reason for reason in verdict.reasons)
    assert "1 line could not be read as an example; an export leaves such lines out." in verdict.reasons


def test_a_file_without_one_example_is_told_that_it_was_not_recognised():
    verdict = judge_readiness(facts(examples=0, effective=0, severities={"error": 2000}))
    assert verdict.headline == "Not ready: no line of it could be read as an example."
    assert not any("split" in (step.command or "") for step in verdict.next_steps)


def test_many_duplicates_stand_in_the_way_until_they_are_dropped():
    crowded = facts(effective=1400, duplicates=duplicates(600))
    assert not judge_readiness(crowded).ready
    assert any("30.0% of the examples are duplicates" in reason for reason in judge_readiness(crowded).reasons)
    assert judge_readiness(facts(effective=1400, duplicates=duplicates(600), decisions=decided(600))).ready


@pytest.mark.parametrize("name", ["split-leak", "contamination", "secret-key"])
def test_a_leak_or_a_secret_is_never_ready(name):
    verdict = judge_readiness(facts(checks=[a_check(name, "warning", 2, "a leak")]))
    assert not verdict.ready
    assert any(f"check:{name}" in (step.command or "") for step in verdict.next_steps)


def test_a_path_with_spaces_and_quotes_survives_the_shell():
    name = "my 'best' $(data).jsonl"
    command = judge_readiness(facts(data=[name, "-odd.jsonl"])).next_steps[0].command
    assert shlex.split(command)[:4] == ["curator", "split", name, "./-odd.jsonl"]


def test_a_finding_about_the_whole_set_is_no_example_to_read():
    whole = a_check(
        "too-few-examples", "warning", 0, "few", worst=[a_finding("too-few-examples", file=None, line=None)]
    )
    commands = [step.command for step in judge_readiness(facts(checks=[whole])).next_steps]
    assert not any("too-few-examples" in (command or "") for command in commands)


def test_a_secret_that_is_only_a_note_does_not_stand_in_the_way():
    noted = a_check("secret-key", "info", 2, "a key or password")
    assert judge_readiness(facts(checks=[noted])).ready


def test_one_example_is_spoken_of_as_one():
    verdict = judge_readiness(
        facts(checks=[a_check("secret-key", "warning", 1, "a key or password")], severities={"warning": 1})
    )
    assert any(reason.startswith("1 example holds a secret key") for reason in verdict.reasons)
    assert "1 line carries a warning: secret-key." in verdict.reasons
    assert verdict.next_steps[0].sentence == "Read the example with secret-key: a key or password."


def test_only_what_is_more_than_a_note_is_to_be_read_and_the_command_finds_just_that():
    mixed = a_check("placeholder-text", "warning", 962, "a blank", severities={"warning": 125, "info": 837})
    step = judge_readiness(facts(checks=[mixed])).next_steps[0]
    assert step.sentence.startswith("Read the 125 examples with placeholder-text")
    assert step.command == "curator show chats.jsonl --where check:placeholder-text/warning"
