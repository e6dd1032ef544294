"""Tuned against untuned on the same held-out examples: same precision, same template, same stop tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer import contract
from trainer.contract import Comparison, Interval
from trainer.data.batches import Layout
from trainer.evaluate.answers import answer, questions, stop_tokens, with_system_text
from trainer.evaluate.held_out import Scores, score, spread_sample
from trainer.files import whole_file
from trainer.plan import HeldOut, Plan, load_held_out

RESAMPLES = 2_000


def compare(plan: Plan, model: Any, on_answer: Callable[[dict[str, Any]], None] = lambda _: None) -> Comparison:
    """Score and ask both models and write `evaluation.jsonl`; `test.jsonl` is used where there is one.

    The untuned model is the same one with its adapter switched off. It gets `[evaluation] baseline_prompt` as its
    system message where that is set: a fair baseline has a good prompt.
    """
    held_out = _held_out(plan)
    settings = plan.settings
    layout = Layout(bool(settings.training.packing), settings.training.micro_batch_tokens or 0)
    chosen = spread_sample(len(held_out.tokens), settings.evaluation.max_examples, settings.training.seed)
    place = (plan.placement.device, plan.placement.dtype)
    tuned = score(model, held_out.tokens, chosen, layout, *place)
    with model.disable_adapter():
        baseline = score(model, held_out.tokens, chosen, layout, *place)
    answers = _answers(plan, model, held_out)
    for fields in answers.values():
        on_answer(fields)
    _write(plan, held_out, chosen, baseline, tuned, answers)
    return comparison(baseline, tuned, len(answers), settings.training.seed)


def comparison(baseline: Scores, tuned: Scores, answered: int, seed: int) -> Comparison:
    """Means over tokens with 95 % bootstrap intervals; examples are resampled, each with all its tokens."""
    rng = np.random.default_rng([seed, len(tuned.loss)])
    drawn = rng.integers(0, len(tuned.loss), (RESAMPLES, len(tuned.loss)))
    tokens = tuned.tokens[drawn].sum(axis=1)
    before = (baseline.loss * baseline.tokens)[drawn].sum(axis=1) / tokens
    after = (tuned.loss * tuned.tokens)[drawn].sum(axis=1) / tokens
    return Comparison(
        examples=len(tuned.loss),
        tokens=int(tuned.tokens.sum()),
        baseline_loss=_interval(baseline.mean_loss, before),
        tuned_loss=_interval(tuned.mean_loss, after),
        loss_fall=_interval(1 - tuned.mean_loss / baseline.mean_loss, 1 - after / before),
        answered=answered,
    )


def _interval(value: float, drawn: npt.NDArray[np.float64]) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value=value, low=float(low), high=float(high))


def _held_out(plan: Plan) -> HeldOut:
    test = plan.folder / contract.TEST_FILE
    if test.is_file():
        return load_held_out(test, plan.template, plan.settings)
    if plan.validation is None:
        return load_held_out(plan.folder / contract.VALIDATION_FILE, plan.template, plan.settings)
    return plan.validation


def _answers(plan: Plan, model: Any, held_out: HeldOut) -> dict[str, dict[str, Any]]:
    settings = plan.settings.evaluation
    asked = questions(held_out.conversations, settings.answers)
    if not asked:
        return {}
    stops = stop_tokens(plan.tokenizer, plan.train)
    options = (stops, settings.max_new_tokens, plan.placement.device, plan.placement.dtype)
    tuned = answer(model, plan.template, asked, *options)
    prompted = [with_system_text(question, settings.baseline_prompt) for question in asked]
    with model.disable_adapter():
        baseline = answer(model, plan.template, prompted, *options)
    return {
        question.name: {
            "example": question.name,
            "prompt": question.messages,
            "reference": question.reference,
            "baseline_answer": before,
            "answer": after,
        }
        for question, before, after in zip(asked, baseline, tuned, strict=True)
    }


def _write(
    plan: Plan,
    held_out: HeldOut,
    chosen: list[int],
    baseline: Scores,
    tuned: Scores,
    answers: dict[str, dict[str, Any]],
) -> None:
    with whole_file(plan.folder / contract.EVALUATION_FILE) as temporary, temporary.open("w", encoding="utf-8") as file:
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
