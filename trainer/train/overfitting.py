"""Overfitting: validation loss has risen beyond noise while training loss fell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SIGNIFICANT = 3.5
"""Standard errors that the rise must exceed: a run looks at it ten times or more, and the minimum is picked after the
fact. Measured in benchmarks/trainer/overfitting_alarm.py: at most 2 % of level curves raise a false alarm over thirty
evaluations while noise that all examples share stays below 0.3 % of the loss (27 % of them at 1.1 %), and a rise of 3 %
an evaluation is found always, the first time at the second evaluation after the minimum."""
ASSUMED_UNREST = 0.01
"""Share of the validation loss: how much a curve is taken to jump about before it has shown how much it does."""
ASSUMED_WEIGHT = 3
SMALLEST_RISE = 0.01
"""Share of the best validation loss; a smaller rise is not worth stopping for."""


@dataclass(frozen=True)
class Reading:
    """One evaluation: training loss (mean since the evaluation before) and the loss of each validation example."""

    step: int
    train_loss: float
    losses: npt.NDArray[np.float64]
    tokens: npt.NDArray[np.float64]
    accuracy: float = math.nan
    margin: float = math.nan
    """Of a preference training: how often the preferred answer is rewarded more, and by how much."""

    @property
    def validation_loss(self) -> float:
        """Loss over all validation tokens."""
        return float((self.losses * self.tokens).sum() / self.tokens.sum())


@dataclass(frozen=True)
class Alarm:
    """The best evaluation so far, and how far the validation loss has risen above it."""

    best_step: int
    best_loss: float
    loss: float
    standard_error: float
    rewards: str = ""

    def sentence(self) -> str:
        """For people."""
        return (
            f"Overfitting: validation loss rose from {self.best_loss:.4f} at step {self.best_step} to {self.loss:.4f} "
            f"({(self.loss - self.best_loss) / max(self.standard_error, 1e-12):.1f} standard errors) while training "
            "loss fell. "
            f"{self.rewards}The adapter of step {self.best_step} is kept."
        )


def overfitting(readings: Sequence[Reading]) -> Alarm | None:
    """Judge the latest evaluation against the best one; the alarm fires at the second evaluation after the minimum.

    Both evaluations after it must lie above: the latest by at least 1 % and SIGNIFICANT standard errors, the one before
    by half of that, and training loss must have fallen since. The standard error is the larger of two: that of the
    differences example by example (which examples happen to be held out cancels) and the unrest of the curve so far (a
    model that jumps about between evaluations).
    """
    if len(readings) < 3:
        return None
    means = [reading.validation_loss for reading in readings]
    best = means.index(min(means))
    if best > len(readings) - 3 or not readings[-1].train_loss < readings[best].train_loss:
        return None
    error = max(_standard_error(readings[best], readings[-1]), math.sqrt(2) * _unrest(means, best))
    threshold = max(SMALLEST_RISE * means[best], SIGNIFICANT * error)
    if means[-1] - means[best] < threshold or means[-2] - means[best] < threshold / 2:
        return None
    return Alarm(readings[best].step, means[best], means[-1], error, _rewards(readings[best], readings[-1]))


def _rewards(lowest: Reading, latest: Reading) -> str:
    """What became of the rewards meanwhile, a sentence; nothing where there are none."""
    if not math.isfinite(latest.margin):
        return ""
    return (
        f"Reward accuracy went from {lowest.accuracy:.2f} to {latest.accuracy:.2f}, the margin from "
        f"{lowest.margin:.3f} to {latest.margin:.3f}. "
    )


def _unrest(means: Sequence[float], best: int) -> float:
    """Deviation of the noise that all examples share, from the curve's zigzag: an upper estimate.

    How far an evaluation lies outside the interval of its two neighbours: 0 on a smooth curve, however steep, except at
    its turn (the minimum, excluded); 1/sqrt(pi) deviations on average for independent normal noise, give or take about
    as much again, by which the mean is raised. An assumed unrest counts like ASSUMED_WEIGHT evaluations, for a short
    curve shows little of its own.
    """
    curve = np.asarray(means)
    left, middle, right = curve[:-2], curve[1:-1], curve[2:]
    beyond = np.maximum(middle - np.maximum(left, right), np.minimum(left, right) - middle).clip(min=0)
    examined = np.delete(beyond, best - 1) if best else beyond
    known = float(examined.sum()) * math.sqrt(math.pi) * (1 + 1 / math.sqrt(max(1, len(examined))))
    return (known + ASSUMED_WEIGHT * ASSUMED_UNREST * means[best]) / (len(examined) + ASSUMED_WEIGHT)


def _standard_error(lowest: Reading, latest: Reading) -> float:
    """Of the token-weighted mean of the paired differences (ratio estimator)."""
    weights = latest.tokens / latest.tokens.sum()
    differences = latest.losses - lowest.losses
    spread = weights * (differences - (weights * differences).sum())
    count = len(differences)
    return math.sqrt(float((spread**2).sum()) * count / max(1, count - 1))


def out_of_patience(validation_losses: Sequence[float], patience: int, min_delta: float) -> bool:
    """No evaluation among the last `patience` was better than the best before them by more than `min_delta`."""
    if len(validation_losses) <= patience:
        return False
    before = min(validation_losses[:-patience])
    return min(validation_losses[-patience:]) >= before - min_delta
