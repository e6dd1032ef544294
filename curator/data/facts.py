"""Facts: the few numbers per example that stay in memory after its text is gone.

Judging the whole set, duplicates, policies and reports need these and nothing else. A row per example, in the order
of files and lines; about 100 bytes each.
"""

import polars as pl
import xxhash

from curator.data.frames import KINDS, Batch, joined_by_row

FACTS = pl.Schema(
    {
        "key": pl.UInt64(),
        "line": pl.UInt32(),
        "offset": pl.Int64(),
        "length": pl.UInt32(),
        "kind": pl.Enum(KINDS),
        "shape": pl.String(),  # initials of the roles in order: s(ystem) d(eveloper) u(ser) a(ssistant) t(ool) ?
        "characters": pl.UInt32(),  # of all contents
        "answer_index": pl.Int32(),  # of the last assistant message; -1 where there is none
        "answer_characters": pl.UInt32(),
        "answer_words": pl.UInt32(),  # runs of non-space
        "system_key": pl.UInt64(),  # hash of the system text; 0 where there is none
        "has_tools": pl.Boolean(),
    }
)

_INITIALS = {"system": "s", "developer": "d", "user": "u", "assistant": "a", "tool": "t"}
_LONGEST_SHAPE = 12
"""Turns that a shape spells out before it says how many there are; a string this short needs no heap memory."""


def facts_of(batch: Batch) -> pl.DataFrame:
    """`FACTS` of a batch, a row per example."""
    messages = batch.messages.filter(pl.col("part") != "rejected").with_columns(
        pl.col("role").replace_strict(_INITIALS, default="?").alias("initial"),
        pl.col("content").str.len_chars().fill_null(0).alias("characters"),
        (pl.col("index") == pl.col("index").filter(pl.col("role") == "assistant").max().over("row"))
        .fill_null(False)
        .alias("is_answer"),
    )
    turns = messages.group_by("row").agg(pl.col("initial"), pl.col("characters").sum())
    answers = messages.filter("is_answer").unique("row", keep="first", maintain_order=True)
    answers = answers.select("row", pl.col("index").cast(pl.Int32).alias("answer_index"), answer="content")
    systems = messages.filter(pl.col("role").is_in(["system", "developer"]))
    joined = batch.examples
    for frame in (turns, answers, joined_by_row(systems, pl.col("content"), "\n", "system")):
        joined = joined.join(frame, on="row", how="left", maintain_order="left")
    return joined.select(
        "key",
        "line",
        "offset",
        "length",
        "kind",
        _short_shape(pl.col("initial").list.join("").fill_null("")).alias("shape"),
        pl.col("characters").fill_null(0),
        pl.col("answer_index").fill_null(-1),
        pl.col("answer").str.len_chars().fill_null(0).alias("answer_characters"),
        pl.col("answer").str.count_matches(r"\S+").fill_null(0).alias("answer_words"),
        pl.col("system").fill_null("").map_batches(_text_keys, pl.UInt64).alias("system_key"),
        pl.col("tools").is_not_null().alias("has_tools"),
    ).cast(FACTS)


def _short_shape(shape: pl.Expr) -> pl.Expr:
    turns = shape.str.len_chars()
    return pl.when(turns <= _LONGEST_SHAPE).then(shape).otherwise(pl.format("{}+{}", shape.str.slice(0, 6), turns - 6))


def _text_keys(texts: pl.Series) -> pl.Series:
    return pl.Series([xxhash.xxh3_64_intdigest(text.encode()) if text else 0 for text in texts], dtype=pl.UInt64)
