"""Examples longer than the limit, and what a limit leaves of their answers."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import found, nothing_found


def _over(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    long = _beyond(facts, settings)
    if long is None:
        return nothing_found()
    sentence = pl.format(
        "The example has {}{} tokens, {} more than the limit of {}.",
        _about(),
        "tokens",
        pl.col("tokens") - settings.max_tokens,
        pl.lit(settings.max_tokens),
    )
    return found("over-token-limit", long.with_columns(sentence.alias("message"), pl.col("tokens").alias("score")))


def _cut(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    long = _beyond(facts, settings)
    if long is None:
        return nothing_found()
    limit = pl.lit(settings.max_tokens, pl.Int64)
    answer = pl.col("last_answer_tokens").cast(pl.Int64)
    kept = (limit - pl.col("prompt_tokens").cast(pl.Int64)).clip(0, answer)
    cut = long.with_columns(kept.alias("kept"), answer.alias("answer")).filter(pl.col("kept") < pl.col("answer"))
    nothing_left = (pl.col("kept") == 0) & (pl.col("answer_tokens") == pl.col("last_answer_tokens"))
    left = (
        pl.when(pl.col("kept") == 0)
        .then(pl.lit("nothing of it is left"))
        .otherwise(pl.format("{} of them are left", "kept"))
    )
    sentence = pl.format(
        "A limit of {} tokens cuts {}{} of the {} tokens of the last answer; {}.",
        pl.lit(settings.max_tokens),
        _about(),
        pl.col("answer") - pl.col("kept"),
        "answer",
        left,
    )
    return found(
        "answer-cut-by-limit",
        cut.with_columns(
            sentence.alias("message"),
            pl.when(nothing_left).then(pl.lit("error")).otherwise(pl.lit("warning")).alias("severity"),
            pl.col("answer_index").alias("message_index"),
            (1 - pl.col("kept") / pl.col("answer")).alias("score"),
        ),
    )


def _beyond(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame | None:
    """The facts of examples beyond the limit, with their positions; None where no limit or no counts were asked for."""
    if settings.max_tokens is None or "tokens" not in facts.columns:
        return None
    rows = facts.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    return rows.filter(pl.col("tokens") > settings.max_tokens)


def _about() -> pl.Expr:
    """Counts that no public rule makes exact are called what they are."""
    return pl.when("tokens_exact").then(pl.lit("")).otherwise(pl.lit("about "))


LIMIT_CHECKS = (
    Check(
        name="over-token-limit",
        family="length",
        severity="warning",
        suggestion="review",
        version=1,
        title="longer than the limit of tokens",
        judge=_over,
    ),
    Check(
        name="answer-cut-by-limit",
        family="length",
        severity="warning",
        suggestion="review",
        version=1,
        title="the limit of tokens cuts the answer",
        judge=_cut,
    ),
)
