"""What the model scores and says on held-out examples, tuned and untuned."""

__all__ = [
    "again",
    "against",
    "answers.generate",
    "held_out",
    "preferences",
    "reference",
    "rehearsal",
    "tuned_and_untuned",
    "versions",
]
