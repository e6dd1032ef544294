"""What predicts the chosen answers of a set without reading the prompts: length, and words."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import found, nothing_found

MOST_PAIRS = 2_000
"""Pairs of a set, evenly spaced, whose words are looked at."""
_FEWEST_FOR_WORDS = 60
_FOLDS = 5


class Auc(NamedTuple):
    """Area under the ROC curve, with an interval of 95 %."""

    value: float
    low: float
    high: float


def auc_of_lengths(chosen: npt.NDArray[np.int64], rejected: npt.NDArray[np.int64]) -> Auc:
    """How often the chosen answer of a pair is the longer one, ties half; Wilson's interval.

    Within pairs that is the area under the ROC curve of the length alone.
    """
    wins = float((chosen > rejected).sum() + 0.5 * (chosen == rejected).sum())
    return _wilson(wins, len(chosen))


def _wilson(wins: float, count: int) -> Auc:
    from trainer.contract.statistics import wilson

    share = wilson(wins, count)
    return Auc(share.value, share.low, share.high)


def _length(measures: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    words = measures.filter(pl.col("kind") == "preference").select("chosen_words", "rejected_words").drop_nulls()
    if len(words) < settings.thresholds.fewest_pairs:
        return nothing_found()
    chosen, rejected = (words[name].to_numpy().astype(np.int64) for name in words.columns)
    auc = auc_of_lengths(chosen, rejected)
    least = settings.thresholds.biased_auc
    is_longer = auc.value >= least and auc.low > 0.5
    if not is_longer and not (auc.value <= 1 - least and auc.high < 0.5):
        return nothing_found()
    which, shown = ("longer", auc) if is_longer else ("shorter", Auc(1 - auc.value, 1 - auc.high, 1 - auc.low))
    medians = f"median {np.median(chosen):.0f} words against {np.median(rejected):.0f}"
    sentence = (
        f"The chosen answer is the {which} one in {shown.value:.0%} of {len(words):,} pairs ({medians}): length alone "
        f"predicts the choice with an AUC of {shown.value:.2f} ({shown.low:.2f} to {shown.high:.2f})."
    )
    return found("length-bias", pl.DataFrame({"message": [sentence], "score": [shown.value]}))


class WordsFound(NamedTuple):
    """How well words tell chosen answers from rejected ones, and which do."""

    auc: Auc
    words: list[str]


def auc_of_words(chosen: list[str], rejected: list[str]) -> WordsFound | None:
    """A logistic regression on the words of an answer, judged on pairs that it did not see; None: too few pairs.

    Every answer counts its words as shares of itself, so that length alone says nothing.
    """
    if len(chosen) < _FEWEST_FOR_WORDS:
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold

    vectorizer = TfidfVectorizer(token_pattern=r"\w+|[^\w\s]", use_idf=False, norm="l1", min_df=5, max_features=20_000)
    try:
        features = 100 * vectorizer.fit_transform([*chosen, *rejected])
    except ValueError:
        return None  # no word occurs often enough
    count = len(chosen)
    differences = features[:count] - features[count:]
    scores = np.zeros(count)
    model = LogisticRegression(fit_intercept=False, C=1.0, max_iter=200)
    for train, held_out in KFold(_FOLDS, shuffle=True, random_state=0).split(differences):
        model.fit(*_both_ways(differences[train]))
        scores[held_out] = model.decision_function(differences[held_out])
    wins = float((scores > 0).sum() + 0.5 * (scores == 0).sum())
    model.fit(*_both_ways(differences))
    names = vectorizer.get_feature_names_out()
    strongest = np.argsort(-np.abs(model.coef_[0]), kind="stable")[:6]
    return WordsFound(_wilson(wins, count), [str(names[index]) for index in strongest])


def _both_ways(differences: "object") -> tuple[object, npt.NDArray[np.int64]]:
    from scipy.sparse import vstack

    count = differences.shape[0]  # type: ignore[attr-defined]
    return vstack([differences, -differences]), np.repeat([1, 0], count)  # type: ignore[operator]


def style_findings(chosen: list[str], rejected: list[str], settings: CheckSettings) -> pl.DataFrame:
    """`FOUND` of a set whose pairs have these answers, or a sample of them."""
    words = auc_of_words(chosen, rejected)
    least = settings.thresholds.biased_style
    if words is None or words.auc.value < least or words.auc.low <= 0.5:
        return nothing_found()
    from curator.checks.spans import quoted

    shown = ", ".join(quoted(word) for word in words.words)
    sentence = (
        f"Words alone, without the prompt, tell chosen from rejected answers with an AUC of {words.auc.value:.2f} "
        f"({words.auc.low:.2f} to {words.auc.high:.2f}) in {len(chosen):,} pairs. The words that tell most: {shown}."
    )
    return found("style-bias", pl.DataFrame({"message": [sentence], "score": [words.auc.value]}))


BIAS_CHECKS = (
    Check(
        name="length-bias",
        family="preference",
        severity="warning",
        suggestion="none",
        version=1,
        title="the longer answer is nearly always the chosen one",
        judge_kinds=_length,
    ),
    Check(
        name="style-bias",
        family="preference",
        severity="warning",
        suggestion="none",
        version=1,
        title="a few words tell which answer is the chosen one",
    ),
)
