"""Tuned against untuned on the same held-out examples: same precision, same template, same stop tokens.

Two comparisons, for two questions. Without any help the untuned model shows what training changed (`loss_fall`). With
a good prompt it shows whether training was needed: the verdict rests on that one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer import contract
from trainer.contract.examples import Conversation
from trainer.contract.files import atomic_file
from trainer.contract.results import Comparison, Cut, Interval, Measured
from trainer.contract.statistics import Floats, draws, expanded_quantiles, mean_interval, measured
from trainer.data.batches import Layout
from trainer.data.tokens import TokenisedExamples, tokenise
from trainer.evaluate.answers.general_questions import general_questions
from trainer.evaluate.answers.generate import Answer, Question, answer, questions, stop_tokens
from trainer.evaluate.answers.prompting import Prompted, well_prompted
from trainer.evaluate.answers.resume import Answered
from trainer.evaluate.held_out import Scores, score, spread_sample
from trainer.evaluate.measures.answer_kind import AnswerKind, answer_kind
from trainer.evaluate.measures.json_schema import Schema, schemas_of
from trainer.evaluate.measures.measures import PRIMARY, measure
from trainer.evaluate.reference import add_reference
from trainer.evaluate.verdict import verdict
from trainer.plan.data import HeldOut, load_held_out
from trainer.plan.plan import Plan

CHUNK = 32
"""Answers between two writes to disk."""
MOST_PROMPT_TOKENS = 4096
"""Of a baseline prompt, where the model would take more: reading it costs as much as answering."""
MOST_SHOWABLE = 5000
"""Training examples among which those like the question are looked for."""
CAUTION = "Scored on validation.jsonl, which also chose the checkpoint: real figures may be a little worse."

OnAnswer = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class AskedQuestions:
    """The held-out questions, the way the untuned model gets them, and the answers of both."""

    questions: list[Question]
    prompted: list[Prompted]
    baseline: list[Answer]
    tuned: list[Answer] | None
    kind: AnswerKind
    schemas: list[Schema] | None

    def measures(self, answers: Sequence[Answer]) -> list[dict[str, float]]:
        """Figures of each answer."""
        schemas: Sequence[Schema | None] = self.schemas or [None] * len(self.questions)
        return [
            measure(question.reference, one.text, self.kind, schema)
            for question, one, schema in zip(self.questions, answers, schemas, strict=True)
        ]


def compare(
    plan: Plan, model: Any, on_answer: OnAnswer = lambda _: None, answered: Answered | None = None
) -> Comparison:
    """Score and ask both models and write `evaluation.jsonl`; `test.jsonl` is used where there is one.

    The untuned model is the same one with its adapter switched off. `[evaluation] baseline_prompt` replaces the data's
    own system message in its prompt.
    """
    held_out = held_out_of(plan)
    settings = plan.settings
    add_reference(plan, model, held_out.tokens, held_out.file, begun=True)
    chosen = spread_sample(len(held_out.tokens), settings.evaluation.max_examples, settings.training.seed)
    tuned = _score(plan, model, held_out.tokens, chosen)
    with untuned(model):
        baseline = _score(plan, model, held_out.tokens, chosen)
    asked = ask(plan, model, held_out, answered, with_tuned=True)
    lines = _answer_lines(asked)
    for fields in lines.values():
        on_answer(fields)
    _write(plan, held_out, chosen, baseline, tuned, lines)
    compared = comparison(baseline, tuned, len(asked.questions), settings.training.seed)
    return compared.model_copy(
        update={
            "held_out": held_out.file,
            "caution": CAUTION if held_out.file == contract.VALIDATION_FILE else None,
            "general_loss": _general_loss(plan, model),
            **_validated(plan, model, asked),
        }
    )


def held_out_of(plan: Plan) -> HeldOut:
    """The test file where there is one, else the validation file."""
    test = plan.folder / contract.TEST_FILE
    if test.is_file():
        return load_held_out(test, plan.template, plan.settings)
    if plan.validation is None:
        return load_held_out(plan.folder / contract.VALIDATION_FILE, plan.template, plan.settings)
    return plan.validation


def untuned(model: Any) -> AbstractContextManager[Any]:
    """The model without its adapter, for a while."""
    without: AbstractContextManager[Any] = (
        model.disable_adapter() if hasattr(model, "disable_adapter") else nullcontext()
    )
    return without


def ask(plan: Plan, model: Any, held_out: HeldOut, answered: Answered | None, with_tuned: bool) -> AskedQuestions:
    """Both models' answers to a sample of the held-out questions; only the untuned one's without `with_tuned`."""
    settings = plan.settings.evaluation
    order = np.random.default_rng([plan.settings.training.seed, 1]).permutation(len(held_out.conversations))
    chosen = questions((held_out.conversations[int(place)] for place in order), settings.answers)
    train = plan.train_conversations() if chosen else []
    shown = [train[place] for place in spread_sample(len(train), MOST_SHOWABLE, plan.settings.training.seed)]
    room = min(_positions(model), MOST_PROMPT_TOKENS) - _most_tokens(plan)
    prompted = well_prompted(chosen, shown, plan.template, room, settings.baseline_prompt)
    schemas = schemas_of(chosen, settings.answer_schema, plan.folder)
    with untuned(model):
        baseline = _answers(plan, model, "baseline", [one.question for one in prompted], answered)
    tuned = _answers(plan, model, "tuned", chosen, answered) if with_tuned else None
    return AskedQuestions(chosen, prompted, baseline, tuned, answer_kind([one.reference for one in chosen]), schemas)


def comparison(baseline: Scores, tuned: Scores, answered: int, seed: int) -> Comparison:
    """Means over tokens with 95 % bootstrap intervals; examples are resampled, each with all its tokens."""
    count = len(tuned.loss)
    drawn = draws(count, seed)
    tokens = tuned.tokens[drawn].sum(axis=1)
    before = (baseline.loss * baseline.tokens)[drawn].sum(axis=1) / tokens
    after = (tuned.loss * tuned.tokens)[drawn].sum(axis=1) / tokens
    fall = 1 - tuned.mean_loss / baseline.mean_loss
    low, high = expanded_quantiles(1 - after / before, count) if count > 1 else (fall, fall)
    return Comparison(
        examples=count,
        tokens=int(tuned.tokens.sum()),
        baseline_loss=mean_interval(baseline.loss, seed, baseline.tokens),
        tuned_loss=mean_interval(tuned.loss, seed, tuned.tokens),
        loss_fall=Interval(value=fall, low=low, high=high),
        answered=answered,
    )


def _validated(plan: Plan, model: Any, asked: AskedQuestions) -> dict[str, Any]:
    """The fields of a comparison that rest on answers; none where nothing was asked."""
    if not asked.questions or asked.tuned is None:
        return {}
    seed = plan.settings.training.seed
    before, after = asked.measures(asked.baseline), asked.measures(asked.tuned)
    primary = PRIMARY[asked.kind]
    columns = {name: ([one[name] for one in before], [one[name] for one in after]) for name in before[0]}
    compared_lines = verdict(primary, np.array(columns[primary][0]), np.array(columns[primary][1]), seed)
    return {
        "answer_kind": asked.kind,
        "cut": Cut(
            tokens=_most_tokens(plan),
            baseline=sum(one.cut for one in asked.baseline),
            tuned=sum(one.cut for one in asked.tuned),
        ),
        "shots": float(np.mean([one.shots for one in asked.prompted])),
        "measures": {name: measured(*both, seed) for name, both in columns.items()},
        "answer_loss": _answer_loss(plan, model, asked),
        "primary": primary,
        "outcome": compared_lines.outcome,
        "sentence": compared_lines.sentence(),
    }


def _answer_loss(plan: Plan, model: Any, asked: AskedQuestions) -> Measured:
    """Loss of the reference answers, the untuned model reading its good prompt, the tuned one the bare question."""

    def losses(asked_for: Sequence[Question]) -> Floats:
        answered = [
            Conversation(
                one.name,
                [*one.messages, {"role": "assistant", "content": one.reference}],
                one.tools,
                [0.0] * len(one.messages) + [1.0],
            )
            for one in asked_for
        ]
        return _score(plan, model, TokenisedExamples(list(tokenise(answered, plan.template)))).loss

    with untuned(model):
        before = losses([one.question for one in asked.prompted])
    return measured(before, losses(asked.questions), plan.settings.training.seed)


def _general_loss(plan: Plan, model: Any) -> Measured:
    """Loss on general questions: a rise means that something was forgotten."""
    examples = TokenisedExamples(list(tokenise(general_questions(), plan.template)))
    with untuned(model):
        before = _score(plan, model, examples)
    return measured(before.loss, _score(plan, model, examples).loss, plan.settings.training.seed)


def _score(plan: Plan, model: Any, examples: TokenisedExamples, chosen: Sequence[int] | None = None) -> Scores:
    training = plan.settings.training
    layout = Layout(bool(training.packing), training.micro_batch_tokens or 0)
    indices = list(range(len(examples))) if chosen is None else chosen
    return score(model, examples, indices, layout, plan.placement.device, plan.placement.dtype)


def _answers(plan: Plan, model: Any, by: str, asked: Sequence[Question], answered: Answered | None) -> list[Answer]:
    stops = stop_tokens(plan.tokenizer, plan.train, plan.base_stops)
    given = {one.name: known for one in asked if answered and (known := answered.of(by, one.name)) is not None}
    open_ = [one for one in asked if one.name not in given]
    for start in range(0, len(open_), CHUNK):
        chunk = open_[start : start + CHUNK]
        options = (stops, _most_tokens(plan), plan.placement.device, plan.placement.dtype)
        fresh = dict(zip((one.name for one in chunk), answer(model, plan.template, chunk, *options), strict=True))
        if answered is not None:
            answered.add(by, fresh)
        given |= fresh
    return [given[one.name] for one in asked]


def _most_tokens(plan: Plan) -> int:
    most = plan.settings.evaluation.max_new_tokens
    assert most is not None, "settled with the plan"
    return most


def _positions(model: Any) -> int:
    return int(getattr(model.config.get_text_config(), "max_position_embeddings", None) or MOST_PROMPT_TOKENS)


def _answer_lines(asked: AskedQuestions) -> dict[str, dict[str, Any]]:
    if asked.tuned is None:
        return {}
    before, after = asked.measures(asked.baseline), asked.measures(asked.tuned)
    return {
        question.name: {
            "example": question.name,
            "prompt": question.messages,
            "reference": question.reference,
            "baseline_prompt": prompted.question.messages,
            "baseline_answer": asked.baseline[position].text,
            "baseline_cut": asked.baseline[position].cut,
            "answer": asked.tuned[position].text,
            "cut": asked.tuned[position].cut,
            "baseline_measures": before[position],
            "measures": after[position],
        }
        for position, (question, prompted) in enumerate(zip(asked.questions, asked.prompted, strict=True))
    }


def _write(
    plan: Plan,
    held_out: HeldOut,
    chosen: list[int],
    baseline: Scores,
    tuned: Scores,
    answers: dict[str, dict[str, Any]],
) -> None:
    with (
        atomic_file(plan.folder / contract.EVALUATION_FILE) as temporary,
        temporary.open("w", encoding="utf-8") as file,
    ):
        for position, index in enumerate(chosen):
            name = held_out.tokens.names[index]
            line = {
                "example": name,
                "file": held_out.file,
                "tokens": int(tuned.tokens[position]),
                "baseline_loss": baseline.loss[position],
                "tuned_loss": tuned.loss[position],
                "baseline_correct_tokens": int(baseline.correct[position]),
                "tuned_correct_tokens": int(tuned.correct[position]),
                **answers.get(name, {}),
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
