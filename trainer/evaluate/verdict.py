"""Better, worse, or cannot tell: one measure, one interval, one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trainer.contract.results import Interval
from trainer.contract.statistics import Floats, mean_interval

Outcome = Literal["better", "worse", "cannot tell"]

FEWEST_DIFFERING = 6
"""Fewer examples on which the two differ cannot reach 5 % even if all point one way (sign test: 2 / 2^5 > 0.05)."""


@dataclass(frozen=True)
class TuningVerdict:
    """The outcome for the tuned model, the difference (tuned less baseline) and how many examples it rests on."""

    outcome: Outcome
    measure: str
    difference: Interval
    examples: int

    def sentence(self) -> str:
        """For people."""
        interval = f"{self.difference.value:+.3f} ({self.difference.low:+.3f} to {self.difference.high:+.3f})"
        held_out = f"{self.examples} held-out example{'' if self.examples == 1 else 's'}"
        if self.outcome == "cannot tell":
            return (
                f"Cannot tell with {held_out}: the difference in {self.measure} is {interval}. "
                "More held-out examples would narrow it."
            )
        return (
            f"The tuned model is {self.outcome} than the untuned one with a good prompt: {self.measure} {interval}, "
            f"on {held_out}."
        )


def verdict(measure: str, baseline: Floats, tuned: Floats, seed: int) -> TuningVerdict:
    """Judge by one measure where higher is better; the arrays hold the same examples in the same order."""
    differences = tuned - baseline
    interval = mean_interval(differences, seed, least=-1.0)
    outcome: Outcome = "cannot tell"
    if int(np.count_nonzero(differences)) >= FEWEST_DIFFERING:
        if interval.low > 0:
            outcome = "better"
        elif interval.high < 0:
            outcome = "worse"
    return TuningVerdict(outcome, measure, interval, len(differences))
