"""Cross-entropy of answer tokens: logits only where there is a label, and their gradient written over them.

The logits of a step are the largest tensor of a fine-tune with a large vocabulary. Here they exist once, in the model's
own dtype, for trained positions only; rows are worked off in chunks, so that no second copy in fp32 is ever whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

import torch

from trainer.data.batches import MicroBatch

CHUNK_NUMBERS = 1 << 23
"""Logits worked on at once: 32 MiB in fp32."""


@dataclass(frozen=True, slots=True)
class TokenScores:
    """Scores of the trained tokens of one forward pass, each of shape [labels], in fp32 or better."""

    loss: torch.Tensor
    """Scalar: the weighted sum of `nll`, over `scale`."""
    nll: torch.Tensor
    correct: torch.Tensor


class _TokenLosses(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(ctx: Any, logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits [labels, vocabulary]; the backward pass overwrites them with their gradient."""
        wide = torch.promote_types(logits.dtype, torch.float32)
        total = torch.empty(len(labels), dtype=wide, device=logits.device)
        nll, correct = torch.empty_like(total), torch.empty(len(labels), dtype=torch.bool, device=logits.device)
        for part in _chunks(logits):
            scores = logits[part].to(wide)
            total[part] = torch.logsumexp(scores, dim=-1)
            nll[part] = total[part] - scores.gather(1, labels[part, None])[:, 0]
            correct[part] = scores.argmax(dim=-1) == labels[part]
        ctx.kept = (logits, labels, total) if ctx.needs_input_grad[0] else None
        ctx.mark_non_differentiable(correct)
        return nll, correct

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[torch.Tensor, None]:
        (logits, labels, total), ctx.kept = ctx.kept, None
        for part in _chunks(logits):
            gradient = torch.exp(logits[part].to(total.dtype) - total[part, None])
            target = labels[part, None]
            gradient.scatter_add_(1, target, torch.full_like(target, -1, dtype=total.dtype))
            logits[part] = (gradient * gradients[0][part, None]).to(logits.dtype)
        return logits, None


def _chunks(logits: torch.Tensor) -> Iterator[slice]:
    rows = max(1, CHUNK_NUMBERS // logits.shape[-1])
    return (slice(start, start + rows) for start in range(0, len(logits), rows))


def answer_scores(model: Any, batch: MicroBatch, scale: float) -> TokenScores:
    """One forward pass. `scale` divides every weight: that of the whole step, so that passes add up to its mean."""
    kept = {"logits_to_keep": batch.columns} if _keeps_logits(_forward_of(model)) else {}
    logits = model(**batch.inputs, **kept, use_cache=False).logits
    if not kept:
        logits = logits[:, batch.columns]
    # In a packed row the kept logits are the trained ones, in order; padded rows share columns and need a selection.
    logits = logits[0] if batch.packed else logits[batch.rows, batch.picks]
    wide = torch.promote_types(logits.dtype, torch.float32)
    nll, correct = _TokenLosses.apply(logits, batch.labels)
    return TokenScores((nll * (batch.weights.to(wide) / scale)).sum(), nll, correct)


def _forward_of(model: Any) -> Callable[..., Any]:
    """The forward function of the model itself, whatever it is wrapped in."""
    while hasattr(model, "module"):
        model = model.module
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    forward: Callable[..., Any] = type(base).forward
    return forward


@cache
def _keeps_logits(forward: Callable[..., Any]) -> bool:
    """Some models swallow `logits_to_keep` among other options and return all logits, which are then selected here."""
    return "logits_to_keep" in signature(forward).parameters
