"""What a limit of tokens cuts."""

import pytest

from curator.checks.check import CheckSettings
from curator.tokens import count_tokens
from tests.checks.finding import findings, locations
from tests.data.made import WEATHER, batch_of, chat, question

EXAMPLE = chat(("user", "Count for me."), ("assistant", "One two three four five six seven eight nine ten."))


def limit(tokens: int) -> CheckSettings:
    return CheckSettings(max_tokens=tokens)


@pytest.fixture(scope="module")
def counts() -> dict:
    return count_tokens(batch_of(EXAMPLE), "o200k_base").row(0, named=True)


def test_without_a_limit_nothing_is_too_long():
    assert locations("over-token-limit", EXAMPLE) == locations("answer-cut-by-limit", EXAMPLE) == []


def test_an_example_of_just_the_limit_fits(counts):
    assert locations("over-token-limit", EXAMPLE, settings=limit(counts["tokens"])) == []
    (finding,) = findings("over-token-limit", EXAMPLE, settings=limit(counts["tokens"] - 1))
    assert (
        finding["message"]
        == f"The example has {counts['tokens']} tokens, 1 more than the limit of {counts['tokens'] - 1}."
    )


def test_the_tokens_after_the_answer_are_cut_first(counts):
    after = counts["tokens"] - counts["prompt_tokens"] - counts["last_answer_tokens"]
    assert after == 3
    assert locations("answer-cut-by-limit", EXAMPLE, settings=limit(counts["tokens"] - 3)) == []


@pytest.mark.parametrize("kept", [1, 5, 10])
def test_the_finding_says_how_much_of_the_answer_is_left(counts, kept):
    (finding,) = findings("answer-cut-by-limit", EXAMPLE, settings=limit(counts["prompt_tokens"] + kept))
    lost = counts["last_answer_tokens"] - kept
    assert f"cuts {lost} of the {counts['last_answer_tokens']} tokens" in finding["message"]
    assert f"{kept} of them are left" in finding["message"]
    assert finding["severity"] == "warning" and finding["message_index"] == 1
    assert finding["score"] == pytest.approx(lost / counts["last_answer_tokens"])


@pytest.mark.parametrize("tokens", [1, 8])
def test_an_answer_of_which_nothing_is_left_is_an_error(tokens):
    (finding,) = findings("answer-cut-by-limit", EXAMPLE, settings=limit(tokens))
    assert finding["severity"] == "error" and "nothing of it is left" in finding["message"]


def test_with_an_earlier_answer_there_is_still_something_to_learn():
    turns = chat(("user", "Hi"), ("assistant", "Hello there."), ("user", "Count " * 30), *EXAMPLE["messages"][1:])
    (finding,) = findings("answer-cut-by-limit", turns, settings=limit(20))
    assert finding["severity"] == "warning" and "nothing of it is left" in finding["message"]


def test_a_count_that_no_public_rule_makes_exact_is_called_about():
    with_tools = question() | {"tools": [WEATHER]}
    assert "has about " in findings("over-token-limit", with_tools, settings=limit(5))[0]["message"]
    assert "cuts about " in findings("answer-cut-by-limit", with_tools, settings=limit(5))[0]["message"]
