"""Loss of every held-out example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.data.batches import Layout, forward_batches, micro_batch
from trainer.data.paired_examples import PairedExamples
from trainer.data.tokens import TokenisedExamples
from trainer.evaluate.preferences import both_logps, outcome_of, reward_margin
from trainer.model.precision import computing

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """By example: mean loss of its trained tokens (nats), how many of them were the likeliest guess, their count.

    Of preferences the loss of the example, whether the model prefers what the data prefers, and 1; besides, rewards
    (see `PreferenceScores`), and for rated answers their labels.
    """

    loss: Floats
    correct: Floats
    tokens: Floats
    rewards: Floats | None = None
    labels: npt.NDArray[np.bool_] | None = None

    @property
    def margin(self) -> float | None:
        """See `reward_margin`; None where nothing is preferred."""
        return None if self.rewards is None else reward_margin(self.rewards, self.labels)

    @property
    def mean_loss(self) -> float:
        """Loss over all trained tokens."""
        return float((self.loss * self.tokens).sum() / self.tokens.sum())

    @property
    def accuracy(self) -> float:
        """Share of trained tokens that were the likeliest guess."""
        return float(self.correct.sum() / self.tokens.sum())


def score(
    model: Any, examples: TokenisedExamples, indices: Sequence[int], layout: Layout, device: Any, dtype: Any
) -> Scores:
    """Score examples without gradients; the model is left in the mode it was in. Order follows `indices`."""
    import torch

    from trainer.model.loss import answer_scores

    if isinstance(examples, PairedExamples):
        return _score_preferences(examples, indices, *both_logps(model, examples, indices, layout, device, dtype))
    place = {index: position for position, index in enumerate(indices)}
    sums = np.zeros((3, len(indices)))
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for group in forward_batches(examples, indices, layout):
                batch = micro_batch(examples, group, layout.packed).to(device)
                with computing(device, dtype):
                    scores = answer_scores(model, batch, 1.0)
                positions = [place[index] for index in group]
                parts = (scores.nll, scores.correct.to(scores.nll.dtype), torch.ones_like(scores.nll))
                for row, part in enumerate(parts):
                    total = torch.zeros(len(group), dtype=torch.float64, device=part.device)
                    total.index_add_(0, batch.owners, part.double())
                    sums[row, positions] = total.cpu().numpy()
    finally:
        model.train(was_training)
    return Scores(sums[0] / sums[2], sums[1], sums[2])


def _score_preferences(examples: PairedExamples, indices: Sequence[int], logps: Floats, tokens: Floats) -> Scores:
    found = outcome_of(logps, tokens, examples, indices)
    losses, rewards, right = (part.double().numpy() for part in found)
    labels = examples.labels[list(indices)] if examples.preference.objective == "kto" else None
    return Scores(losses, right, np.ones(len(indices)), rewards, labels)


def spread_sample(count: int, most: int | None, seed: int) -> list[int]:
    """At most `most` of `count` examples, the same ones for the same seed, in file order."""
    if most is None or most >= count:
        return list(range(count))
    return sorted(int(index) for index in np.random.default_rng([seed, count]).permutation(count)[:most])
