"""How many tokens a forward pass takes, and whether activations are kept: as much as memory allows."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.contract.settings import RunSettings
from trainer.data.batches import Layout, epoch_order, forward_groups, pass_tokens
from trainer.plan.defaults import CPU_TOKENS, CUDA_TOKENS, Resolved, with_value
from trainer.plan.memory import HEADROOM, ResourceEstimate, Shape, estimate

if TYPE_CHECKING:
    from trainer.data.tokens import TokenisedExamples
    from trainer.data.truncation import TokenTruncation
    from trainer.model.load import Placement

STEPS_LOOKED_AT = 2_000
"""Of a run, to find its largest forward pass."""


def fit(
    resolved: Resolved,
    shape: Shape,
    placement: Placement,
    folder: Path,
    train: TokenisedExamples,
    truncation: TokenTruncation,
) -> tuple[Resolved, ResourceEstimate]:
    """Choose tokens per forward pass and activation checkpointing: as much as memory allows, checkpointing by need.

    A quarter of the most tokens without checkpointing is as fast as the most with it (8B shape on an H100: 9,500 and
    10,000 tokens a second on ragged rows, 9,900 and 9,800 on full ones); an eighth is slower.
    """
    per_epoch = math.ceil(len(train) / (resolved.settings.training.batch_size or 1))
    tokens = int(truncation.tokens * (resolved.settings.training.steps or 0) / per_epoch)
    share = truncation.trained_tokens / max(1, truncation.tokens)
    most = CUDA_TOKENS if placement.on_cuda else CPU_TOKENS
    batch_tokens = int(train.lengths.max()) * (resolved.settings.training.batch_size or 1)
    sizes = [most // part for part in (1, 2, 4, 8)]
    candidates = [*((False, size) for size in sizes[:3]), *((True, size) for size in sizes)]
    chosen = None
    for checkpointing, size in candidates:
        trial = resolved
        if trial.settings.training.micro_batch_tokens is None:
            size = max(16, min(size, batch_tokens))
            trial = with_value(trial, "training", "micro_batch_tokens", size, "fits the free memory")
        if trial.settings.training.activation_checkpointing is None:
            why = "memory is short" if checkpointing else "memory suffices"
            trial = with_value(trial, "training", "activation_checkpointing", checkpointing, why)
        largest = largest_pass(train, trial.settings)
        chosen = trial, estimate(shape, placement, trial.settings, folder, largest, tokens, share)
        if chosen[1].total <= chosen[1].free * HEADROOM:
            break
    assert chosen is not None
    return chosen


def largest_pass(train: TokenisedExamples, settings: RunSettings) -> int:
    """Tokens of the largest forward pass of a run, with padding; of a long run, of its first steps."""
    training, lengths = settings.training, train.lengths
    packed, batch_size = training.packing is not False, training.batch_size or 1
    layout = Layout(packed, training.micro_batch_tokens or 0)
    largest, looked_at, epoch = 0, 0, 0
    most = min(training.steps or 1, STEPS_LOOKED_AT)
    while looked_at < most:
        for step in epoch_order(len(train), batch_size, training.seed, epoch)[: most - looked_at]:
            largest = max(
                largest, *(pass_tokens(group, lengths, packed) for group in forward_groups(step, lengths, layout))
            )
            looked_at += 1
        epoch += 1
    return largest
