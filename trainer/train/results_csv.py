"""`results.csv`: the run's figures with exactly the columns of OpenAI's fine-tuning jobs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from trainer.contract import EVENTS_FILE, METRICS_FILE, RESULT_COLUMNS
from trainer.contract.files import atomic_file


def write_figures(folder: Path, last_step: int) -> float:
    """Write one line per step from the event log; of a step done twice (after a resume) the later counts.

    Returns the mean training loss of all steps, whichever process took them.
    """
    by_step: dict[int, dict[str, Any]] = {}
    with (folder / EVENTS_FILE).open(encoding="utf-8") as events:
        for line in events:
            event = _metric(line)
            if event is not None and event["step"] <= last_step:
                by_step.setdefault(event["step"], {}).update(_columns(event))
    with atomic_file(folder / METRICS_FILE) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, RESULT_COLUMNS)
        writer.writeheader()
        for step in sorted(by_step):
            writer.writerow({"step": step, **by_step[step]})
    losses = [columns["train_loss"] for columns in by_step.values() if "train_loss" in columns]
    return float(sum(losses) / len(losses))


def _metric(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except json.JSONDecodeError:
        return None  # a line cut by a crash
    return event if event.get("event") == "metric" else None


def _columns(event: dict[str, Any]) -> dict[str, Any]:
    loss, accuracy = event["loss"], event["accuracy"]
    if event["split"] == "train":
        return {"train_loss": loss, "train_accuracy": accuracy}
    return {
        "valid_loss": loss,
        "valid_mean_token_accuracy": accuracy,
        "full_valid_loss": loss,
        "full_valid_mean_token_accuracy": accuracy,
    }
