"""Weights, and examples from which nothing is learned."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import Batch, found


def _invalid_weight(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    weighted = batch.messages.drop_nulls("weight").unique(["row", "index"], keep="first", maintain_order=True)
    weight, is_answer = pl.col("weight"), pl.col("role") == "assistant"
    wrong_value = ~weight.is_in([0.0, 1.0])
    partial = weight.is_between(0, 1) & is_answer
    wrong = weighted.filter(wrong_value | (~is_answer & (weight != 0)))
    sentence = (
        pl.when(wrong_value)
        .then(pl.format("The weight is {}; providers take 0 or 1 only.", weight))
        .otherwise(pl.format("A {} message has a weight; only answers are trained.", _speaker()))
    )
    severity = pl.when(partial | ~wrong_value).then(pl.lit("warning")).otherwise(pl.lit("error"))
    spans = pl.col("index").alias("message_index")
    return found("invalid-weight", wrong.with_columns(sentence.alias("message"), severity.alias("severity"), spans))


def _speaker() -> pl.Expr:
    known = pl.col("role").is_in(["system", "developer", "user", "tool"])
    return pl.when(known).then("role").otherwise(pl.lit("speaker's"))


def _nothing_to_learn(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    answers = batch.messages.filter((pl.col("role") == "assistant") & (pl.col("part") != "rejected"))
    masked = answers.group_by("row", maintain_order=True).agg(
        (pl.col("weight") == 0).fill_null(False).all().alias("masked")
    )
    sentence = pl.lit("Every answer has weight 0, so nothing is trained.").alias("message")
    return found("nothing-to-learn", masked.filter("masked").with_columns(sentence))


LEARNING_CHECKS = (
    Check(
        name="invalid-weight",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="a weight that trainers refuse",
        find=_invalid_weight,
    ),
    Check(
        name="nothing-to-learn",
        family="structure",
        severity="error",
        suggestion="drop",
        version=2,
        title="no token of it would be trained",
        find=_nothing_to_learn,
    ),
)
