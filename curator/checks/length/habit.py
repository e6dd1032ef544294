"""Lengths that are far from what the rest of the set shows."""

import math

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.measures import words
from curator.data.frames import found, nothing_found

_FEWEST = 20
"""Examples from which a set has a habit of length."""

_TO_DEVIATION = 1.4826
"""From the median of absolute deviations to the standard deviation of a normal distribution."""

_NARROWEST = 0.1
"""Least robust deviation of log length: in a set of nearly equal lengths, ten per cent more is no outlier."""


def _short(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    limits = settings.thresholds
    answered = _numbered(facts).filter((pl.col("kind") != "text") & (pl.col("answer_characters") > 0))
    answered = answered.with_columns(words().alias("words"))
    if len(answered) < _FEWEST:
        return nothing_found()
    is_short = (pl.col("words") <= limits.short_answer_words) & (
        pl.col("answer_characters") <= limits.short_answer_characters
    )
    short = answered.filter(is_short & (pl.col("words") > 0))
    share = len(short) / len(answered)
    if share >= limits.short_answers_common:
        return nothing_found()
    sentence = pl.format(
        "The answer has {} {}, while {} of the answers are longer.",
        "words",
        pl.when(pl.col("words") == 1).then(pl.lit("word")).otherwise(pl.lit("words")),
        pl.lit(f"{100 * (1 - share):.1f} %" if share >= 0.001 else "nearly all"),
    )
    return found(
        "short-answer",
        short.with_columns(
            sentence.alias("message"),
            pl.col("answer_index").alias("message_index"),
            pl.col("words").alias("score"),
        ),
    )


def _outlier(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    sized = _numbered(facts).filter(pl.col("characters") > 0).with_columns(pl.col("characters").log().alias("log"))
    if len(sized) < _FEWEST:
        return nothing_found()
    median = sized.select(pl.col("log").median()).item()
    deviation = sized.select((pl.col("log") - median).abs().median()).item() * _TO_DEVIATION
    distance = (pl.col("log") - median) / max(deviation, _NARROWEST)
    far = sized.with_columns(distance.alias("distance")).filter(
        pl.col("distance").abs() > settings.thresholds.length_deviations
    )
    sentence = pl.format(
        "The example has {} characters, {} robust deviations {} than the set's median of {}.",
        "characters",
        pl.col("distance").abs().round(1),
        pl.when(pl.col("distance") > 0).then(pl.lit("longer")).otherwise(pl.lit("shorter")),
        pl.lit(f"{math.exp(median):.0f}"),
    )
    return found("length-outlier", far.with_columns(sentence.alias("message"), pl.col("distance").abs().alias("score")))


def _numbered(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))


HABIT_CHECKS = (
    Check(
        name="short-answer",
        family="length",
        severity="info",
        suggestion="review",
        version=2,
        title="an answer of a few words in a set of longer ones",
        judge=_short,
    ),
    Check(
        name="length-outlier",
        family="length",
        severity="info",
        suggestion="review",
        version=1,
        title="far longer or shorter than the rest of the set",
        judge=_outlier,
    ),
)
