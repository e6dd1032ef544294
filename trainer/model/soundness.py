"""Whether a model learns what it should: two short examples, scored in every way in which a run scores them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.data.batches import micro_batch
from trainer.data.tokens import TokenisedExamples, Tokens

if TYPE_CHECKING:
    import torch

DIFFERENT = 1e-3
"""Largest difference of a loss in nats; rounding in fp32 stays below a hundredth of that."""
RAISED = (RuntimeError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError)
"""What a model's own code raises that cannot do what is asked of it."""


def fault(model: Any, packed: bool) -> str | None:
    """Why training on this model would go wrong, or None. The model is left in evaluation mode.

    Args:
        model: in fp32, with or without an adapter.
        packed: rows are packed; else they are padded.
    """
    import torch

    from trainer.model.loss import answer_scores

    first, second = _example(model, 7), _example(model, 11)
    examples = TokenisedExamples([first, second])
    model.eval()
    with torch.no_grad():
        alone = [_losses(model, example) for example in (first, second)]
        ids = second.ids.copy()
        ids[-1] = (ids[-1] + 1) % 100
        changed = _losses(model, Tokens("", ids, second.weights, True))
        if (alone[1] - changed)[:-1].abs().max() > DIFFERENT:
            return "a token's score changes with the tokens after it, so it would read what it has to learn"
    scores = answer_scores(model, micro_batch(examples, [0, 1], packed), 1.0)
    expected = torch.cat([losses[: len(losses)] for losses in alone])
    if not torch.isfinite(scores.nll).all():
        return "its loss is not a finite number"
    if (scores.nll.float() - expected).abs().max() > DIFFERENT:
        how = "packed in one row" if packed else "padded beside a longer one"
        return f"an example's loss is another one {how} than alone"
    return None


def _example(model: Any, length: int) -> Tokens:
    most = min(100, int(model.get_input_embeddings().weight.shape[0]))
    ids = np.random.default_rng(length).integers(min(3, most - 1), most, length).astype(np.int32)
    weights = np.ones(length, dtype=np.float32)
    weights[: length // 3] = 0
    return Tokens("", ids, weights, True)


def _losses(model: Any, example: Tokens) -> torch.Tensor:
    """Loss of each trained token, from all logits of the plain model."""
    import torch

    ids = torch.from_numpy(example.ids.astype(np.int64))[None]
    logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False).logits[0, :-1].float()
    losses = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")
    return losses[torch.from_numpy(example.weights[1:] > 0)]


def first_line(problem: BaseException) -> str:
    """Of what an error says, a sentence of it."""
    return (str(problem).strip() or type(problem).__name__).splitlines()[0][:200].rstrip(".") + "."
