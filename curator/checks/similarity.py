"""Checks that compare examples with each other or with a benchmark; the duplicate engine finds what they report."""

from curator.checks.check import Check

SIMILARITY_CHECKS = (
    Check(
        name="exact-duplicate",
        family="similarity",
        severity="warning",
        suggestion="drop",
        version=2,
        title="the same example as an earlier one",
    ),
    Check(
        name="near-duplicate",
        family="similarity",
        severity="warning",
        suggestion="review",
        version=2,
        title="a copy with small changes of another example",
    ),
    Check(
        name="semantic-duplicate",
        family="similarity",
        severity="info",
        suggestion="review",
        version=2,
        title="says the same in other words as another example",
    ),
    Check(
        name="conflicting-answers",
        family="similarity",
        severity="warning",
        suggestion="review",
        version=2,
        title="the same question with a different answer elsewhere",
    ),
    Check(
        name="split-leak",
        family="similarity",
        severity="error",
        suggestion="fix",
        version=3,
        title="a validation example that the training set already contains",
    ),
    Check(
        name="contamination",
        family="similarity",
        severity="warning",
        suggestion="drop",
        version=2,
        title="contains a question or answer of an evaluation set",
    ),
)
