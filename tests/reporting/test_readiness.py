"""The verdict answers whether data is ready to fine-tune on, and names what to do first."""

import shlex

import pytest
from a_report import a_check, a_finding

from curator.reporting.readiness import ReadinessFacts
from curator.reporting.verdict import judge_readiness


def facts(**given):
    """Of two thousand clean examples, with what is given instead; `left` examples are kept, sound and distinct."""
    left = given.pop("left", 2000)
    values = {"data": ["chats.jsonl"], "lines": left, "examples": left, "kept": left, "effective": left}
    return ReadinessFacts(**(values | {"good": left, "distinct": left} | given))


def commands_of(verdict):
    return [step.command or "" for step in verdict.next_steps]


def test_two_thousand_clean_examples_are_ready_and_the_next_steps_are_split_and_export():
    verdict = judge_readiness(facts())
    assert verdict.ready
    assert verdict.headline.startswith("Ready: 2,000 examples")
    assert commands_of(verdict) == [
        "curator split chats.jsonl",
        "curator export chats.jsonl --target huggingface --out curated",
    ]


def test_what_is_split_already_is_not_to_be_split_again():
    assert commands_of(judge_readiness(facts(is_split=True, target="openai"))) == [
        "curator export chats.jsonl --target openai --out curated"
    ]


@pytest.mark.parametrize(("left", "ready"), [(0, False), (99, False), (100, True), (999, True), (1000, True)])
def test_fewer_than_a_hundred_examples_left_are_not_ready(left, ready):
    assert judge_readiness(facts(left=left)).ready is ready


def test_a_hundred_and_fifty_examples_that_say_sixty_things_are_too_few():
    verdict = judge_readiness(facts(left=150, distinct=60, copies=90))
    assert verdict.headline == "Not ready: 60 distinct examples to train on, and at least 100 are needed."
    assert "Write at least 40 more good examples" in verdict.next_steps[-1].sentence


def test_a_few_hundred_are_told_that_quality_matters_more_than_quantity():
    reasons = " ".join(judge_readiness(facts(left=300)).reasons)
    assert "1,000 are comfortable; quality matters more" in reasons


def test_too_few_examples_are_asked_for_more_and_not_sent_on_to_export():
    verdict = judge_readiness(facts(left=40))
    assert "Write at least 60 more good examples" in verdict.next_steps[-1].sentence
    assert not any("export" in command for command in commands_of(verdict))


def test_errors_are_left_to_the_policy_first_where_it_has_something_to_decide():
    checks = [a_check("nothing-to-learn", "error", 5, "no answer")]
    verdict = judge_readiness(facts(errors=5, severities={"error": 5}, checks=checks, proposed_drops=3, effective=1997))
    assert not verdict.ready
    assert verdict.reasons[0].startswith("5 examples have an error")
    first, second = verdict.next_steps[:2]
    assert (first.command, first.count, first.key) == ("curator decide chats.jsonl --policy recommended", 3, "p")
    assert first.sentence.startswith("Let `recommended` drop 3 examples")
    assert (second.filter, second.count) == ("severity:error is:open not is:unreadable", 5)


def test_a_policy_that_has_nothing_to_decide_is_not_offered():
    assert not any("--policy" in command for command in commands_of(judge_readiness(facts(errors=5))))


def test_errors_that_were_decided_no_longer_stand_in_the_way():
    checks = [a_check("nothing-to-learn", "error", 5, "no answer", open={}, decided=5)]
    verdict = judge_readiness(facts(checks=checks, kept=1995, effective=1995, distinct=1995))
    assert verdict.ready
    assert not any("decide" in command for command in commands_of(verdict))


def test_errors_that_a_person_accepted_are_no_finding_any_more_and_still_refused_by_a_trainer():
    verdict = judge_readiness(facts(accepted_errors=5))
    assert not verdict.ready
    assert verdict.reasons[0].startswith("5 examples have an error that was accepted")
    assert verdict.next_steps[0].filter == "severity:error is:accepted not is:unreadable"


def test_a_few_unreadable_lines_are_mentioned_and_many_stand_in_the_way():
    unread = a_check(
        *("invalid-json", "error", 3, "not JSON"),
        worst=[a_finding("invalid-json", "error", unread=True)],
        unreadable=3,
    )
    few = judge_readiness(facts(lines=2003, unreadable=3, severities={"error": 3}, checks=[unread]))
    assert few.ready
    assert any("3 lines could not be read" in reason for reason in few.reasons)
    many = judge_readiness(facts(lines=2500, unreadable=500, severities={"error": 500}, checks=[unread]))
    assert not many.ready
    see, drop = many.next_steps[:2]
    assert see.command == "curator show chats.jsonl --where is:unreadable"
    assert (see.filter, see.count, drop.count) == ("is:unreadable", 500, 500)
    assert drop.command.startswith("curator decide chats.jsonl --where is:unreadable --drop")


def test_one_unreadable_line_of_a_few_says_nothing_about_the_file():
    verdict = judge_readiness(facts(left=2, lines=3, unreadable=1))
    assert not any("wrong form" in reason for reason in verdict.reasons)
    assert "1 line could not be read as an example; an export leaves such lines out." in verdict.reasons


def test_unreadable_lines_that_were_dropped_are_not_spoken_of():
    verdict = judge_readiness(facts(lines=2500, unreadable=0))
    assert verdict.ready
    assert not any("could not be read" in reason for reason in verdict.reasons)


def test_a_file_without_one_example_is_told_that_it_was_not_recognised():
    verdict = judge_readiness(facts(left=0, lines=2000, unreadable=2000, severities={"error": 2000}))
    assert verdict.headline == "Not ready: no line of it could be read as an example."
    assert not any("split" in command for command in commands_of(verdict))


def test_a_set_of_which_less_than_half_is_distinct_is_not_ready_whatever_the_words():
    crowded = judge_readiness(facts(distinct=840, copies=1160))
    assert not crowded.ready
    assert any("58.0% of the examples copy another one, in its words or in others." in r for r in crowded.reasons)
    step = next(step for step in crowded.next_steps if step.count == 1160)
    assert "check:semantic-duplicate" in step.filter
    assert judge_readiness(facts(kept=840, effective=840, distinct=840)).ready


def test_duplicates_are_among_the_reasons_also_where_they_are_few():
    verdict = judge_readiness(facts(distinct=1900, copies=100))
    assert verdict.ready
    assert "5.0% of the examples copy another one, in its words or in others." in verdict.reasons


@pytest.mark.parametrize("name", ["contamination", "secret-key"])
def test_a_secret_or_a_known_question_is_never_ready(name):
    verdict = judge_readiness(facts(checks=[a_check(name, "warning", 2, "a leak")]))
    assert not verdict.ready
    assert any(f"check:{name}" in command for command in commands_of(verdict))


def test_a_leak_is_never_ready_and_a_new_split_takes_it_out():
    verdict = judge_readiness(facts(checks=[a_check("split-leak", "error", 2, "a leak")], errors=2, is_split=True))
    assert not verdict.ready
    assert "curator split chats.jsonl" in commands_of(verdict)


def test_a_path_with_spaces_and_quotes_survives_the_shell():
    name = "my 'best' $(data).jsonl"
    command = judge_readiness(facts(data=[name, "-odd.jsonl"])).next_steps[0].command
    assert shlex.split(command)[:4] == ["curator", "split", name, "./-odd.jsonl"]


def test_the_commands_read_and_check_the_data_as_the_report_did():
    given = facts(reading="--format chat", checking="--no-meaning", unreadable=3, lines=2003)
    assert judge_readiness(given).next_steps[0].command == (
        "curator show chats.jsonl --format chat --no-meaning --where is:unreadable"
    )
    assert commands_of(judge_readiness(given))[-2] == "curator split chats.jsonl --format chat"
    secrets = a_check("secret-key", "warning", 2, "a key")
    assert not any("export" in command for command in commands_of(judge_readiness(facts(checks=[secrets]))))


def test_a_finding_about_the_whole_set_is_no_example_to_read():
    whole = a_check(
        "too-few-examples", "warning", 0, "few", worst=[a_finding("too-few-examples", file=None, line=None)]
    )
    assert not any("too-few-examples" in command for command in commands_of(judge_readiness(facts(checks=[whole]))))


def test_a_secret_that_is_only_a_note_does_not_stand_in_the_way():
    noted = a_check("secret-key", "info", 2, "a key or password")
    assert judge_readiness(facts(checks=[noted])).ready


def test_one_example_is_spoken_of_as_one():
    verdict = judge_readiness(
        facts(checks=[a_check("secret-key", "warning", 1, "a key or password")], severities={"warning": 1})
    )
    assert any(reason.startswith("1 example holds a secret key") for reason in verdict.reasons)
    assert "1 line carries a warning: secret-key." in verdict.reasons
    assert verdict.next_steps[0].sentence.startswith("Drop the example that holds a secret")


def test_only_what_is_more_than_a_note_is_to_be_read_and_the_command_finds_just_that():
    mixed = a_check("placeholder-text", "warning", 962, "a blank", severities={"warning": 125, "info": 837})
    step = judge_readiness(facts(checks=[mixed])).next_steps[0]
    assert step.sentence.startswith("Read the 125 examples with placeholder-text")
    assert step.command == "curator show chats.jsonl --where check:placeholder-text/warning"


def test_of_a_check_that_was_partly_decided_only_what_is_open_is_to_be_read():
    partly = a_check("refusal", "warning", 20, "the answer refuses", open={"warning": 8}, decided=12)
    step = judge_readiness(facts(checks=[partly])).next_steps[0]
    assert (step.filter, step.count) == ("check:refusal is:open", 8)


def test_data_of_a_kind_that_another_target_takes_is_not_to_be_dropped():
    rejected = a_check("rejected-by-target", "error", 200, "what the target rejects")
    verdict = judge_readiness(facts(left=200, errors=200, checks=[rejected]))
    assert "curator audit chats.jsonl --target huggingface" in commands_of(verdict)
    assert not any("--drop" in command for command in commands_of(verdict))
