"""What pairs and ratings show together, from `KIND_MEASURES` of the whole set."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import found, nothing_found


def _contradictory(measures: pl.DataFrame, _settings: CheckSettings) -> pl.DataFrame:
    """A over B here and B over A there; one answer rated good here and bad there."""
    place = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    placed = measures.with_columns(place)
    pairs = placed.filter(pl.col("kind") == "preference").filter(pl.col("chosen") != pl.col("rejected"))
    reversed_pairs = pairs.select(pl.col("rejected").alias("chosen"), pl.col("chosen").alias("rejected"), other="row")
    both = pairs.join(reversed_pairs, on=["chosen", "rejected"], how="inner", maintain_order="left")
    sentence = pl.lit("Another pair with this prompt prefers the answer that is rejected here, to the one chosen here.")
    rated = placed.filter(pl.col("kind") == "kto")
    other_label = rated.select("chosen", ~pl.col("label").alias("label"), pl.col("row").alias("other"))
    twice = rated.join(other_label, on=["chosen", "label"], how="inner", maintain_order="left")
    rating = pl.lit("The same answer to the same prompt is rated good in one example and bad in another.")
    frames = [
        one.group_by("row", maintain_order=True)
        .agg(pl.col("other").unique(maintain_order=True).head(5).alias("related"))
        .with_columns(said.alias("message"))
        for one, said in ((both, sentence), (twice, rating))
    ]
    together = pl.concat(frames)
    return found("contradictory-preference", together).with_columns(together["related"])


def _unbalanced(measures: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    labels = measures.filter(pl.col("kind") == "kto")["label"]
    count, good = len(labels), int(labels.sum())
    least = settings.thresholds.fewest_of_a_label
    if count < settings.thresholds.fewest_examples or least <= good / count <= 1 - least:
        return nothing_found()
    rare, weight = ("undesirable", good / max(count - good, 1)) if 2 * good > count else (
        "desirable",
        (count - good) / max(good, 1),
    )  # fmt: skip
    sentence = f"{good:,} of {count:,} answers are rated good."
    sentence += f" Set {rare}_weight to about {weight:.1f}, or balance the set." if min(good, count - good) else (
        " Without the other rating there is nothing to tell them apart by."
    )  # fmt: skip
    return found("unbalanced-labels", pl.DataFrame({"message": [sentence], "score": [good / count]}))


SET_CHECKS = (
    Check(
        name="contradictory-preference",
        family="preference",
        severity="warning",
        suggestion="review",
        version=1,
        title="preferred here, rejected there",
        judge_kinds=_contradictory,
    ),
    Check(
        name="unbalanced-labels",
        family="preference",
        severity="info",
        suggestion="none",
        version=1,
        title="nearly all answers have one rating",
        judge_kinds=_unbalanced,
    ),
)
