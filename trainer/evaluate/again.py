"""Evaluate a finished run once more and more fully, or the untuned model alone before any training."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from trainer import contract
from trainer.contract.files import atomic_file, sha256, write_text
from trainer.contract.results import Comparison, Interval
from trainer.contract.statistics import mean_interval
from trainer.evaluate.answers.resume import PARTIAL_FILE, Answered
from trainer.evaluate.measures.measures import PRIMARY
from trainer.evaluate.tuned_and_untuned import ask, compare, held_out_of
from trainer.exhausted import exhaustion_worded
from trainer.plan.plan import Plan, make_plan
from trainer.publish.finished import finished_run, tuned_model

BASELINE_FILE = "baseline.jsonl"
GO_ON = "The answers so far are kept; run the same command again to continue."


@exhaustion_worded(GO_ON)
def evaluate_again(
    folder: Path, allow_download: bool = False, answers: int | None = None, trust_remote_code: bool = False
) -> Comparison:
    """Compare the tuned with the untuned model; `evaluation.jsonl` and `result.json` are renewed.

    After an interruption, the next call continues with the answers already given.

    Raises:
        TrainerError: the run is not finished, its model or adapter is gone or changed, memory or disk ran out.
    """
    plan, result = finished_run(folder, allow_download, trust_remote_code)
    plan = _with_answers(plan, answers)
    answered = Answered(folder / PARTIAL_FILE, _key(plan, folder / contract.ADAPTER_FOLDER))
    compared = compare(plan, tuned_model(plan), answered=answered)
    renewed = result.model_copy(update={"evaluation": compared})
    write_text(folder / contract.RESULT_FILE, renewed.model_dump_json(indent=2) + "\n")
    answered.done()
    return compared


@exhaustion_worded(GO_ON)
def evaluate_untuned(
    folder: Path, allow_download: bool = False, answers: int | None = None, trust_remote_code: bool = False
) -> dict[str, Any]:
    """What the untuned model reaches with a good prompt, before training: how much is left to gain?

    Writes `baseline.jsonl`, one answer a line.

    Returns:
        `kind` of answers, `primary` measure, `shots` on average, `examples`, and `measures` by name as intervals.

    Raises:
        TrainerError: settings, data or model stand in the way, as for a training.
    """
    from trainer.model.load import load_model

    plan = _with_answers(make_plan(folder, allow_download, trust_remote_code=trust_remote_code), answers)
    answered = Answered(folder / PARTIAL_FILE, _key(plan, None))
    asked = ask(plan, load_model(plan.source, plan.placement), held_out_of(plan), answered, with_tuned=False)
    figures = asked.measures(asked.baseline)
    with atomic_file(folder / BASELINE_FILE) as temporary, temporary.open("w", encoding="utf-8") as file:
        for prompted, question, answer, found in zip(
            asked.prompted, asked.questions, asked.baseline, figures, strict=True
        ):
            line = {
                "example": question.name,
                "prompt": prompted.question.messages,
                "reference": question.reference,
                "answer": answer.text,
                "measures": found,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    answered.done()
    seed = plan.settings.training.seed
    measures: dict[str, Interval] = {
        name: mean_interval(np.array([one[name] for one in figures]), seed) for name in (figures[0] if figures else ())
    }
    return {
        "kind": asked.kind,
        "primary": PRIMARY[asked.kind],
        "shots": float(np.mean([one.shots for one in asked.prompted])) if asked.prompted else 0.0,
        "examples": len(asked.questions),
        "measures": {name: interval.model_dump() for name, interval in measures.items()},
    }


def _with_answers(plan: Plan, answers: int | None) -> Plan:
    return plan if answers is None else plan.with_value("evaluation", "answers", answers, "command line")


def _key(plan: Plan, adapter: Path | None) -> str:
    """All that an answer depends on: weights, prompts, how they are decoded."""
    parts = [plan.template.source, plan.settings.evaluation.model_dump_json()]
    parts += [str(plan.settings.training.seed), plan.settings.model.model_dump_json()]
    files = [plan.folder / name for name in (contract.TRAIN_FILE, contract.VALIDATION_FILE, contract.TEST_FILE)]
    files += sorted(adapter.glob("*.safetensors")) if adapter is not None else []
    parts += [sha256(file) for file in files if file.is_file()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
