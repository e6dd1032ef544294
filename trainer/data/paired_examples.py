"""Preferences as tokens: of every example two sequences, which are scored together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from trainer.data.batches import epoch_order
from trainer.data.tokens import TokenisedExamples, Tokens

Objective = Literal["dpo", "kto", "orpo"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PreferenceLoss:
    """What is learnt from two answers, or from a rated one, and how strongly it holds to the reference (`beta`)."""

    objective: Objective
    beta: float


class PairedExamples(TokenisedExamples):
    """The chosen or rated answers as examples, and beside each a second sequence.

    Attributes:
        seconds: the rejected answer; of a rated answer its prompt with an answer to another prompt (for KTO's
            estimate of how far the model is from its reference).
        labels: bool [n], which rated answers are good; all of them for pairs.
        preference: what is learnt.
        reference: float64 [n, 2], log probabilities of both sequences by the reference; set before the first step.
    """

    def __init__(self, firsts: list[Tokens], seconds: list[Tokens], preference: PreferenceLoss) -> None:
        super().__init__(firsts)
        self.seconds = TokenisedExamples(seconds)
        self.labels = np.array([first.label is not False for first in firsts], dtype=np.bool_)
        self.preference = preference
        self.reference: Floats | None = None

    def sequences(self, group: Sequence[int]) -> list[Tokens]:
        """Both answers of each pair; the rated answers alone."""
        if self.preference.objective == "kto":
            return super().sequences(group)
        return [sequence for index in group for sequence in (self[index], self.seconds[index])]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of both sequences of each example."""
        return super().lengths + self.seconds.lengths


def paired(examples: list[Tokens], preference: PreferenceLoss, batch_size: int, seed: int, max_length: int) -> Any:
    """Pairs as they are; rated answers with the answer to another prompt of their batch (as TRL pairs them).

    The batches are those of the first epoch, and stay so: the reference is computed once.
    """
    bare = [replace(one, other=None) for one in examples]
    if preference.objective != "kto":
        return PairedExamples(bare, [one.other for one in examples if one.other is not None], preference)
    others: list[Tokens] = [*bare]
    for step in epoch_order(len(bare), batch_size, seed, 0):
        for place, index in enumerate(step):
            others[index] = _mismatched(bare[index], bare[step[place - 1]], max_length)
    return PairedExamples(bare, others, preference)


def _mismatched(asked: Tokens, answered: Tokens, max_length: int) -> Tokens:
    """The prompt of one example with the answer of another."""
    prompt, answer = (int(np.flatnonzero(one.weights)[0]) for one in (asked, answered))
    ids = np.concatenate([asked.ids[:prompt], answered.ids[answer:]])[:max_length]
    weights = np.concatenate([asked.weights[:prompt], answered.weights[answer:]])[:max_length]
    return replace(asked, ids=ids, weights=weights)
