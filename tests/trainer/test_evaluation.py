"""The fair comparison: the untuned model gets a good prompt, and an interrupted evaluation continues."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trainer.contract.examples import Conversation
from trainer.data.find_template import chat_template
from trainer.evaluate.again import evaluate_again, evaluate_untuned
from trainer.evaluate.answers.generate import Answer, Question
from trainer.evaluate.answers.prompting import well_prompted
from trainer.evaluate.answers.resume import Answered

from .conftest import SYSTEM


def talk(ask: str, reply: str, system: str | None = SYSTEM) -> Conversation:
    opening = [{"role": "system", "content": system}] if system else []
    messages = [*opening, {"role": "user", "content": ask}, {"role": "assistant", "content": reply}]
    return Conversation(ask, messages, None, [0.0] * (len(messages) - 1) + [1.0])


TRAIN = [
    talk("Where is the lamp?", "In the hall."),
    talk("Where is the kettle?", "In the kitchen."),
    talk("How much is two and two?", "Four."),
    talk("Where is the old kettle now?", "In the shed."),
    talk("What colour is the clock?", "Red."),
]
QUESTION = Question("q", [{"role": "user", "content": "Where is the blue kettle?"}], None, "In the attic.")


@pytest.fixture(scope="module")
def finished_copy(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(finished, tmp_path_factory.mktemp("evaluated") / "run")


def test_the_untuned_model_gets_the_system_message_and_the_examples_most_like_the_question(tiny_tokenizer: Any) -> None:
    prompted = well_prompted([QUESTION], TRAIN, chat_template(tiny_tokenizer, None), 10_000)[0]
    contents = [message["content"] for message in prompted.question.messages]
    assert contents[0] == SYSTEM and contents[-1] == "Where is the blue kettle?"
    assert prompted.shots == 4 and contents[-3] == "Where is the kettle?"


def test_examples_that_do_not_fit_are_left_out_the_least_similar_first(tiny_tokenizer: Any) -> None:
    template = chat_template(tiny_tokenizer, None)
    whole = well_prompted([QUESTION], TRAIN, template, 10_000)[0].question
    length = len(tiny_tokenizer(template.render(whole.messages, None, True), add_special_tokens=False)["input_ids"])
    fewer = well_prompted([QUESTION], TRAIN, template, length - 1)[0]
    assert fewer.shots == 3 and "kettle" in fewer.question.messages[-3]["content"]
    bare = well_prompted([QUESTION], TRAIN, template, 1)[0]
    assert bare.shots == 0 and bare.question.messages[-1] == QUESTION.messages[-1]


def test_a_question_keeps_its_own_system_message_unless_another_is_asked_for(tiny_tokenizer: Any) -> None:
    own = Question("q", [{"role": "system", "content": "Be kind."}, *QUESTION.messages], None, "x")
    template = chat_template(tiny_tokenizer, None)
    assert well_prompted([own], TRAIN, template, 10_000)[0].question.messages[0]["content"] == "Be kind."
    given = well_prompted([own], TRAIN, template, 10_000, system="Be brief.")[0].question.messages
    assert given[0]["content"] == "Be brief." and not any(m["content"] == "Be kind." for m in given)


def test_the_comparison_names_its_measure_its_verdict_and_where_the_examples_come_from(finished_copy: Path) -> None:
    compared = evaluate_again(finished_copy, answers=6)
    assert compared.answered == 6 and compared.primary in compared.measures
    assert compared.outcome in ("better", "worse", "cannot tell") and compared.sentence is not None
    assert compared.held_out == "validation.jsonl" and compared.caution is not None
    assert compared.general_loss is not None and compared.answer_loss is not None and compared.shots is not None
    lines = [json.loads(line) for line in (finished_copy / "evaluation.jsonl").read_text().splitlines()]
    answered = [line for line in lines if "answer" in line]
    assert len(answered) == 6 and compared.cut is not None and compared.cut.tokens == 8
    assert compared.cut.tuned == sum(line["cut"] for line in answered)
    assert all(line["measures"].keys() == line["baseline_measures"].keys() for line in answered)
    assert all(len(line["baseline_prompt"]) > len(line["prompt"]) for line in answered)


def test_with_a_test_file_the_scores_come_from_it_without_caution(finished: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "run")
    shutil.copy(folder / "validation.jsonl", folder / "test.jsonl")
    compared = evaluate_again(folder, answers=1)
    assert compared.held_out == "test.jsonl" and compared.caution is None


def test_an_interrupted_evaluation_asks_only_what_is_open(tmp_path: Path) -> None:
    path = tmp_path / "partial.jsonl"
    first = Answered(path, "key")
    first.add("baseline", {"a": Answer("1", False), "b": Answer("2", True)})
    with path.open("ab") as file:
        file.write(b'{"by": "baseline", "example": "c", "ans')
    again = Answered(path, "key")
    known = [again.of("baseline", name) for name in "abc"]
    assert known == [Answer("1", False), Answer("2", True), None]
    again.add("tuned", {"a": Answer("3", False)})
    assert Answered(path, "key").of("tuned", "a") == Answer("3", False)
    assert Answered(path, "another key").of("baseline", "a") is None


def test_an_evaluation_stopped_midway_ends_with_the_same_figures(
    finished_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evaluate_again(finished_copy, answers=6)
    asked: list[str] = []
    add = Answered.add

    def stop_after_one(self: Answered, by: str, answers: dict[str, str]) -> None:
        add(self, by, answers)
        asked.append(by)
        raise KeyboardInterrupt

    monkeypatch.setattr(Answered, "add", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        evaluate_again(finished_copy, answers=6)
    monkeypatch.setattr(Answered, "add", lambda self, by, answers: (asked.append(by), add(self, by, answers)))
    resumed = evaluate_again(finished_copy, answers=6)
    assert asked == ["baseline", "tuned"]
    assert resumed.measures == whole.measures and not (finished_copy / "evaluation.partial.jsonl").exists()


def test_the_untuned_model_can_be_asked_before_any_training(make_run: Callable[..., Path], tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", evaluation={"max_new_tokens": 4})
    figures = evaluate_untuned(folder, answers=3)
    assert figures["examples"] == 3 and figures["primary"] in figures["measures"]
    assert len((folder / "baseline.jsonl").read_text().splitlines()) == 3
    assert not (folder / "result.json").exists()
