"""What a model prefers: log probabilities of whole answers, and the loss and rewards that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from trainer.data.batches import Layout, MicroBatch, forward_batches, micro_batch
from trainer.data.paired_examples import PairedExamples, PreferenceLoss
from trainer.data.tokens import TokenisedExamples
from trainer.model.precision import computing

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float64]


class PreferenceScores(NamedTuple):
    """By example: its loss, its reward (of a pair the difference), and whether the model prefers what the data does."""

    losses: torch.Tensor
    rewards: torch.Tensor
    right: torch.Tensor


def pair_outcome(logps: Any, tokens: Any, reference: Any, preference: PreferenceLoss) -> PreferenceScores:
    """Of pairs, by DPO (Rafailov et al. 2023, equation 7) or by ORPO's odds ratio (Hong et al. 2024, equation 6).

    ORPO's other term, the loss of the chosen answer's tokens, is the caller's.

    Args:
        logps: [n, 2], log probabilities of the chosen and the rejected answers.
        tokens: [n, 2], how many tokens they have.
        reference: [n, 2], their log probabilities by the reference; None for ORPO.
        preference: what is learnt.
    """
    import torch

    if preference.objective == "orpo":
        means = logps / tokens
        odds = means - _log_of_rest(means)
        losses = -preference.beta * torch.nn.functional.logsigmoid(odds[:, 0] - odds[:, 1])
        rewards = preference.beta * (means[:, 0] - means[:, 1])
    else:
        ratios = logps - reference
        rewards = preference.beta * (ratios[:, 0] - ratios[:, 1])
        losses = -torch.nn.functional.logsigmoid(rewards)
    return PreferenceScores(losses, rewards.detach(), rewards.detach() > 0)


def rated_outcome(
    logps: Any, reference: Any, labels: Any, distance: Any, preference: PreferenceLoss
) -> PreferenceScores:
    """Of rated answers, by KTO (Ethayarajh et al. 2024, equation 8, both kinds of answers weighing the same).

    Args:
        logps: [n], log probabilities of the answers.
        reference: [n], by the reference.
        labels: bool [n], which answers are good.
        distance: estimate of how far the model is from its reference (see `distance`).
        preference: what is learnt.
    """
    import torch

    ratios = logps - reference
    signs = torch.where(labels, 1.0, -1.0).to(ratios)
    losses = 1 - torch.sigmoid(preference.beta * signs * (ratios - distance))
    return PreferenceScores(losses, preference.beta * ratios.detach(), signs * (ratios.detach() - distance) > 0)


def distance(logps: Any, reference: Any) -> Any:
    """KTO's point of reference: the mean log ratio of answers to other prompts, at least 0."""
    return (logps - reference).mean().clamp(min=0)


def _log_of_rest(means: Any) -> Any:
    """log(1 - exp(x)) of negative numbers, exact at both ends (Maechler 2012)."""
    import torch

    near = means > -0.6931
    return torch.where(
        near,
        torch.log(-torch.expm1(torch.where(near, means, -1.0))),
        torch.log1p(-torch.exp(torch.where(near, -1.0, means))),
    )


def answer_sums(nll: Any, batch: MicroBatch, of_each: int) -> tuple[Any, Any]:
    """Log probabilities and tokens of the answers of a forward pass, each [examples, of_each]."""
    import torch

    logps = torch.zeros(len(batch.examples) * of_each, dtype=nll.dtype, device=nll.device)
    tokens = torch.zeros_like(logps).index_add_(0, batch.owners, torch.ones_like(nll))
    return logps.index_add(0, batch.owners, -nll).view(-1, of_each), tokens.view(-1, of_each)


def answer_logps(
    model: Any, examples: TokenisedExamples, indices: Sequence[int], layout: Layout, device: Any, dtype: Any
) -> tuple[Floats, Floats]:
    """Log probabilities and tokens of the answers of some examples, without gradients.

    Each [indices, 2] for pairs and [indices, 1] otherwise; the model is left in the mode it was in.
    """
    import torch

    from trainer.model.loss import answer_scores

    of_each = len(examples.sequences(indices[:1]))
    place = {index: position for position, index in enumerate(indices)}
    logps, tokens = np.zeros((2, len(indices), of_each))
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for group in forward_batches(examples, indices, layout):
                batch = micro_batch(examples, group, layout.packed).to(device)
                with computing(device, dtype):
                    nll = answer_scores(model, batch, 1.0).nll
                found = answer_sums(nll.double(), batch, of_each)
                positions = [place[index] for index in group]
                logps[positions], tokens[positions] = (part.cpu().numpy() for part in found)
    finally:
        model.train(was_training)
    return logps, tokens


def both_logps(
    model: Any, examples: PairedExamples, indices: Sequence[int], layout: Layout, device: Any, dtype: Any
) -> tuple[Floats, Floats]:
    """As `answer_logps`, [indices, 2] for rated answers too: beside each the answer to another prompt."""
    logps, tokens = answer_logps(model, examples, indices, layout, device, dtype)
    if logps.shape[1] == 2:
        return logps, tokens
    others = answer_logps(model, examples.seconds, indices, layout, device, dtype)
    return np.hstack([logps, others[0]]), np.hstack([tokens, others[1]])


def outcome_of(logps: Floats, tokens: Floats, examples: PairedExamples, indices: Sequence[int]) -> PreferenceScores:
    """The outcome of held-out examples; ORPO's includes the mean loss of the chosen answer's tokens."""
    import torch

    preference = examples.preference
    scored, counted = torch.from_numpy(logps), torch.from_numpy(tokens)
    reference = None if examples.reference is None else torch.from_numpy(examples.reference[list(indices)])
    if preference.objective != "kto":
        found = pair_outcome(scored, counted, reference, preference)
        if preference.objective == "orpo":
            found = found._replace(losses=found.losses - scored[:, 0] / counted[:, 0])
        return found
    assert reference is not None, "it is computed before the first step"
    far = distance(scored[:, 1], reference[:, 1])
    labels = torch.from_numpy(examples.labels[list(indices)])
    return rated_outcome(scored[:, 0], reference[:, 0], labels, far, preference)


def reward_margin(rewards: Floats, labels: npt.NDArray[np.bool_] | None) -> float | None:
    """How much more the model rewards what it should: mean over pairs; good less bad answers; None where one lacks."""
    if labels is None:
        return float(rewards.mean())
    if labels.all() or not labels.any():
        return None
    return float(rewards[labels].mean() - rewards[~labels].mean())
