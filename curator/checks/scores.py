"""The check that reads a judge's scores; `curator.audit.scores` finds what it reports."""

from curator.checks.check import Check

SCORE_CHECKS = (
    Check(
        name="low-score",
        family="scores",
        severity="info",
        suggestion="review",
        version=1,
        title="a calibrated judge rates this answer as not good enough",
    ),
)
