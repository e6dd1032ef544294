"""Checks without a question of their own: what they report is found by other rooms.

By the reader and the targets, by the duplicate engine, by the last training, by a model's template, by a judge.
"""

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


READING_CHECKS = (
    Check(
        name="invalid-json",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="the line is not JSON",
    ),
    Check(
        name="invalid-encoding",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="the line is not UTF-8",
    ),
    Check(
        name="unrecognised-example",
        family="structure",
        severity="error",
        suggestion="drop",
        version=1,
        title="the line is not a training example in this file's format",
    ),
    Check(
        name="rejected-by-target",
        family="structure",
        severity="error",
        suggestion="fix",
        version=1,
        title="the target or the trainer rejects it",
    ),
)


THINKING_LOST = Check(
    name="thinking-lost",
    family="reasoning",
    severity="warning",
    suggestion="none",
    version=1,
    title="the model's template drops thinking",
)
