"""Checks that ask about the set as a whole."""

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.data.frames import found, nothing_found


def _too_few(facts: pl.DataFrame, settings: CheckSettings) -> pl.DataFrame:
    count, wanted = len(facts), settings.thresholds.fewest_examples
    if count >= wanted:
        return nothing_found()
    sentence = (
        f"The set has {count} {'example' if count == 1 else 'examples'}; fewer than {wanted} rarely teach a habit."
    )
    return found("too-few-examples", pl.DataFrame({"message": [sentence]}))


DATASET_CHECKS = (
    Check(
        name="too-few-examples",
        family="whole",
        severity="warning",
        suggestion="none",
        version=1,
        title="the set is smaller than fine-tuning usually needs",
        judge=_too_few,
    ),
    Check(
        name="outlier",
        family="whole",
        severity="info",
        suggestion="review",
        version=1,
        title="unlike everything else in the set",
    ),
    Check(
        name="thin-topic",
        family="whole",
        severity="info",
        suggestion="none",
        version=1,
        title="a topic with far fewer examples than the others",
    ),
    Check(
        name="dominant-topic",
        family="whole",
        severity="info",
        suggestion="none",
        version=1,
        title="one topic is a large share of the set",
    ),
)
