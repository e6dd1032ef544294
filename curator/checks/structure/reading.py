"""What the reader or the target refuses: these checks have no `find`, the findings come with the batch."""

from curator.checks.check import Check

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
