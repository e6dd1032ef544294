"""How an answer is measured, and what may be concluded from the figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.contract.errors import SettingsError
from trainer.contract.statistics import mean_interval
from trainer.data.read import read_conversations
from trainer.evaluate.answers.generate import Question, questions
from trainer.evaluate.measures.answer_kind import answer_kind, final_number, read_json
from trainer.evaluate.measures.json_schema import schemas_of
from trainer.evaluate.measures.measures import measure, normalised
from trainer.evaluate.verdict import verdict


@pytest.mark.parametrize(
    ("references", "kind"),
    [
        (['{"a": 1}', '```json\n{"a": 2}\n```', "[1]"], "json"),
        (["Half of 8 is 4.\n#### 4", "She pays 12.\n#### 1,200", "#### -3"], "number"),
        (["42", "7 euros"], "number"),
        (["positive", "negative", "neutral"], "label"),
        (["It depends on what the customer ordered and when it was sent."], "text"),
        ([], "text"),
        (["yes"] * 8 + ["That I cannot say without more to go on, sorry."] * 2, "label"),
        (["5"] * 7 + ["That I cannot say without more to go on, sorry."] * 3, "text"),
    ],
)
def test_the_kind_of_answers_is_that_of_four_in_five(references: list[str], kind: str) -> None:
    assert answer_kind(references) == kind


def test_a_number_is_compared_by_value_and_by_where_the_answer_ends() -> None:
    assert final_number("First 3, then 4.\n#### 1,234.50") == 1234.5
    assert measure("#### 7", "3 + 4 is 7", "number")["number_match"] == 1
    assert measure("#### 7", "7 apples and 8 pears", "number")["number_match"] == 0
    assert measure("#### 7", "seven", "number")["number_match"] == 0


def test_json_is_compared_by_value_and_by_form() -> None:
    same = measure('{"a": 1, "b": [2]}', '{"b":[2],"a":1}', "json")
    other = measure('{"a": 1, "b": [2]}', '{"b": [3, 4], "a": 9}', "json")
    broken = measure('{"a": 1}', '{"a": 1', "json")
    assert (same["json_match"], same["match"]) == (1, 0)
    assert (other["json_match"], other["same_keys"], other["json_valid"]) == (0, 1, 1)
    assert (broken["json_match"], broken["same_keys"], broken["json_valid"]) == (0, 0, 0)
    assert read_json("5") is None and read_json("[" * 100_000) is None


SCHEMA = {
    "type": "object",
    "properties": {"topic": {"enum": ["kettle", "lamp"]}, "urgent": {"type": "boolean"}},
    "required": ["topic"],
    "additionalProperties": False,
}


def asked(reference: str, schema: dict[str, Any] | None = None, tools: list[Any] | None = None) -> Question:
    return Question("q", [], tools, reference, schema)


def test_json_is_held_against_the_schema_where_every_example_has_one(tmp_path: Path) -> None:
    fitting, other = '{"topic": "lamp"}', '{"topic": "desk"}'
    figures = [measure(fitting, text, "json", SCHEMA)["schema_match"] for text in (fitting, other, "no JSON")]
    assert figures == [1.0, 0.0, 0.0]
    assert "schema_match" not in measure(fitting, fitting, "json")
    assert schemas_of([asked(fitting, SCHEMA), asked(fitting)], None, tmp_path) is None
    tool = {"type": "function", "function": {"name": "sort", "parameters": SCHEMA}}
    another = {"type": "function", "function": {"name": "look", "parameters": {"required": ["order"]}}}
    assert schemas_of([asked(fitting, SCHEMA), asked(fitting, None, [another, tool])], None, tmp_path) == [SCHEMA] * 2
    assert schemas_of([asked(other, None, [another, tool])], None, tmp_path) is None, "the reference fits no tool"
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    assert schemas_of([asked(other)], "schema.json", tmp_path) == [SCHEMA]
    for name, content in (("broken.json", "{"), ("wrong.json", '{"type": 7}')):
        (tmp_path / name).write_text(content)
    for name in ("missing.json", "broken.json", "wrong.json"):
        with pytest.raises(SettingsError, match=f"answer_schema: .*{name}"):
            schemas_of([asked(other)], name, tmp_path)


def test_a_schema_never_fetches_what_it_refers_to() -> None:
    elsewhere = {"$ref": "https://schema.invalid/answer.json"}
    assert measure("{}", "{}", "json", elsewhere)["schema_match"] == 1.0


@pytest.mark.parametrize(
    "response_format",
    [
        {"type": "json_schema", "json_schema": {"name": "sorted", "schema": SCHEMA}},
        {"type": "json_schema", "schema": SCHEMA},
    ],
)
def test_the_schema_of_an_example_is_read_from_its_response_format(tmp_path: Path, response_format: Any) -> None:
    talk = [{"role": "user", "content": "Sort."}, {"role": "assistant", "content": '{"topic": "lamp"}'}]
    lines = [{"messages": talk, "response_format": form} for form in (response_format, {"type": "json_object"}, None)]
    (tmp_path / "test.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = questions(read_conversations(tmp_path / "test.jsonl"), 3)
    assert [one.schema for one in found] == [SCHEMA, None, None]


def test_words_count_and_case_punctuation_and_articles_do_not() -> None:
    assert normalised("The  Answer: Yes!") == normalised("answer yes")
    assert measure("Positive", "positive.", "label")["normalised_match"] == 1
    assert measure("Positive", "negative", "label")["normalised_match"] == 0


def test_similarity_is_one_for_the_same_text_in_any_script() -> None:
    for text in ("The parcel is on its way.", "Das Paket ist unterwegs.", "小包は配送中です。"):
        figures = measure(text, text, "text")
        assert figures["chrf"] == pytest.approx(1) and figures["rouge_l"] == pytest.approx(1)
    assert measure("小包は配送中です。", "昨日は雨でした。", "text")["chrf"] < 0.3


def test_a_refusal_is_seen_and_an_apology_inside_an_answer_is_not() -> None:
    assert measure("Yes.", "I'm sorry, but I cannot help with that.", "text")["refusal"] == 1
    assert measure("Yes.", "Sorry for the delay: the parcel left today.", "text")["refusal"] == 0


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["json", "number", "label", "text"]))
def test_any_two_texts_can_be_measured(reference: str, answer: str, kind: str) -> None:
    figures = measure(reference, answer, kind)  # type: ignore[arg-type]
    assert all(np.isfinite(list(figures.values())))
    assert all(0 <= value <= 1 + 1e-9 for name, value in figures.items() if name != "length_ratio")


def test_the_same_scores_twice_cannot_be_told_apart() -> None:
    scores = np.random.default_rng(0).random(50)
    same = verdict("chrf", scores, scores, 0)
    assert same.outcome == "cannot tell" and "50 held-out examples" in same.sentence()


def test_a_clear_gain_is_better_the_reverse_is_worse_and_four_examples_prove_nothing() -> None:
    rng = np.random.default_rng(1)
    low, high = rng.random(60) * 0.5, rng.random(60) * 0.5 + 0.3
    assert verdict("chrf", low, high, 0).outcome == "better"
    assert verdict("chrf", high, low, 0).outcome == "worse"
    assert verdict("match", np.zeros(4), np.ones(4), 0).outcome == "cannot tell"


def test_two_samples_of_the_same_model_are_hardly_ever_called_different() -> None:
    rng = np.random.default_rng(2)
    reported = 0
    for seed in range(200):
        skill = rng.beta(0.5, 0.5, 80)
        reported += verdict("match", *(rng.random((2, 80)) < skill).astype(float), seed).outcome != "cannot tell"
    assert reported <= 14


def test_a_share_that_is_the_same_everywhere_is_not_certain_for_that() -> None:
    none, all_ = (mean_interval(np.full(12, value), 0) for value in (0.0, 1.0))
    assert (none.low, all_.high) == (0.0, 1.0)
    assert none.high == pytest.approx(0.2646, abs=1e-4) and all_.low == pytest.approx(1 - none.high)  # Clopper, Pearson
    same = verdict("match", np.zeros(12), np.zeros(12), 0)
    assert same.outcome == "cannot tell" and (same.difference.low, same.difference.high) == (-none.high, none.high)


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for seed in range(400):
        interval = mean_interval((rng.random(60) < 0.7).astype(float) - (rng.random(60) < 0.5), seed)
        held += interval.low <= 0.2 <= interval.high
    assert 0.92 <= held / 400 <= 0.98
