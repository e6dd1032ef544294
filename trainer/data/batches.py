"""Which examples each step sees, and the tensors of its forward passes.

`batch_size` counts examples in one optimiser step, whatever the packing: the order of examples depends on the seed
alone. Packing, the number of forward passes and the number of devices only decide how a step's examples are laid out,
so they change speed and memory, never the gradient.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trainer.data.tokens import TokenisedExamples

if TYPE_CHECKING:
    import torch

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """How examples become tensors.

    `packed`: one row of examples end to end, else padded rows. `tokens`: the most tokens (with padding) in one forward
    pass; one example may exceed it. `devices`: processes that share a step.
    """

    packed: bool
    tokens: int
    devices: int = 1


@dataclass(frozen=True)
class MicroBatch:
    """One forward pass.

    `inputs` go to the model. Logits are asked for at `columns` only (`logits_to_keep`); of those, entry k of `rows` and
    `picks` predicts `labels[k]`, which counts `weights[k]` and belongs to example `owners[k]` of `examples`.
    """

    inputs: dict[str, Any]
    columns: torch.Tensor
    rows: torch.Tensor
    picks: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor
    owners: torch.Tensor
    examples: list[int]
    tokens: int
    packed: bool

    def to(self, device: Any) -> MicroBatch:
        """A copy with its tensors on a device."""
        names = ("columns", "rows", "picks", "labels", "weights", "owners")
        moved = {name: getattr(self, name).to(device, non_blocking=True) for name in names}
        inputs = {k: v.to(device, non_blocking=True) if hasattr(v, "to") else v for k, v in self.inputs.items()}
        return replace(self, inputs=inputs, **moved)


@dataclass(frozen=True)
class StepBatch:
    """One optimiser step on one device: its forward passes and the weight of the whole step on all devices."""

    micro_batches: list[MicroBatch]
    weight: float
    examples: list[int]
    epoch: int


def epoch_order(examples: int, batch_size: int, seed: int, epoch: int) -> list[Indices]:
    """The examples of each step of an epoch: a permutation by seed and epoch, in batches."""
    order = np.random.default_rng([seed, epoch]).permutation(examples)
    return [order[start : start + batch_size] for start in range(0, examples, batch_size)]


def forward_groups(step: Indices, lengths: Indices, layout: Layout) -> list[list[int]]:
    """Deal the examples of a step into forward passes of about equal cost; their number divides by the devices.

    Packed passes are balanced by tokens (longest first, into the emptiest). Padded passes hold neighbours in length.
    A pass may be empty when a step has fewer examples than devices.
    """
    ordered = sorted((int(index) for index in step), key=lambda index: (-int(lengths[index]), index))
    count = layout.devices
    while True:
        groups = _balanced(ordered, lengths, count) if layout.packed else _neighbours(ordered, count)
        if (
            count >= len(ordered)
            or max(pass_tokens(group, lengths, layout.packed) for group in groups) <= layout.tokens
        ):
            return groups
        count += layout.devices


def _balanced(ordered: list[int], lengths: Indices, count: int) -> list[list[int]]:
    groups: list[list[int]] = [[] for _ in range(count)]
    loads = [0] * count
    for index in ordered:
        emptiest = loads.index(min(loads))
        groups[emptiest].append(index)
        loads[emptiest] += int(lengths[index])
    return groups


def _neighbours(ordered: list[int], count: int) -> list[list[int]]:
    cuts = [round(part * len(ordered) / count) for part in range(count + 1)]
    return [ordered[start:end] for start, end in pairwise(cuts)]


def pass_tokens(group: list[int], lengths: Indices, packed: bool) -> int:
    """Tokens of a forward pass over a group of examples, with padding."""
    sizes = [int(lengths[index]) for index in group] or [0]
    return sum(sizes) if packed else max(sizes) * len(sizes)


def step_batch(
    examples: TokenisedExamples, lengths: Indices, step: Indices, layout: Layout, rank: int, epoch: int
) -> StepBatch:
    """The tensors of one step for one device."""
    groups = forward_groups(step, lengths, layout)
    mine = groups[rank :: layout.devices]
    weight = math.fsum(float(examples[int(index)].weights.sum(dtype=np.float64)) for index in step)
    # A device without an example of its own still takes part in the collective calls, with a weight of nothing.
    batches = [micro_batch(examples, group or [int(step[0])], layout.packed, muted=not group) for group in mine]
    return StepBatch(batches, weight, [index for group in mine for index in group], epoch)


def forward_batches(examples: TokenisedExamples, indices: Sequence[int], layout: Layout) -> list[list[int]]:
    """Groups for scoring: neighbours in length, each within the layout's tokens."""
    lengths = examples.lengths
    groups: list[list[int]] = []
    for index in sorted(indices, key=lambda index: (-int(lengths[index]), index)):
        if groups and pass_tokens([*groups[-1], index], lengths, layout.packed) <= layout.tokens:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def micro_batch(examples: TokenisedExamples, group: Sequence[int], packed: bool, muted: bool = False) -> MicroBatch:
    """Tensors of one forward pass; `muted` gives every token a weight of 0."""
    import torch

    parts = examples.sequences(group)
    lengths = [len(part.ids) for part in parts]
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1] if packed else np.zeros(len(parts), dtype=np.int64)
    columns, rows, labels, weights, owners = [], [], [], [], []
    for position, part in enumerate(parts):
        trained = np.flatnonzero(part.weights)
        columns.append(trained - 1 + starts[position])
        rows.append(np.full(len(trained), 0 if packed else position))
        labels.append(part.ids[trained])
        weights.append(part.weights[trained] * (0.0 if muted else 1.0))
        owners.append(np.full(len(trained), position))
    kept, picks = np.unique(np.concatenate(columns), return_inverse=True)
    inputs = _packed_inputs([part.ids for part in parts], lengths) if packed else _padded_inputs([p.ids for p in parts])
    return MicroBatch(
        inputs=inputs,
        columns=torch.from_numpy(kept.astype(np.int64)),
        rows=torch.from_numpy(np.concatenate(rows).astype(np.int64)),
        picks=torch.from_numpy(picks.astype(np.int64)),
        labels=torch.from_numpy(np.concatenate(labels).astype(np.int64)),
        weights=torch.from_numpy(np.concatenate(weights).astype(np.float32)),
        owners=torch.from_numpy(np.concatenate(owners).astype(np.int64)),
        examples=list(group),
        tokens=sum(lengths),
        packed=packed,
    )


def _packed_inputs(parts: list[Any], lengths: list[int]) -> dict[str, Any]:
    import torch

    ends = torch.tensor(np.concatenate([[0], np.cumsum(lengths)]), dtype=torch.int32)
    positions = np.concatenate([np.arange(length) for length in lengths])
    return {
        "input_ids": torch.from_numpy(np.concatenate(parts).astype(np.int64))[None],
        "position_ids": torch.from_numpy(positions.astype(np.int64))[None],
        # A mask that is already four-dimensional is passed on untouched: no square mask is ever built. The attention
        # function goes by the ends of the sequences instead.
        "attention_mask": torch.ones(1, 1, 1, 1, dtype=torch.bool),
        "cu_seq_lens_q": ends,
        "cu_seq_lens_k": ends,
        "max_length_q": max(lengths),
        "max_length_k": max(lengths),
    }


def _padded_inputs(parts: list[Any]) -> dict[str, Any]:
    import torch

    longest = max(len(part) for part in parts)
    ids = np.zeros((len(parts), longest), dtype=np.int64)
    mask = np.zeros((len(parts), longest), dtype=np.int64)
    for row, part in enumerate(parts):
        ids[row, : len(part)] = part
        mask[row, : len(part)] = 1
    return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
