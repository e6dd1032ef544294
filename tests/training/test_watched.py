"""What a screen says about a training, from its events alone."""

import math
from pathlib import Path
from typing import Any

import pytest

from curator.training.runs.watched import Watched, is_flat, rises, smoothed


def metric(step: int, loss: float | None, split: str = "train") -> dict[str, Any]:
    return {"event": "metric", "step": step, "split": split, "loss": loss, "accuracy": 0.5, "memory": 2**30}


def watched(*events: dict[str, Any]) -> Watched:
    run = Watched()
    run.add([{"event": "started"}, {"event": "plan", "steps": 100}, *events])
    return run


def test_where_a_run_stands_is_one_line() -> None:
    run = watched(
        metric(1, 3.0),
        {"event": "progress", "step": 7, "steps": 100, "tokens_per_second": 1234.5, "seconds_left": 75.0},
    )
    assert run.summary() == "step 7 of 100 · 1,234 tokens/s · 75 s left · 1.0 GiB"


def test_a_resumed_run_draws_its_repeated_steps_once() -> None:
    run = watched(metric(1, 3.0), metric(2, 2.5), metric(3, 2.0), {"event": "resumed"}, metric(2, 2.5), metric(3, 2.0))
    assert run.train == [(1, 3.0), (2, 2.5), (3, 2.0)]


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([metric(1, None)], "not a number"),
        ([metric(n, loss, "validation") for n, loss in enumerate((2.0, 1.5, 1.6, 1.7))], "risen for 2 evaluations"),
        ([metric(n, 2.0) for n in range(60)], "has not fallen for 50 steps"),
        ([{"event": "overfitting", "message": "Overfitting: it rose."}], "Overfitting: it rose."),
        ([{"event": "failed", "message": "The disk is full. Free some space."}], "Free some space"),
        ([{"event": "failed", "message": ""}], "its log is in the run's folder"),
    ],
)
def test_trouble_is_told_in_plain_words(events: list[dict[str, Any]], says: str) -> None:
    trouble = watched(*events).trouble()
    assert trouble is not None and says in trouble


def test_a_healthy_run_has_no_trouble() -> None:
    events = [metric(n, 3 / (1 + n / 10)) for n in range(60)]
    events += [metric(n, 3 / (1 + n / 20), "validation") for n in range(0, 60, 10)]
    assert watched(*events).trouble() is None


def test_smoothing_keeps_the_start_the_level_and_the_steps() -> None:
    losses = [(step, 2.0 + (-1) ** step * 0.5) for step in range(40)]
    assert smoothed(losses, 0.0) == losses
    flat = smoothed(losses, 0.9)
    assert [step for step, _ in flat] == list(range(40)) and flat[0][1] == pytest.approx(2.5)
    assert abs(flat[-1][1] - 2.0) < 0.1
    assert smoothed([(1, math.nan), (2, 1.0)], 0.5) == [(2, 1.0)]


def test_rising_and_flat_are_counted_from_the_latest() -> None:
    assert rises([(0, 2.0), (1, 1.0), (2, 1.1), (3, 1.2)]) == 2
    assert rises([(0, 1.0)]) == 0
    assert not is_flat([(n, 5 - n * 0.01) for n in range(60)])


def test_the_events_of_a_real_run_are_understood(tmp_path: Path) -> None:
    from trainer.contract.events import EventLog, EventReader

    with EventLog(tmp_path / "events.jsonl", "run") as writer:
        writer.write("started")
        writer.write("plan", steps=2)
        writer.write("metric", step=1, split="train", loss=2.0)
        writer.write("answer", step=1, prompt=[], answer="Yes.", reference="No.")
        writer.write("checkpoint", step=1)
        writer.write("finished", reason="finished", exit_code=0)
    run = Watched()
    assert run.add(EventReader(tmp_path / "events.jsonl").new())
    assert run.ended is not None and run.checkpoint == 1 and run.samples[0]["answer"] == "Yes."
