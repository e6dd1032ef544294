"""How far a judge's scores can be trusted, from people's ratings of the same examples."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trainer.contract.results import Interval
from trainer.contract.statistics import LEVEL, draws, exact_share, expanded_quantiles, mean_interval

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int64]

_SEED = 0
FEWEST = 20
"""Rated examples from which anything is said: below, every interval is as wide as the scale."""
NARROW = 0.05
"""Half the width of an interval that is narrow enough to decide by."""


@dataclass(frozen=True)
class ScoreThreshold:
    """What scores under a threshold are worth.

    Attributes:
        score: the threshold; scores under it are found.
        found: rated examples under it.
        precision: share of these that people rate as not good enough; its interval holds for all thresholds at once.
        recall: share of what people rate so that is under it.
    """

    score: float
    found: int
    precision: Interval
    recall: float


@dataclass(frozen=True)
class JudgeCalibration:
    """A judge against people.

    Attributes:
        examples: that people rated and the judge scored.
        good_enough: share that people rate as good enough.
        kappa: quadratically weighted, judge against people.
        kappa_people: the mean of the pairs of people; None where no two rated the same examples.
        length_bias: levels that the judge adds, against people, for an answer one standard deviation longer (of the
            logarithm); None where all are equally long.
        consistency: share of answers of the same level when asked again; None where it was not asked.
        style_bias: levels that Markdown adds: score as it is less score without it; None where it was not asked.
        thresholds: all that were looked at.
        wanted: precision.
        threshold: the highest with at least that precision; None: there is none, or the judge is refused.
        refusal: why the judge must not filter, a sentence; "" where it may.
        more: ratings that would narrow the precision to ± 0.05; 0: it is as narrow.
    """

    examples: int
    good_enough: float
    kappa: Interval
    kappa_people: Interval | None
    length_bias: Interval | None
    consistency: Interval | None
    style_bias: Interval | None
    thresholds: tuple[ScoreThreshold, ...]
    wanted: float
    threshold: ScoreThreshold | None
    refusal: str
    more: int


@dataclass(frozen=True)
class Rated:
    """Examples that people rated and a judge scored, a value per example.

    Attributes:
        scores: the judge's.
        people: the mean of people's ratings.
        lengths: of the answers, in characters.
        again: level when asked again, nan where it was not.
        plain: score without Markdown, nan where the answer has none.
        by_person: ratings of each person, nan where a person gave none.
    """

    scores: Floats
    people: Floats
    lengths: Floats
    again: Floats
    plain: Floats
    by_person: Mapping[str, Floats]


def calibrate(rated: Rated, scale: tuple[int, int], enough: int, wanted: float) -> JudgeCalibration:
    """What the ratings say of the judge.

    Args:
        rated: the examples.
        scale: the lowest and the highest level.
        enough: the lowest level that is good enough; people's mean counts, rounded half up.
        wanted: precision of what is found under the threshold.
    """
    is_low = _levels(rated.people, scale) < enough
    kappa = _kappa_interval(_levels(rated.scores, scale), _levels(rated.people, scale))
    thresholds = _thresholds(rated.scores, is_low, scale)
    refusal = _refusal(is_low, kappa)
    fitting = [one for one in thresholds if one.found and one.precision.value >= wanted]
    threshold = None if refusal or not fitting else max(fitting, key=lambda one: one.score)
    return JudgeCalibration(
        examples=len(rated.scores),
        good_enough=float(1 - is_low.mean()) if len(is_low) else 0.0,
        kappa=kappa,
        kappa_people=_kappa_of_people(rated.by_person, scale),
        length_bias=_length_bias(rated),
        consistency=_consistency(rated, scale),
        style_bias=_mean_of_known(rated.scores - rated.plain),
        thresholds=thresholds,
        wanted=wanted,
        threshold=threshold,
        refusal=refusal,
        more=_more(len(rated.scores), threshold),
    )


def _levels(values: Floats, scale: tuple[int, int]) -> Levels:
    """The nearest levels, halves up."""
    return np.clip(np.floor(values + 0.5), *scale).astype(np.int64)


def _refusal(is_low: npt.NDArray[np.bool_], kappa: Interval) -> str:
    count = len(is_low)
    if count < FEWEST:
        return f"{count} rated examples are too few to calibrate by; {FEWEST} are the least."
    if is_low.all() or not is_low.any():
        which = "not good enough" if is_low.all() else "good enough"
        return (
            f"People rate all {count} examples as {which}, so a constant guess is always right and no judge can be "
            "better. Rate examples of both kinds."
        )
    if kappa.low <= 0:
        return (
            f"The judge does not beat a constant guess, whose kappa is 0: its own is {kappa.value:.2f} "
            f"({kappa.low:.2f} to {kappa.high:.2f}). It must not filter."
        )
    return ""


def weighted_kappa(first: Levels, second: Levels) -> float:
    """Cohen's kappa with quadratic weights; 0 where one of the two always says the same."""
    return float(_kappas(first[None], second[None])[0])


def _kappas(first: Levels, second: Levels) -> Floats:
    """Of each row. Quadratic weights need no table: squared differences, observed and expected, are moments."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    observed = ((a - b) ** 2).mean(axis=1)
    expected = a.var(axis=1) + b.var(axis=1) + (a.mean(axis=1) - b.mean(axis=1)) ** 2
    is_constant = (a.var(axis=1) == 0) | (b.var(axis=1) == 0)
    return np.where(is_constant, 0.0, 1 - observed / np.where(expected == 0, 1, expected))


def _kappa_interval(first: Levels, second: Levels) -> Interval:
    count = len(first)
    if count < 2:
        return Interval(value=0.0, low=-1.0, high=1.0)
    drawn = draws(count, _SEED)
    low, high = expanded_quantiles(_kappas(first[drawn], second[drawn]), count)
    return Interval(value=weighted_kappa(first, second), low=low, high=high)


def _kappa_of_people(by_person: Mapping[str, Floats], scale: tuple[int, int]) -> Interval | None:
    """The mean over pairs of people of the kappa on what both rated, examples drawn anew for the interval."""
    names = sorted(by_person)
    pairs = []
    for at, name in enumerate(names):
        for other in names[at + 1 :]:
            both = ~np.isnan(by_person[name]) & ~np.isnan(by_person[other])
            if both.sum() >= 2:
                pairs.append([_levels(by_person[who][both], scale) for who in (name, other)])
    if not pairs:
        return None
    intervals = [_kappa_interval(first, second) for first, second in pairs]
    if len(intervals) == 1:
        return intervals[0]
    sizes = np.array([len(first) for first, _ in pairs], dtype=np.float64)
    value, low, high = (
        float(np.average([getattr(one, name) for one in intervals], weights=sizes)) for name in ("value", "low", "high")
    )
    return Interval(value=value, low=low, high=high)


def _thresholds(scores: Floats, is_low: npt.NDArray[np.bool_], scale: tuple[int, int]) -> tuple[ScoreThreshold, ...]:
    """Every half level, with the precision below it.

    The thresholds are fixed before any data is looked at, and the exact binomial intervals share the 5 % among them
    (Bonferroni), so that whichever is chosen, its interval holds.
    """
    candidates = np.arange(scale[0] + 0.5, scale[1] + 0.25, 0.5)
    level = 1 - (1 - LEVEL) / len(candidates)
    listed = []
    for score in candidates.tolist():
        is_under = scores < score
        found, right = int(is_under.sum()), int((is_under & is_low).sum())
        recall = right / max(1, int(is_low.sum()))
        listed.append(ScoreThreshold(score, found, exact_share(right, found, level), recall))
    return tuple(listed)


def _length_bias(rated: Rated) -> Interval | None:
    """The slope of judge less people over the standardised logarithm of the length.

    People's own liking for length is no bias: only what the judge adds to it counts.
    """
    length = np.log1p(rated.lengths)
    if len(length) < FEWEST or np.ptp(length) == 0:
        return None
    length = (length - length.mean()) / length.std()
    added = rated.scores - rated.people
    drawn = draws(len(length), _SEED)
    low, high = expanded_quantiles(_slopes(length[drawn], added[drawn]), len(length))
    return Interval(value=float(_slopes(length[None], added[None])[0]), low=low, high=high)


def _slopes(x: Floats, y: Floats) -> Floats:
    centred = x - x.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    return np.asarray((centred * y).sum(axis=1) / np.where(spread == 0, 1, spread))


def _consistency(rated: Rated, scale: tuple[int, int]) -> Interval | None:
    known = ~np.isnan(rated.again)
    if known.sum() < 2:
        return None
    same = _levels(rated.scores[known], scale) == _levels(rated.again[known], scale)
    return mean_interval(same.astype(np.float64), _SEED)


def _mean_of_known(values: Floats) -> Interval | None:
    known = values[~np.isnan(values)]
    return mean_interval(known, _SEED, least=-math.inf) if len(known) >= 2 else None


def _more(count: int, threshold: ScoreThreshold | None) -> int:
    """Further ratings that would bring the precision to ± `NARROW`: an interval narrows with the root of its count."""
    if threshold is None:
        return 0
    half = (threshold.precision.high - threshold.precision.low) / 2
    needed = count * (half / NARROW) ** 2
    return 0 if needed <= count else math.ceil((needed - count) / 10) * 10
