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
        explanation=(
            "Over the later epochs of the last run the answer stayed less probable than answers of such words and "
            "length are: it is among the hardest 5 %.\n\n"
            "An answer is improbable for two reasons: its text is rare, or it does not fit what was asked. The first "
            "one is estimated from the other answers and taken away, so that what is left points at answers that are "
            "wrong or belong elsewhere (training dynamics after Swayamdipta et al. 2020). Rare right ones are among "
            "them too.\n\n"
            "Read it: correct the answer, drop it, or add more examples like it."
        ),
    ),
    Check(
        name="high-loss",
        family="training",
        severity="info",
        suggestion="review",
        version=1,
        title="a held-out example that the tuned model finds improbable",
        explanation=(
            "Among the held-out examples of the last run, its loss is in the worst 5 %.\n\n"
            "It shows what the training data does not teach, or a reference answer that is wrong.\n\n"
            "`curator compare RUN` shows both answers and the training examples nearest to it."
        ),
    ),
    Check(
        name="worse-after-training",
        family="training",
        severity="warning",
        suggestion="review",
        version=1,
        title="a held-out example that training made worse",
        explanation=(
            "The tuned model gives the reference answer a lower probability than the untuned one did, by more than 0.1 "
            "nats a token.\n\n"
            "Some training examples teach the contrary, or a skill that the model had was overwritten.\n\n"
            "Look at the training examples nearest to it: `curator compare RUN`."
        ),
    ),
)
