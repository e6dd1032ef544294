"""What is reported about whom: every copy but its keeper, and answers that contradict each other."""

import random

import numpy as np
import polars as pl

from curator.duplicates.conflicts import conflicts
from curator.duplicates.findings import conflict_findings, duplicate_findings
from tests.duplicates.build import grouped, prepared
from tests.duplicates.material import examples_with_copies, question
from tests.duplicates.test_groups import ANSWER, PROMPT


def reported(examples, rank=None, **kinds):
    corpus, duplicates, groups = grouped(examples, rank, **kinds)
    return duplicate_findings(corpus, duplicates, groups)


def contradictions(corpus):
    found = conflicts(corpus)
    return conflict_findings(found, pl.repeat(not found.is_habit, len(found.pairs), dtype=pl.Boolean, eager=True))


def test_every_copy_but_the_keeper_is_reported_once_with_its_keeper():
    examples = [(PROMPT, ANSWER), (f"{PROMPT} please", f"{ANSWER} there"), (PROMPT, ANSWER), ("What is rust?", "Iron.")]
    found = reported(examples)
    assert found.select("position", "check", "keeper", "suggestion").rows() == [
        (0, "near-duplicate", 1, "drop"),
        (2, "exact-duplicate", 0, "drop"),
        (2, "near-duplicate", 1, "drop"),
    ]
    assert found["related"].to_list() == [[2], [1], [0]]
    assert "93 %" in found["message"][0]


def test_a_copy_with_another_number_is_for_review_and_says_so():
    found = reported([(f"{PROMPT} and {ANSWER} 7", ANSWER), (f"{PROMPT} and {ANSWER} 8", ANSWER)])
    assert found["suggestion"].to_list() == ["review"]
    assert "differ in a number" in found["message"][0]


def test_nobody_is_reported_twice_under_one_check_and_no_keeper_is_an_exact_duplicate():
    examples = examples_with_copies(4, 60, 80)
    examples += examples[:30]
    found = reported(examples)
    assert not found.select("position", "check").is_duplicated().any()
    exact = found.filter(check="exact-duplicate")
    assert not set(exact["keeper"]) & set(exact["position"])


def test_texts_without_roles_are_described_as_texts():
    found = reported([("", ANSWER), ("", f"{ANSWER} too")], text_only=True)
    assert found["message"][0].startswith("The text is")


def test_different_answers_to_the_same_words_are_reported_on_both_sides():
    generator = random.Random(1)
    others = [question(generator) for _ in range(20)]
    examples = [("Is it far?", "Yes"), *others, ("is it far", "No"), ("Is it far?", "yes!"), ("Is it FAR", "✓")]
    found = contradictions(prepared(examples))
    rows = [(position, others) for position, others in found.select("position", "related").rows()]
    assert rows == [(0, [21]), (21, [0]), (22, [21]), (23, [0])]
    assert found["severity"].to_list() == [None] * 4


def test_questions_that_differ_in_a_symbol_do_not_conflict():
    questions = ["What is 3 + 4?", "What is 3 * 4?", "Write it in C", "Write it in C++", "Is -5 so?", "Is 5 so?"]
    assert len(contradictions(prepared([(question, str(number)) for number, question in enumerate(questions)]))) == 0


def test_similar_answers_and_other_contexts_do_not_conflict():
    assert len(contradictions(prepared([(PROMPT, ANSWER), (PROMPT, f"{ANSWER} too")]))) == 0
    assert len(contradictions(prepared([(PROMPT, "Yes"), (PROMPT, "No")], contexts=[1, 2]))) == 0


def test_a_set_made_with_several_answers_to_each_question_is_told_once_as_a_habit():
    generator = random.Random(2)
    examples = [
        (prompt, question(generator)[1]) for prompt, _ in [question(generator) for _ in range(30)] for _ in "ab"
    ]
    found = contradictions(prepared(examples))
    assert len(found) == 60
    assert set(found["severity"]) == {"info"}


def test_a_question_with_thousands_of_answers_is_checked_in_full():
    generator = random.Random(3)
    examples = [(PROMPT, question(generator)[1]) for _ in range(3000)]
    found = contradictions(prepared(examples))
    assert len(found) == 3000
    assert np.array_equal(found["position"].to_numpy(), np.arange(3000))


def test_every_copy_that_may_be_dropped_names_a_keeper_that_stays():
    examples = examples_with_copies(7, 60, 90)
    examples += examples[:20]
    corpus, duplicates, groups = grouped(examples)
    found = duplicate_findings(corpus, duplicates, groups)
    dropped = set(found.filter(suggestion="drop")["position"])
    assert len(dropped) > 20
    near = found.filter(check="near-duplicate")
    assert not set(near["keeper"]) & set(near["position"])
    assert not set(found["keeper"]) & set(found.filter(check="exact-duplicate")["position"])
    assert found.filter(suggestion="drop")["keeper"].null_count() == 0
