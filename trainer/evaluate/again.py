"""Evaluate a finished run once more, for example after `test.jsonl` was added."""

from __future__ import annotations

from pathlib import Path

from trainer import contract
from trainer.contract import Comparison
from trainer.evaluate.compare import compare
from trainer.files import write_text
from trainer.publish.finished import finished_run, tuned_model


def evaluate_again(folder: Path, allow_download: bool = False) -> Comparison:
    """Compare the tuned with the untuned model; `evaluation.jsonl` and `result.json` are renewed.

    Raises:
        TrainerError: the run is not finished, or its model is gone.
    """
    plan, result = finished_run(folder, allow_download)
    compared = compare(plan, tuned_model(plan))
    renewed = result.model_copy(update={"evaluation": compared})
    write_text(folder / contract.RESULT_FILE, renewed.model_dump_json(indent=2) + "\n")
    return compared
