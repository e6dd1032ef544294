"""Checks that read what a training left behind; the runs of the project are where they look."""

from curator.checks.check import Check

AFTER_TRAINING_CHECKS = (
    Check(
        name="hard-to-learn",
        family="training",
        severity="info",
        suggestion="review",
        version=2,
        title="the last training could not learn this answer",
    ),
    Check(
        name="high-loss",
        family="training",
        severity="info",
        suggestion="review",
        version=1,
        title="a held-out example that the tuned model finds improbable",
    ),
    Check(
        name="worse-after-training",
        family="training",
        severity="warning",
        suggestion="review",
        version=1,
        title="a held-out example that training made worse",
    ),
)
