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
        explanation=(
            "Providers accept as few as ten examples, and gains are usually seen from fifty to a hundred well-made "
            "ones; a thousand is comfortable.\n\n"
            "With too few, the model memorises wording instead of learning the task.\n\n"
            "Add examples for what the model gets wrong, and try a good prompt with a few of them first."
        ),
        judge=_too_few,
    ),
    Check(
        name="outlier",
        family="whole",
        severity="info",
        suggestion="review",
        version=1,
        title="unlike everything else in the set",
        explanation=(
            "The meaning of prompt and answer lies where the rest of the set does not: so far out (robust Mahalanobis "
            "distance) that at most one in a hundred of what is flagged is expected to be there by chance "
            "(Benjamini-Hochberg at 1 %, on a normal fitted to the lower half of the scores). It is not a quota: clean "
            "data yields few.\n\n"
            "Text in another language, a log, a broken paste or a task from another set teaches a habit nobody asked "
            "for. A rare but right example is worth keeping.\n\n"
            "Look at each one; the finding says what is unusual about it."
        ),
    ),
    Check(
        name="thin-topic",
        family="whole",
        severity="info",
        suggestion="none",
        version=1,
        title="a topic with far fewer examples than the others",
        explanation=(
            "The topic has less than a fifth of the examples that a topic has on average.\n\n"
            "What is shown rarely is learned badly, and is the first to be forgotten.\n\n"
            "Add examples of it, or drop it if the model need not know it."
        ),
    ),
    Check(
        name="dominant-topic",
        family="whole",
        severity="info",
        suggestion="none",
        version=1,
        title="one topic is a large share of the set",
        explanation=(
            "Three in ten examples or more are about the same thing, in a set of at least four topics.\n\n"
            "The model grows fluent in that and answers other questions in its manner.\n\n"
            "If that is not what you want, take a balanced subset: `curator select DATA --n N --by diversity`."
        ),
    ),
)
