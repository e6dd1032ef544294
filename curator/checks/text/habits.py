"""Answers that leave a habit of the set: they stop in mid-sentence, or do not have the form of the others."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.measures import words
from curator.data.frames import found, nothing_found

_FEWEST = 10
"""Answers from which a set has habits."""

_NEARLY_ALL = 0.995
"""Share of long answers with an end from which one without was cut, whatever its last word: below it, writers who
forget a full stop are as frequent as limits of tokens."""


def _judge_endings(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    """Where most answers of a set share their last line, ending with it is the better sign than ending like a line."""
    limits = settings.thresholds
    answers = facts.with_row_index("row").filter(pl.col("ending").is_not_null())
    if len(answers) < _FEWEST:
        return nothing_found()
    closing = _habit(answers["closing"], limits.share_of_set)
    other_end = pl.col("closing") == closing if closing else pl.col("ending") == "line"
    ended = (pl.col("ending") == "closed") | other_end
    long = answers.filter(words() >= limits.truncated_words).with_columns(ended.alias("ended"))
    share = long["ended"].mean() if len(long) >= _FEWEST else 0.0
    if not isinstance(share, float) or share < limits.share_of_set:
        return nothing_found()
    sentence = f"The answer stops without an end, while {_percent(share)} of the long answers of the set have one."
    is_sure = (pl.col("ending") == "cut") if share < _NEARLY_ALL else pl.lit(True)
    severity = pl.when(is_sure).then(pl.lit(None, pl.String)).otherwise(pl.lit("info"))
    open_ended = long.filter(~pl.col("ended")).with_columns(severity.alias("severity"))
    return _spans("truncated-response", open_ended, pl.lit(sentence), from_end=True)


def _judge_formats(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    answers = facts.with_row_index("row").filter(pl.col("answer_format").is_not_null())
    if len(answers) < _FEWEST:
        return nothing_found()
    parts = []
    for column, describe in (("answer_format", _of_format), ("opening", _of_opening), ("closing", _of_closing)):
        habit = _habit(answers[column].cast(pl.String), settings.thresholds.share_of_set)
        if habit and habit != "text":
            others = answers.filter(pl.col(column).cast(pl.String) != habit)
            share = 1 - len(others) / len(answers)
            parts.append(_spans("inconsistent-output-format", others, describe(habit, _percent(share))))
            answers = answers.filter(pl.col(column).cast(pl.String) == habit)
    return pl.concat(parts).sort("row") if parts else nothing_found()


def _habit(values: pl.Series, share: float) -> str | None:
    """The value that at least `share` of them have; None where there is none or it is empty."""
    value, count = values.value_counts(sort=True).row(0)
    return value if value and count >= share * len(values) else None


def _of_format(habit: str, share: str) -> pl.Expr:
    return pl.format(
        "{} of the answers are one {} each; this one is {}.", pl.lit(share), pl.lit(habit), "answer_format"
    )


def _of_opening(habit: str, share: str) -> pl.Expr:
    return pl.lit(f'{share} of the answers begin with "{habit}"; this one does not.')


def _of_closing(habit: str, share: str) -> pl.Expr:
    return pl.lit(f'{share} of the answers end with a line that begins with "{habit}"; this one does not.')


def _spans(check: str, answers: pl.DataFrame, sentence: pl.Expr, *, from_end: bool = False) -> pl.DataFrame:
    length = pl.col("answer_characters")
    start = (length.cast(pl.Int64) - 1).clip(0) if from_end else pl.lit(0)
    return found(
        check,
        answers.select(
            "row",
            sentence.alias("message"),
            pl.col("answer_index").alias("message_index"),
            start.cast(pl.UInt32).alias("start"),
            length.alias("end"),
            *(["severity"] if "severity" in answers.columns else []),
        ),
    )


def _percent(share: float) -> str:
    """A share in whole percents, rounded down so that 99.9 % does not read as all."""
    return f"{int(share * 100)} %"


TRUNCATED_RESPONSE = Check(
    name="truncated-response",
    family="text",
    severity="warning",
    suggestion="review",
    version=2,
    title="an answer that stops in mid-sentence",
    judge=_judge_endings,
)

INCONSISTENT_OUTPUT_FORMAT = Check(
    name="inconsistent-output-format",
    family="text",
    severity="warning",
    suggestion="review",
    version=1,
    title="an answer in another form than the others",
    judge=_judge_formats,
)
