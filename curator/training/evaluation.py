"""Compare the tuned with the untuned model, and one run with another, on held-out examples.

The trainer does it, in a process of its own: the statistics are in one place, and the app never loads a model.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from curator.audit.last_training.failures import evaluated
from curator.embedding.encoders.encoder import DEFAULT_ENCODER, encoder_named
from curator.errors import UsageError, require
from curator.training.runs.listed import result_of
from curator.training.trainer_process import ask_trainer
from trainer.contract.results import Comparison, Measured
from trainer.contract.statistics import measured


def evaluate_run(
    folder: Path, answers: int, *, allow_download: bool = False, trust_remote_code: bool = False
) -> Comparison:
    """Ask both models on the held-out examples, in a process of its own; interrupted, the next call resumes it.

    Raises:
        UsageError: the run is not finished.
        MissingDependency: its adapter or model is gone.
        WorkFailed: the trainer stopped midway.
    """
    allowed = ["--allow-download"] if allow_download else []
    allowed += ["--trust-remote-code"] if trust_remote_code else []
    printed = ask_trainer("evaluate", str(folder), "--answers", str(answers), *allowed)
    return Comparison.model_validate(json.loads(printed))


def comparison_of(folder: Path) -> Comparison | None:
    """The latest comparison of a run; None where it was not evaluated.

    Raises:
        UsageError: the folder holds no finished run.
    """
    result = result_of(folder)
    if result is None:
        raise UsageError(f"{folder} holds no finished run. `curator runs DATA` lists the runs and their state.")
    return result.evaluation


def meaning_similarity(folder: Path) -> Measured | None:
    """Cosine between answer and reference, of the untuned and of the tuned model; None where nothing was asked."""
    lines = [line for line in evaluated(folder) if "answer" in line]
    if not lines:
        return None
    require("scipy", "Comparing two models")
    encoder = encoder_named(DEFAULT_ENCODER)
    wanted, before, after = (
        encoder.encode([line[name] for line in lines]).astype(np.float64)
        for name in ("reference", "baseline_answer", "answer")
    )
    return measured((wanted * before).sum(axis=1), (wanted * after).sum(axis=1))


def against(first: Path, second: Path) -> dict[str, Any]:
    """Is the second run better than the first, on what both held out? See `trainer.evaluate.against`.

    Raises:
        UsageError, MissingDependency: the runs cannot be compared; the sentence says why.
    """
    found: dict[str, Any] = json.loads(ask_trainer("evaluate", str(second), "--against", str(first)))
    return found
