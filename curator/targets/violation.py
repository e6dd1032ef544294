"""What a target has against a line, and what it could not carry of an example."""

from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]
Strictness = Severity | None
"""How badly a target takes it; None: it does not mind."""
Value = Any
"""A decoded JSON value, of whatever type a file happens to hold."""


class Violation(NamedTuple):
    """A rule of a target that a line, or a whole file, breaks.

    Attributes:
        rule: a stable name; where the audit has a check of the same meaning, that check's name.
        severity: `error` where the target refuses the line, `warning` where it takes it to no good.
        message: a sentence; texts from the data in it are made visible.
        path: where in the value, such as `messages[2].weight`; empty for the whole.
        line: 1-based physical line; None for the whole file.
    """

    rule: str
    severity: Severity
    message: str
    path: str = ""
    line: int | None = None


class Loss(NamedTuple):
    """Something of an example that its target could not carry, or carries in another form.

    Attributes:
        field: where in the example, such as `messages[2].weight`.
        reason: a sentence.
    """

    field: str
    reason: str


def error(rule: str, message: str, path: str = "") -> Violation:
    """A violation for which the target refuses the line."""
    return Violation(rule, "error", message, path)


def warning(rule: str, message: str, path: str = "") -> Violation:
    """A violation that the target lets pass."""
    return Violation(rule, "warning", message, path)
