"""A mean over examples with its 95 % interval, as the trainer gives it for its own measures."""

import math

import numpy as np
import numpy.typing as npt

from trainer.contract import Interval, Measured

LEVEL = 0.95
RESAMPLES = 2000

Floats = npt.NDArray[np.float64]


def measured(untuned: Floats, tuned: Floats) -> Measured:
    """One figure of both models on the same examples, and its paired difference."""
    return Measured(
        baseline=mean_interval(untuned), tuned=mean_interval(tuned), difference=mean_interval(tuned - untuned)
    )


def mean_interval(values: Floats) -> Interval:
    """The expanded percentile bootstrap over examples (Hesterberg 2015, section 5.3)."""
    from scipy import stats

    mean, count = float(values.mean()), len(values)
    if count < 2:
        return Interval(value=mean, low=mean, high=mean)
    beyond = float(stats.norm.cdf(math.sqrt(count / (count - 1)) * stats.t.ppf((1 - LEVEL) / 2, count - 1)))
    drawn = stats.bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, confidence_level=1 - 2 * beyond, method="percentile", rng=0
    ).confidence_interval
    return Interval(value=mean, low=float(drawn.low), high=float(drawn.high))
