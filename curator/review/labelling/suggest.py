"""Suggest labels: a logistic regression on the vectors of the examples and the labels given so far.

Small on purpose: it learns from a few dozen labels in a fraction of a second and says how sure it is. How right it is
on labels that it did not see is measured by cross-validation and shown with it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curator.errors import require

ENOUGH = 10
"""Labels from which suggestions are made; with fewer they are guesses."""

_FOLDS = 5
_MOST = 5_000
"""Labels learned from, the latest: beyond, it learns slower and hardly better."""

_STRENGTH = 10.0
"""Inverse regularisation for unit vectors; chosen by cross-validation on sentiment and topic labels."""


@dataclass(frozen=True)
class Suggestions:
    """A guess for every example.

    Attributes:
        values: the labels that occur.
        probabilities: float32 [examples, values].
        right: share of the given labels that were guessed right without having been seen; None: too few to tell.
    """

    values: tuple[str, ...]
    probabilities: npt.NDArray[np.float32]
    right: float | None

    def best(self, position: int) -> tuple[str, float]:
        """The likeliest label of an example, and its probability."""
        at = int(self.probabilities[position].argmax())
        return self.values[at], float(self.probabilities[position, at])

    def uncertainty(self) -> npt.NDArray[np.float32]:
        """float32 [examples]: 1 less the lead of the likeliest label over the next; 1 is a coin toss."""
        two = np.partition(self.probabilities, -2, axis=1)[:, -2:]
        uncertainty: npt.NDArray[np.float32] = 1 - np.abs(two[:, 1] - two[:, 0])
        return uncertainty


def suggest(vectors: npt.NDArray[np.float32], positions: Sequence[int], labels: Sequence[str]) -> Suggestions | None:
    """Learn from labels; None: too few, or all the same.

    Args:
        vectors: float32 [examples, dimensions], of unit length.
        positions: of the labelled examples.
        labels: of these, in the same order.
    """
    if len(labels) < ENOUGH or len(set(labels)) < 2:
        return None
    require("sklearn", "Suggesting labels")
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from threadpoolctl import threadpool_limits

    known, given = vectors[list(positions[-_MOST:])], list(labels[-_MOST:])
    model = LogisticRegression(C=_STRENGTH, max_iter=300, class_weight="balanced")
    with threadpool_limits(1):
        folds = min(_FOLDS, min(Counter(given).values()))
        right = float(cross_val_score(model, known, given, cv=folds).mean()) if folds > 1 else None
        model.fit(known, given)
        probabilities = model.predict_proba(vectors).astype(np.float32)
    return Suggestions(tuple(str(value) for value in model.classes_), probabilities, right)
