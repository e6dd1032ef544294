"""What of an example's thinking the template of a model does not render; the trainer finds it."""

from curator.checks.check import Check

THINKING_LOST = Check(
    name="thinking-lost",
    family="reasoning",
    severity="warning",
    suggestion="none",
    version=1,
    title="the model's template drops thinking",
)
