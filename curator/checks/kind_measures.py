"""What the judges of pairs, ratings and prompts need to know of each example once its text is gone."""

import polars as pl
import xxhash

from curator.data.frames import Batch

KINDS_MEASURED = ("preference", "kto", "prompt")

KIND_MEASURES = pl.Schema(
    {
        "row": pl.UInt32(),
        "kind": pl.String(),
        "chosen": pl.UInt64(),  # of prompt and chosen (or rated) answer; letters, digits and signs alone
        "rejected": pl.UInt64(),  # of prompt and rejected answer; null where there is none
        "chosen_words": pl.UInt32(),
        "rejected_words": pl.UInt32(),
        "label": pl.Boolean(),
        "answer": pl.String(),  # what a prompt's answers are compared with, its first 40 characters; null: nothing
    }
)
_KEPT = 40
_WORDS = r"\S+"


def measure_kinds(batch: Batch) -> pl.DataFrame:
    """`KIND_MEASURES`, a row per example of `batch`."""
    said = pl.concat_str(
        "role", pl.col("content").fill_null(""), pl.col("parts", "tool_calls").fill_null(""), separator="\x00"
    ).str.replace_all(r"\s+", " ")
    texts = batch.messages.select("row", "part", "role", said.alias("said"), "content")
    is_rated = (pl.col("role") == "assistant") & (pl.col("part") == "messages")
    joined = batch.examples.select("row", "kind", "label", "expected")
    for name, part in (("asked", "messages"), ("chosen_said", "chosen"), ("rejected_said", "rejected")):
        kept = texts.filter(pl.col("part") == part).group_by("row").agg(pl.col("said").str.join("\x01").alias(name))
        joined = joined.join(kept, on="row", how="left", maintain_order="left")
    rated = texts.filter(is_rated).group_by("row").agg(_count().alias("rated_words"))
    for name, part in (("chosen_words", "chosen"), ("rejected_words", "rejected")):
        counts = texts.filter(pl.col("part") == part).group_by("row").agg(_count().alias(name))
        joined = joined.join(counts, on="row", how="left", maintain_order="left")
    joined = joined.join(rated, on="row", how="left", maintain_order="left")
    return joined.select(
        "row",
        pl.col("kind").cast(pl.String),
        _hashed(
            pl.concat_str(pl.col("asked").fill_null(""), pl.col("chosen_said").fill_null(""), separator="\x02")
        ).alias("chosen"),
        _hashed(pl.concat_str(pl.col("asked").fill_null(""), "rejected_said", separator="\x02")).alias("rejected"),
        pl.coalesce("chosen_words", "rated_words").alias("chosen_words"),
        "rejected_words",
        "label",
        pl.col("expected").str.strip_chars().str.slice(0, _KEPT).replace("", None).alias("answer"),
    ).cast(KIND_MEASURES)


def _count() -> pl.Expr:
    return pl.col("content").fill_null("").str.count_matches(_WORDS).sum().cast(pl.UInt32)


def _hashed(text: pl.Expr) -> pl.Expr:
    return text.map_batches(
        lambda texts: pl.Series(
            [None if one is None else xxhash.xxh3_64_intdigest(one.encode()) for one in texts], dtype=pl.UInt64
        ),
        pl.UInt64,
    )
