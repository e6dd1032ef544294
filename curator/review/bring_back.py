"""A held-out example that went badly comes back: to be looked at, or as a corrected example to train on."""

from typing import Any

from curator.audit.open_data import Opened
from curator.data.content import Content
from curator.errors import UsageError
from curator.project.decisions.decision import Proposed
from curator.project.saved_split import save_splits, saved_settings

TRAIN = 0


def flag_failure(opened: Opened, example: str, run: str) -> None:
    """Flag the example for another look.

    Raises:
        DecisionConflict, WorkFailed: nothing was decided.
    """
    opened.project.log.append([Proposed(example, "flag", reason=f"failed in run {run}")], opened.annotator)


def as_content(line: dict[str, Any]) -> Content:
    """The example of a line of `evaluation.jsonl`, to be corrected."""
    return Content([*line["prompt"], {"role": "assistant", "content": line["reference"]}])


def leave_held_out(opened: Opened, example: str) -> None:
    """Put an example that was held out on the training side for good: a correction of it will be trained on.

    Raises:
        UsageError: there is no saved split.
        DecisionConflict, WorkFailed: it could not be saved.
    """
    settings = saved_settings(opened.project.database)
    if settings is None:
        raise UsageError("There is no saved split: `curator split DATA` makes one.")
    save_splits(opened.project.database, [(example, TRAIN)], settings)
