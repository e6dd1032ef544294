"""What a run still gets wrong: its held-out examples with the greatest loss, and those that training made worse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from curator.data.frames import FOUND, found
from curator.project.jobs.run_files import lines_of
from trainer.contract import EVALUATION_FILE

HIGH_LOSS_SHARE = 0.05
"""Of the held-out examples, those of the greatest loss (contract)."""
WORSE_BY = 0.1
"""Rise of an example's loss, in nats a token, from the untuned to the tuned model: e^0.1 is a tenth less probable."""


def evaluated(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's `evaluation.jsonl`; none where it was not evaluated."""
    return lines_of(folder / EVALUATION_FILE)


def failure_findings(folder: Path, rows: dict[str, int]) -> pl.DataFrame:
    """`FOUND` of `high-loss` and `worse-after-training`; `rows` gives an example's position by its id."""
    lines = [line for line in evaluated(folder) if line["example"] in rows and line.get("tuned_loss") is not None]
    if not lines:
        return pl.DataFrame(schema=FOUND)
    count = max(1, round(HIGH_LOSS_SHARE * len(lines)))
    worst = sorted(lines, key=lambda line: -line["tuned_loss"])[:count]
    worse = [line for line in lines if line["tuned_loss"] - line["baseline_loss"] > WORSE_BY]
    return pl.concat(
        [
            finding_frame(
                "high-loss",
                worst,
                rows,
                lambda line: (
                    f"Its loss after training, {line['tuned_loss']:.2f}, is among the greatest {count} of {len(lines)}."
                ),
            ),
            finding_frame(
                "worse-after-training",
                worse,
                rows,
                lambda line: f"Training raised its loss from {line['baseline_loss']:.2f} to {line['tuned_loss']:.2f}.",
            ),
        ]
    )


def finding_frame(
    check: str,
    lines: list[dict[str, Any]],
    rows: dict[str, int],
    sentence: Callable[[dict[str, Any]], str],
    score: str = "tuned_loss",
) -> pl.DataFrame:
    """`FOUND` of one check, from lines that name their example; `score` names the field that orders them."""
    return found(
        check,
        pl.DataFrame(
            {
                "row": [rows[line["example"]] for line in lines],
                "message": [sentence(line) for line in lines],
                "score": [float(line[score]) for line in lines],
            },
            schema={"row": pl.UInt32, "message": pl.String, "score": pl.Float64},
        ),
    )
