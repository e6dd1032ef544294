"""One system text for all, and examples without it."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import found, nothing_found

_FEWEST = 3
"""Examples from which one can speak of most of them."""


def _judge(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    rows = facts.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "kind", "system_key")
    talks = rows.filter(pl.col("kind") != "text")
    if len(talks) < _FEWEST:
        return nothing_found()
    most = talks.group_by("system_key").len().sort("len", "system_key", descending=True)
    key, count = most.row(0)
    share = count / len(talks)
    if key == 0 or share < settings.thresholds.share_of_set or share == 1:
        return nothing_found()
    others = f"{100 * share:.1f} % of the examples share one system message"
    lacks = pl.lit(f"There is no system message, while {others}.")
    differs = pl.lit(f"The system message differs, while {others}.")
    wrong = talks.filter(pl.col("system_key") != key)
    return found(
        "inconsistent-system-message",
        wrong.with_columns(
            pl.when(pl.col("system_key") == 0).then(lacks).otherwise(differs).alias("message"),
            pl.when(pl.col("system_key") != 0).then(0).alias("message_index"),
        ),
    )


INCONSISTENT_SYSTEM_MESSAGE = Check(
    name="inconsistent-system-message",
    family="structure",
    severity="warning",
    suggestion="review",
    version=1,
    title="the system message that most examples share is missing or different",
    judge=_judge,
)
