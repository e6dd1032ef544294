"""What of an example's thinking the template of a model does not render; the trainer finds it."""

from curator.checks.check import Check

THINKING_LOST = Check(
    name="thinking-lost",
    family="reasoning",
    severity="warning",
    suggestion="none",
    version=1,
    title="the model's template drops thinking",
    explanation=(
        "The chat template of the model that `--model` names renders the example without some of its thinking: most "
        "drop "
        "it from all answers but the last, some know it under another key, or not at all.\n\n"
        "What the template drops is not learned, and the answers that are learned then come without the thinking that "
        "led to them.\n\n"
        "`curator show DATA --as MODEL` prints what is left. Make an example of each answer, choose a model that "
        "thinks, "
        "or take the thinking out."
    ),
)
