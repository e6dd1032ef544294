"""Intervals: of means and paired differences by bootstrap over examples, of shares by formula."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from trainer.contract.results import Interval, Measured

RESAMPLES = 2_000
LEVEL = 0.95

Floats = npt.NDArray[np.float64]


def mean_interval(values: Floats, seed: int, weights: Floats | None = None, least: float = 0.0) -> Interval:
    """The (weighted) mean over examples with its 95 % interval; where one example is all there is, both ends are it.

    The expanded percentile bootstrap (Hesterberg 2015, section 5.3): the plain percentile interval is too narrow for
    few examples. Its coverage is measured in `benchmarks/trainer/intervals.py`. Where all examples have the same share,
    none or whole, resampling shows no doubt at all; there the exact binomial interval takes its place.

    Args:
        values: a figure per example, shape (examples,).
        seed: of the resampling.
        weights: shape (examples,); equal where None. An example is drawn with its weight.
        least: that a share can be: 0, and -1 for a difference of shares.
    """
    count = len(values)
    weights = np.ones(count) if weights is None else weights
    mean = float((values * weights).sum() / weights.sum())
    if count < 2:
        return Interval(value=mean, low=mean, high=mean)
    if values.min() == values.max() and mean in (-1.0, 0.0, 1.0):
        unseen = 1 - ((1 - LEVEL) / 2) ** (1 / count)  # the share that may differ though none of `count` did
        return Interval(value=mean, low=max(least, mean - unseen), high=min(1.0, mean + unseen))
    drawn = draws(count, seed)
    low, high = expanded_quantiles((values * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1), count)
    return Interval(value=mean, low=low, high=high)


def measured(baseline: Sequence[float] | Floats, tuned: Sequence[float] | Floats, seed: int = 0) -> Measured:
    """One figure of both models on the same examples, and its paired difference."""
    before, after = np.asarray(baseline, dtype=np.float64), np.asarray(tuned, dtype=np.float64)
    return Measured(
        baseline=mean_interval(before, seed),
        tuned=mean_interval(after, seed),
        difference=mean_interval(after - before, seed, least=-1.0),
    )


def draws(count: int, seed: int) -> npt.NDArray[np.int64]:
    """Examples of each resample, shape (2000, count); the same for the same seed and count."""
    return np.random.default_rng([seed, count]).integers(0, count, (RESAMPLES, count))


def wilson(successes: float, trials: float) -> Interval:
    """A share with its 95 % interval (Wilson 1927), where successes may be halves; of nothing, all is possible."""
    if trials == 0:
        return Interval(value=0.0, low=0.0, high=1.0)
    share, z = successes / trials, 1.959964
    middle = share + z**2 / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return Interval(value=share, low=max(0.0, (middle - spread) / scale), high=min(1.0, (middle + spread) / scale))


def exact_share(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """A share with its exact interval (Clopper and Pearson 1934); of nothing, all is possible."""
    from scipy import stats

    if not trials:
        return Interval(value=0.0, low=0.0, high=1.0)
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, successes, trials - successes + 1)) if successes else 0.0
    high = float(stats.beta.ppf(1 - tail, successes + 1, trials - successes)) if successes < trials else 1.0
    return Interval(value=successes / trials, low=low, high=high)


def expanded_quantiles(statistics: Floats, count: int) -> tuple[float, float]:
    """Ends of the 95 % interval of a statistic over resamples of `count` examples."""
    from scipy import stats

    tail = (1 - LEVEL) / 2
    lower = float(stats.norm.cdf(math.sqrt(count / (count - 1)) * stats.t.ppf(tail, count - 1)))
    low, high = np.quantile(statistics, [lower, 1 - lower])
    return float(low), float(high)
