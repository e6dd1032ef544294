"""`curator select` for a purpose: like a task, best by a score, in equal parts."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from curator.embedding.targeted import taken_in_turn
from tests.audit.run import chat, curator, write
from tests.scoring.judges import RUBRIC, RatingService, number_in
from tests.training.providers.loopback import KEY, serving

GARDEN = ["roses", "tomatoes", "tulips", "hedges", "lawns", "apple trees", "herbs", "compost", "beans", "bulbs"]
CODE = ["Python", "SQL", "Rust", "JavaScript", "bash", "Java", "Haskell", "Kotlin", "Perl", "Ruby"]
MONEY = [
    "a mortgage",
    "a pension",
    "shares",
    "an invoice",
    "taxes",
    "a loan",
    "insurance",
    "a budget",
    "savings",
    "rent",
]


def garden(number: int) -> dict:
    plant = GARDEN[number % 10]
    return chat(
        f"When do I plant and water {plant} in garden bed {number}?", f"Answer number {number}. Water {plant} in soil."
    )


def code(number: int) -> dict:
    name = CODE[number % 10]
    return chat(
        f"Write a {name} function that sorts list {number}.", f"Answer number {number}. def sort(): in {name} code"
    )


def money(number: int) -> dict:
    what = MONEY[number % 10]
    return chat(f"How do I pay for {what} at bank {number}?", f"Answer number {number}. Ask the bank about {what}.")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty examples on the garden, sixty on code, thirty on money."""
    examples = [garden(n) for n in range(30)] + [code(n) for n in range(30, 90)] + [money(n) for n in range(90, 120)]
    write(tmp_path / "mixed.jsonl", examples)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    return tmp_path


def chosen(outcome) -> list[int]:
    assert outcome.code == 0, outcome.err
    return [number_in(line) for line in outcome.out.splitlines()]


def test_what_is_like_a_task_is_chosen_and_its_copies_are_left_out(folder: Path) -> None:
    copied = chat(
        "When should I plant the twelve old rose bushes that my neighbour gave me behind the garden shed last week?",
        "Answer number 500. Plant the roses in autumn while the soil is warm and water them well every evening.",
    )
    with (folder / "mixed.jsonl").open("a") as file:
        file.write(json.dumps(copied) + "\n")
    task = [chat(f"Which soil do garden {plant} need?", f"Garden {plant} need soil and water.") for plant in GARDEN]
    write(folder / "task.jsonl", [*task, copied])
    outcome = curator(folder, "select", "mixed.jsonl", "--n", "20", "--like", "task.jsonl")
    numbers = chosen(outcome)
    assert len(numbers) == 20 and sum(number < 30 for number in numbers) >= 19 and 500 not in numbers
    assert "resemble the task by wording: 1 example" in outcome.err and "at random" in outcome.err


def test_the_best_by_a_score_keep_the_topics(folder: Path) -> None:
    with serving(RatingService(lambda shown, _: 5 if number_in(shown) % 3 == 0 else 2)) as judge:
        words = ("--rubric", RUBRIC, "--judge", judge.address, "--judge-model", "m")
        assert curator(folder, "score", "mixed.jsonl", *words, "--where", "not /number 0[.]/").code == 0
    outcome = curator(folder, "select", "mixed.jsonl", "--best", "24", "--by", "score:helpful")
    numbers = chosen(outcome)
    assert len(numbers) == 24 and sum(number % 3 == 0 for number in numbers) >= 22
    assert all(number != 0 for number in numbers) and "have no score: 1 example" in outcome.err
    kinds = Counter("garden" if number < 30 else "code" if number < 90 else "money" for number in numbers)
    assert len(kinds) > 1 and min(kinds.values()) >= 4


def test_equal_parts_by_topic_and_by_label(folder: Path) -> None:
    (folder / "curator.toml").write_text('[labels.area]\nvalues = ["garden", "code"]\n')
    for value, where in (("garden", "roses or tomatoes"), ("code", "function")):
        words = ("--set", f"area={value}", "--where", where, "--annotator", "anna")
        assert curator(folder, "label", "mixed.jsonl", *words).code == 0
    by_label = chosen(curator(folder, "select", "mixed.jsonl", "--n", "8", "--balance", "label"))
    assert sum(number < 30 for number in by_label) == 4 and sum(30 <= number < 90 for number in by_label) == 4
    assert len(chosen(curator(folder, "select", "mixed.jsonl", "--n", "9", "--balance", "topic"))) == 9
    assert len(chosen(curator(folder, "select", "mixed.jsonl", "--n", "9", "--balance", "tokens"))) == 9


def test_what_cannot_be_chosen_by_is_a_sentence(folder: Path) -> None:
    for words, said in (
        (("--by", "beauty"), "diversity or score:NAME"),
        (("--by", "score:helpful"), "nothing is scored yet"),
        (("--balance", "colour"), "--balance takes topic, tokens, label"),
        (("--balance", "label"), "There are no labels"),
        (("--like", "none.jsonl"), "none.jsonl"),
        (("--like", "mixed.jsonl", "--by", "score:helpful"), "either --like or --by"),
    ):
        outcome = curator(folder, "select", "mixed.jsonl", "--n", "5", *words)
        assert outcome.code == 2 and said in outcome.err, (words, outcome.err)


def test_a_group_that_is_used_up_leaves_its_share_to_the_others() -> None:
    groups, sizes = np.array([0] * 2 + [1] * 8), np.ones(10, dtype=np.float32)
    taken = taken_in_turn(np.arange(10), groups, sizes, {0: 1.0, 1: 1.0}, 7)
    assert sorted(taken.tolist()) == [0, 1, 2, 3, 4, 5, 6] and taken.tolist()[:4] == [0, 2, 1, 3]
    by_tokens = taken_in_turn(np.arange(10), groups, np.where(groups == 0, 3.0, 1.0), {0: 1.0, 1: 1.0}, 4)
    assert sorted(by_tokens.tolist()) == [0, 2, 3, 4]
