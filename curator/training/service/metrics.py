"""A service's figures about a step, as metric events and as `results.csv`."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from curator.data.files.atomic import atomic_file
from trainer.contract import METRICS_FILE, RESULT_COLUMNS

_STEP = ("step", "global_step", "train/global_step", "train/step")
_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "train": {
        "loss": ("train_loss", "train/loss", "loss"),
        "accuracy": ("train_mean_token_accuracy", "train_accuracy", "train/accuracy", "train/mean_token_accuracy"),
        "learning_rate": ("learning_rate", "train/learning_rate", "train/lr", "lr"),
        "grad_norm": ("grad_norm", "train/grad_norm"),
    },
    "validation": {
        "loss": ("valid_loss", "eval_loss", "eval/loss", "validation/loss", "validation_loss"),
        "accuracy": (
            "valid_mean_token_accuracy",
            "validation_mean_token_accuracy",
            "eval_accuracy",
            "eval/accuracy",
            "eval/mean_token_accuracy",
        ),
    },
    "full-validation": {"loss": ("full_valid_loss",), "accuracy": ("full_valid_mean_token_accuracy",)},
}
"""By split and figure, the names that services give them."""
_COLUMNS = {"train": 1, "validation": 3, "full-validation": 5}
"""By split, the column of its loss in `results.csv`; its accuracy is the next."""


def metrics(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of one metric event for each split that has a loss."""
    step = _first(figures, _STEP)
    if step is None:
        return
    for split, names in _NAMES.items():
        found = {name: _first(figures, spellings) for name, spellings in names.items()}
        if found["loss"] is not None:
            yield {"step": int(step), "split": split, **found}


def write_results(folder: Path, events: Iterable[Mapping[str, Any]]) -> None:
    """Write `results.csv` from the metric events of a run whose service has no such file."""
    rows: dict[int, list[Any]] = {}
    for event in events:
        if event["event"] == "metric" and event["split"] in _COLUMNS:
            row = rows.setdefault(event["step"], [event["step"], *[None] * (len(RESULT_COLUMNS) - 1)])
            column = _COLUMNS[event["split"]]
            row[column : column + 2] = [event["loss"], event.get("accuracy")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(RESULT_COLUMNS)
    writer.writerows(rows[step] for step in sorted(rows))
    put(folder / METRICS_FILE, text.getvalue().encode())


def put(path: Path, content: bytes) -> None:
    """Write a file that appears whole."""
    with atomic_file(path) as unfinished:
        unfinished.write_bytes(content)


def _first(figures: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    for name in names:
        value = figures.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None
