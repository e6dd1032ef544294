"""Intervals of means and of paired differences, by bootstrap over examples."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from trainer.contract import Interval

RESAMPLES = 2_000
LEVEL = 0.95

Floats = npt.NDArray[np.float64]


def mean_interval(values: Floats, seed: int, weights: Floats | None = None) -> Interval:
    """The (weighted) mean over examples with its 95 % interval; where one example is all there is, both ends are it.

    The expanded percentile bootstrap (Hesterberg 2015, section 5.3): the plain percentile interval is too narrow for
    few examples. Its coverage is measured in `benchmarks/trainer/intervals.py`.

    Args:
        values: a figure per example, shape (examples,).
        seed: of the resampling.
        weights: shape (examples,); equal where None. An example is drawn with its weight.
    """
    count = len(values)
    weights = np.ones(count) if weights is None else weights
    mean = float((values * weights).sum() / weights.sum())
    if count < 2:
        return Interval(value=mean, low=mean, high=mean)
    drawn = draws(count, seed)
    low, high = expanded_quantiles((values * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1), count)
    return Interval(value=mean, low=low, high=high)


def draws(count: int, seed: int) -> npt.NDArray[np.int64]:
    """Examples of each resample, shape (2000, count); the same for the same seed and count."""
    return np.random.default_rng([seed, count]).integers(0, count, (RESAMPLES, count))


def expanded_quantiles(statistics: Floats, count: int) -> tuple[float, float]:
    """Ends of the 95 % interval of a statistic over resamples of `count` examples."""
    from scipy import stats

    tail = (1 - LEVEL) / 2
    lower = float(stats.norm.cdf(math.sqrt(count / (count - 1)) * stats.t.ppf(tail, count - 1)))
    low, high = np.quantile(statistics, [lower, 1 - lower])
    return float(low), float(high)
