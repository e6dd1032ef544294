"""The alarm: validation loss up beyond noise while training loss falls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from trainer.train.overfitting import Reading, out_of_patience, overfitting
from trainer.train.recipe import run

from .conftest import THINGS, write_jsonl

BUNDLED_MODEL = Path(__file__).parents[2] / "sample_data" / "tiny-llama"


def readings(means: list[float], train: list[float], noise: float = 0.02, seed: int = 0) -> list[Reading]:
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 0.5, 80)
    tokens = rng.integers(5, 60, 80).astype(float)
    return [
        Reading(step, t, mean + level + rng.normal(0, noise, 80), tokens)
        for step, (mean, t) in enumerate(zip(means, train, strict=True))
    ]


def first_alarm(curve: list[Reading]) -> int | None:
    return next((end - 1 for end in range(1, len(curve) + 1) if overfitting(curve[:end])), None)


def test_a_clear_rise_fires_within_two_evaluations_of_the_minimum() -> None:
    validation = [3.0, 2.4, 2.0, 1.9, 1.96, 2.05, 2.2]
    assert first_alarm(readings(validation, [3.0, 2.2, 1.7, 1.3, 1.0, 0.8, 0.6])) == 5


def test_a_falling_or_level_curve_does_not_fire() -> None:
    falling = [3.0, 2.0, 1.5, 1.3, 1.2, 1.15, 1.12, 1.11, 1.105, 1.104]
    level = [2.0] * 10
    train = list(np.linspace(3, 1, 10))
    assert first_alarm(readings(falling, train)) is None
    assert all(first_alarm(readings(level, train, seed=seed)) is None for seed in range(30))


def test_a_rise_without_a_falling_training_loss_is_not_overfitting() -> None:
    assert first_alarm(readings([2.0, 1.8, 2.2, 2.6], [2.0, 1.8, 2.2, 2.6])) is None


def test_patience_counts_evaluations_without_a_better_loss() -> None:
    assert not out_of_patience([3.0, 2.0, 2.1], patience=2, min_delta=0.0)
    assert out_of_patience([3.0, 2.0, 2.1, 2.05], patience=2, min_delta=0.0)
    assert out_of_patience([3.0, 2.0, 1.99, 1.98], patience=2, min_delta=0.1)


def test_a_run_that_learns_by_heart_stops_early_and_keeps_its_best_adapter(
    make_run: Callable[..., Path], tmp_path: Path
) -> None:
    """Answers that cannot be known from the questions: learning them raises the loss of others."""
    folder = make_run(
        tmp_path / "run",
        model={"name": str(BUNDLED_MODEL), "quantisation": "none"},
        lora={"rank": 16},
        training={
            "steps": 200,
            "batch_size": 8,
            "learning_rate": 0.002,
            "evaluations": 20,
            "schedule": "constant_with_warmup",
        },
        stopping={"patience": 20},
        evaluation={"answers": 0, "sample_answers": 0},
    )
    rng = np.random.default_rng(0)

    def coin(number: int) -> dict[str, Any]:
        words = " ".join(rng.choice(THINGS, 6))
        return {"messages": [{"role": "user", "content": f"Case {number}."}, {"role": "assistant", "content": words}]}

    write_jsonl(folder / "train.jsonl", [coin(number) for number in range(24)])
    write_jsonl(folder / "validation.jsonl", [coin(500 + number) for number in range(24)])
    result = run(folder)
    assert result.reason == "overfitting" and result.steps < 200 and result.best_step < result.steps
    log = (folder / "events.jsonl").read_text().splitlines()
    alarm = next(json.loads(line) for line in log if '"event": "overfitting"' in line)
    assert alarm["best_step"] == result.best_step and "standard errors" in alarm["message"]
    best = [
        line for line in (folder / "results.csv").read_text().splitlines() if line.startswith(f"{result.best_step},")
    ]
    assert result.evaluation is not None
    assert abs(float(best[0].split(",")[3]) - result.evaluation.tuned_loss.value) < 1e-6
