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
        explanation=(
            "A judge, a model that rates answers by a rubric, gave it a score under the threshold that people's "
            "ratings of the same data allow. Without such ratings, and for a judge that does not beat a constant "
            "guess, this check reports nothing.\n\n"
            "The threshold comes with its precision, the share of low scores that people agree with, and its interval: "
            "the report has both. The rest of the low scores are good examples.\n\n"
            "Read it before you drop it. `curator score DATA --calibrate` calibrates again after more ratings."
        ),
    ),
)
