"""What a run still gets wrong: its held-out examples with the greatest loss, and those that training made worse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from curator.examples.frames import FOUND, found
from curator.runs.listed import lines_of
from trainer.contract import DYNAMICS_FILE, EVALUATION_FILE

HIGH_LOSS_SHARE = 0.05
"""Of the held-out examples, those of the greatest loss (contract)."""
WORSE_BY = 0.1
"""Rise of an example's loss, in nats a token, from the untuned to the tuned model: e^0.1 is a tenth less probable."""
HARD_SHARE = 0.05
"""Of the training examples, those of the lowest confidence; variability the same. A place to look, not a verdict."""
FEWEST_EPOCHS = 2
"""Epochs below which there is no variability."""


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
            _frame(
                "high-loss",
                worst,
                rows,
                lambda line: (
                    f"Its loss after training, {line['tuned_loss']:.2f}, is among the greatest {count} of {len(lines)}."
                ),
            ),
            _frame(
                "worse-after-training",
                worse,
                rows,
                lambda line: f"Training raised its loss from {line['baseline_loss']:.2f} to {line['tuned_loss']:.2f}.",
            ),
        ]
    )


def hard_findings(folder: Path, rows: dict[str, int]) -> pl.DataFrame:
    """`FOUND` of `hard-to-learn`, the likeliest label errors first by score."""
    ranked = learning(folder)
    if ranked is None:
        return pl.DataFrame(schema=FOUND)
    ranked = ranked.filter(pl.col("example").is_in(list(rows)))
    count = max(1, round(HARD_SHARE * len(ranked)))
    lines = ranked.sort("suspicion", descending=True).head(count).to_dicts()
    return _frame(
        "hard-to-learn",
        lines,
        rows,
        lambda line: (
            f"After {line['epochs']} epochs its answer is still improbable: loss {line['last_loss']:.2f} where "
            f"answers of its length have {line['usual_loss']:.2f}."
        ),
        score="suspicion",
    )


def learning(folder: Path) -> pl.DataFrame | None:
    """How each training example was learned; None where the run has no dynamics yet.

    Returns:
        columns example, epochs, last_loss, usual_loss, suspicion (standard deviations above what answers of its length
        have), confidence, variability, forgetting.
    """
    path = folder / DYNAMICS_FILE
    if not path.is_file():
        return None
    frame = pl.read_parquet(path).filter(pl.col("losses").list.len() >= FEWEST_EPOCHS)
    return _suspected(frame) if len(frame) else None


def _suspected(frame: pl.DataFrame) -> pl.DataFrame:
    """Loss over the later half of the epochs against that of answers of the same length.

    A long answer has the smaller loss a token whatever it says, so lengths are compared with their like: the residual
    of a line in the logarithm of the tokens.
    """
    import numpy as np

    half = ((pl.col("losses").list.len() + 1) // 2).cast(pl.Int64)
    later = frame.select(pl.col("losses").list.tail(half).list.mean()).to_series().to_numpy()
    lengths = np.log(np.maximum(1, frame["trained_tokens"].to_numpy()))
    design = np.column_stack([np.ones(len(lengths)), lengths])
    usual = design @ np.linalg.lstsq(design, later, rcond=None)[0]
    residual = later - usual
    spread = 1.4826 * float(np.median(np.abs(residual - np.median(residual)))) or 1.0
    return frame.select(
        "example",
        pl.col("losses").list.len().alias("epochs"),
        pl.Series("last_loss", later),
        pl.Series("usual_loss", usual),
        pl.Series("suspicion", residual / spread),
        "confidence",
        "variability",
        "forgetting",
    )


def _frame(
    check: str,
    lines: list[dict[str, Any]],
    rows: dict[str, int],
    sentence: Callable[[dict[str, Any]], str],
    score: str = "tuned_loss",
) -> pl.DataFrame:
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
