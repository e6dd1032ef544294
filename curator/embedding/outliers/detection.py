"""Examples that stand alone: a calibrated score, not a quota.

The score adds up how unusual an example is in meaning and in words. In meaning: how far it lies from the others along
the directions in which the set varies little, the Mahalanobis distances of prompt and answer from a middle and a
covariance fitted to the nearest 90 % (as in Rousseeuw's MCD, so that what is foreign does not call itself usual;
distances to neighbours do not see foreign texts that resemble one another), each from a fit without the example itself,
copies counted once. The cube root of such a sum of squares is nearly normal (Wilson and Hilferty 1931). In words: how
rare the word pieces of prompt and answer are in the set (`surprisal`). Each of the three is counted in deviations from
its median, and so is their sum.

A deviation is that of the wider half: a normal is fitted to the values below the median, another one to those above it,
each by its own median, which few outliers do not move. In a set of even texts the two agree. In a clumpy one (a small
set, many templates, one short kind of answer) the lower half is packed and the upper one long without anything being
wrong, and the lower half alone would flag one example in ten. The normal's upper tail gives each sum a p-value, and
Benjamini-Hochberg at 1 % decides. Clean data yields few, noise yields what it is. What is far out together with ten
others of its kind is a class of the set and no outlier.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curator.embedding.encoders.subwords import Subwords
from curator.embedding.projection import mean_and_covariance
from curator.embedding.vectors import FullTextVectors, Positions, Vectors

FALSE_DISCOVERIES = 0.01
"""Expected share of false alarms among what is flagged (Benjamini and Hochberg 1995)."""

FEWEST = 100
"""Different examples below which nothing is judged: the spread of a set this small is not known well enough."""

KIN = 10
"""Others of its kind from which an example belongs to a class."""
COMPARED = 500  # examples from which it is taken how near the tenth of them usually is
ALONE = 6.0  # deviations below that median from which an example lacks a class, however near the tenth is
KINDRED = 0.5  # cosine of the tenth below which it lacks one in any set

KEPT = 0.9  # share of the examples that middle and covariance are fitted to
SHRUNK = 0.02  # of the average variance, added to every direction: with few examples some have none
SAMPLED = 20_000  # examples from which middle and covariance are taken in a large set
MAD_TO_SIGMA = 1.4826  # of a normal
_ROUNDS = 3
_DECIMALS = 5  # so that no order of sums decides what ties with the median
_SEED = 0
_STEP = 4096


@dataclass(frozen=True)
class Outliers:
    """The judgement of a set.

    Attributes:
        score: float64 [n], in deviations of a normal; NaN for an example without text.
        p_value: float64 [n], the normal's upper tail; 1 where there is no score.
        flagged: int64, positions, the farthest first.
    """

    score: npt.NDArray[np.float64]
    p_value: npt.NDArray[np.float64]
    flagged: Positions


def outliers(vectors: Vectors, surprisal: npt.NDArray[np.float64] | None = None) -> Outliers:
    """Judge every example that has text.

    Args:
        vectors: of the set.
        surprisal: float64 [n, 2], of the words of prompt and answer, NaN where there is no text; None: meaning alone.
    """
    count = len(vectors)
    first = vectors.first_of_copies  # judged once: they would draw what is usual to themselves, away from what is rare
    examined = np.flatnonzero((first == np.arange(count)) & vectors.with_text)
    score, p_value = np.full(count, np.nan), np.ones(count)
    if len(examined) >= FEWEST:
        squares = np.zeros(count)
        for part, is_there in zip((vectors.prompt, vectors.answer), vectors.parts_with_text.T, strict=True):
            there = examined[is_there[examined]]
            usual = np.full(count, np.nan)
            if len(there) >= FEWEST:
                usual[there] = _squared_distances(part, there)
                usual[np.isnan(usual)] = np.median(usual[there])  # an absent part is neither near nor far
                squares += usual
        unusual = _deviations(np.cbrt(squares[examined]))
        if surprisal is not None:
            unusual = unusual + sum(_usual_where_absent(surprisal[examined, part]) for part in (0, 1))
        score[examined] = np.round(_deviations(unusual), _DECIMALS)
        p_value[examined] = [math.erfc(value / math.sqrt(2)) / 2 for value in score[examined]]
    found = examined[_discoveries(p_value[examined])]
    is_discovery = np.zeros(count, dtype=np.bool_)
    is_discovery[found[_are_alone(vectors, found, examined)]] = True
    score, p_value, chosen = score[first], p_value[first], np.flatnonzero(is_discovery[first])
    return Outliers(score, p_value, chosen[np.lexsort((chosen, -score[chosen]))])


def _are_alone(vectors: Vectors, found: Positions, examined: Positions) -> npt.NDArray[np.bool_]:
    """Which of the examples `found` to be far out lack a class of their own: `KIN` others about as near as is usual.

    A class of many equals (an intent, a template) lies far from the rest as a whole, and is still what the set is made
    of.
    """
    from curator.embedding.neighbors.exact_knn import neighbours_of_some  # which loads the compiler

    if not len(found):
        return np.zeros(0, dtype=np.bool_)
    distinct = FullTextVectors(vectors, examined)
    some, found = np.arange(len(examined)), np.searchsorted(examined, found)
    if len(some) > COMPARED:
        some = np.sort(np.random.default_rng(_SEED).choice(some, COMPARED, replace=False))
    usual, own = (
        neighbours_of_some(distinct, positions, KIN)[1][:, -1].astype(np.float64) for positions in (some, found)
    )
    middle = np.median(usual)
    spread = MAD_TO_SIGMA * np.median(np.abs(usual - middle))
    alone: npt.NDArray[np.bool_] = own < np.maximum(middle - ALONE * spread, np.minimum(KINDRED, middle - spread))
    return alone


def _usual_where_absent(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Deviations of the values that are there; 0 for the others, and for all where hardly any is there."""
    there = ~np.isnan(values)
    result = np.zeros(len(values))
    if there.sum() >= FEWEST:
        result[there] = _deviations(values[there])
    return result


def _squared_distances(part: npt.NDArray[np.float16], there: Positions) -> npt.NDArray[np.float64]:
    """Squared Mahalanobis distances of the vectors at `there` from where most are, float64 [there]."""
    some = there
    if len(there) > SAMPLED:
        some = there[np.sort(np.random.default_rng(_SEED).choice(len(there), SAMPLED, replace=False))]
    distances = np.zeros(len(some))
    for _ in range(_ROUNDS):
        is_kept = distances <= np.quantile(distances, KEPT)
        middle, factor = _spread(part, some[is_kept])
        distances = _lengths(part, some, middle, factor)
        distances[is_kept] = _without_itself(distances[is_kept])
    return distances if some is there else _lengths(part, there, middle, factor)


def _without_itself(distances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Squared distances of the examples of a fit, each from a fit without it (Sherman and Morrison).

    In a set of few hundred examples an example draws the fit towards itself, and one outside of it, however usual,
    would look far away beside those inside.
    """
    others = len(distances) - 1
    result: npt.NDArray[np.float64] = distances * (1 + 1 / others) / np.maximum(1 - distances / others, 1e-6)
    return result


def _spread(part: npt.NDArray[np.float16], some: Positions) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The middle, float64 [dimensions], and what makes the covariance a unit matrix, [dimensions, dimensions]."""
    dimensions = part.shape[1]
    middle, covariance = mean_and_covariance(part[some[start : start + _STEP]] for start in range(0, len(some), _STEP))
    covariance += SHRUNK * max(np.trace(covariance) / dimensions, 1e-12) * np.eye(dimensions)
    return middle, np.linalg.inv(np.linalg.cholesky(covariance)).T


def _lengths(
    part: npt.NDArray[np.float16],
    some: Positions,
    middle: npt.NDArray[np.float64],
    factor: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Squared lengths after `factor`, float64 [some]."""
    away, lengths = middle @ factor, np.empty(len(some))
    for start in range(0, len(some), _STEP):
        whitened = part[some[start : start + _STEP]].astype(np.float64) @ factor - away
        lengths[start : start + _STEP] = np.einsum("ij,ij->i", whitened, whitened)
    return lengths


def _deviations(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Deviations from the median, in those of the normal that fits the wider half.

    Values that tie with the median (texts that many examples share) belong to neither half.
    """
    away = np.round(values - np.median(values), _DECIMALS)
    halves = [half for half in (-away[away < 0], away[away > 0]) if len(half)]
    sigma = max((MAD_TO_SIGMA * float(np.median(half)) for half in halves), default=1.0)
    result: npt.NDArray[np.float64] = away / sigma
    return result


def _discoveries(p_values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Benjamini-Hochberg: which of the p-values are discoveries."""
    if len(p_values) == 0:
        return np.zeros(0, dtype=np.bool_)
    ordered = np.sort(p_values)
    passing = np.flatnonzero(ordered <= FALSE_DISCOVERIES * np.arange(1, len(ordered) + 1) / len(ordered))
    flagged: npt.NDArray[np.bool_] = p_values <= (ordered[passing[-1]] if len(passing) else -1.0)
    return flagged


EVIDENCE = 8
"""Word pieces of the usual rarity that every text is given beside its own: one rare word is not yet a rare text."""


def surprisal(words: Subwords) -> npt.NDArray[np.float64]:
    """Mean surprise of each text's word pieces, float64 [n, 2] for prompt and answer; NaN where there is no text.

    The surprise of a piece is -log of the share of the set's other texts of that part that hold it, half a text where
    none does. A text is drawn towards the median by `EVIDENCE` pieces.
    """
    counts = np.diff(words.ends, prepend=0)
    is_answer = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    result = np.full((len(counts) // 2, 2), np.nan)
    for part in (0, 1):
        sizes = counts[part::2]
        there = sizes > 0
        if not there.any():
            continue
        ids = words.subwords[is_answer == bool(part)]
        held = np.bincount(ids, minlength=1)
        surprise = -np.log(np.maximum(held - 1, 0.5) / there.sum())
        sums = np.add.reduceat(surprise[ids], (np.cumsum(sizes) - sizes)[there])
        means = sums / sizes[there]
        result[there, part] = (sums + EVIDENCE * np.median(means)) / (sizes[there] + EVIDENCE)
    return result
