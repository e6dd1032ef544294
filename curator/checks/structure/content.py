"""Messages without text."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found

_SAYS_OTHERWISE = pl.col("tool_calls").is_not_null() | pl.col("reasoning").fill_null("").str.contains(r"\S")


def _has_picture() -> pl.Expr:
    """Content parts that are not text."""
    return pl.col("parts").fill_null("").str.contains(r'"type":"(?:[^t]|t[^e]|te[^x])')


def _missing(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    empty = batch.messages.filter(pl.col("content").is_null() & pl.col("parts").is_null() & ~_SAYS_OTHERWISE)
    sentence = pl.format("The {} message has no content{}.", _speaker(), _or_calls())
    return _per_place("missing-content", empty, sentence)


def _empty(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    blank = pl.col("content").is_not_null() & ~pl.col("content").str.contains(r"\S")
    no_parts = pl.col("content").is_null() & (pl.col("parts") == "[]")
    empty = batch.messages.filter((blank | no_parts) & ~_SAYS_OTHERWISE & ~_has_picture())
    ours = empty.with_columns(
        pl.when(pl.col("role") == "assistant")
        .then(pl.lit("error"))
        .when(pl.col("role") == "user")
        .then(pl.lit("warning"))
        .otherwise(pl.lit("info"))
        .alias("severity")
    )
    nothing = pl.col("content").fill_null("").str.len_chars() == 0
    sentence = pl.format(
        "The {} message {}.",
        _speaker(),
        pl.when(nothing).then(pl.lit("is empty")).otherwise(pl.lit("is only white space")),
    )
    return _per_place("empty-content", ours, sentence)


def _speaker() -> pl.Expr:
    """The role in words; an unknown one is not quoted."""
    known = pl.col("role").is_in(["system", "developer", "user", "assistant", "tool"])
    return pl.when(known).then("role").otherwise(pl.lit("speaker's"))


def _or_calls() -> pl.Expr:
    return pl.when(pl.col("role") == "assistant").then(pl.lit(" and calls no tool")).otherwise(pl.lit(""))


def _per_place(check: str, messages: pl.DataFrame, sentence: pl.Expr) -> pl.DataFrame:
    in_rejected = pl.when(pl.col("part") == "rejected").then(pl.lit("Rejected answer: ")).otherwise(pl.lit(""))
    return found(
        check,
        messages.with_columns(
            pl.concat_str(in_rejected, sentence).alias("message"), pl.col("index").alias("message_index")
        ),
    )


CONTENT_CHECKS = (
    Check(
        name="missing-content",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="a message without content",
        find=_missing,
    ),
    Check(
        name="empty-content",
        family="structure",
        severity="error",
        suggestion="drop",
        version=1,
        title="a message with nothing in it",
        find=_empty,
    ),
)
