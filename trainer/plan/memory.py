"""Expected memory, disk and time, against what is free; refusals name the setting to change."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.contract.errors import DoesNotFitError
from trainer.contract.settings import RunSettings
from trainer.model.continued import refuse_unfitting
from trainer.model.load import weightless_model
from trainer.model.targets import choose_targets, is_stacked_expert, linear_layers

if TYPE_CHECKING:
    from trainer.model.load import Placement

NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)
"""Bytes of a 4-bit weight: half a byte, an 8-bit scale for 64 of them, a 4-byte scale for 256 scales."""
ADAPTER_BYTES = 16
"""Bytes of an fp32 adapter weight: itself, its gradient, two AdamW moments."""
CUDA_CONTEXT = 1 << 30
LIBRARIES = 700 << 20
"""Resident size of a process that has imported torch, transformers and peft."""
HEADROOM = 0.92
"""Share of free memory that is planned with; the rest is fragmentation."""


@dataclass(frozen=True)
class Shape:
    """The model by numbers, counted on a weightless copy."""

    parameters: int
    linear_parameters: int
    """Of layers that every token passes, and of those experts that a token is sent to."""
    quantisable_parameters: int
    """What bitsandbytes holds in 4 bits: plain linear layers but the output."""
    adapter_parameters: int
    adapted_expert_parameters: int
    """Of stacked experts with an adapter: PEFT adds it to a copy of their weights in each forward pass."""
    layers: int
    hidden: int
    intermediate: int
    vocabulary: int
    notes: tuple[str, ...] = ()
    """Sentences on what gets no adapter."""


@dataclass(frozen=True)
class ResourceEstimate:
    """Bytes expected, bytes free, seconds expected."""

    weights: int
    adapter: int
    activations: int
    logits: int
    overhead: int
    free: int
    disk: int
    disk_free: int
    seconds: float

    @property
    def total(self) -> int:
        """Peak bytes on the device."""
        return self.weights + self.adapter + self.activations + self.logits + self.overhead


def measure_shape(
    config: Any, settings: RunSettings, trust_remote_code: bool = False, adapter: Path | None = None
) -> Shape:
    """Count parameters without any weights; the adapter at its given rank, or at rank 16.

    Raises:
        SettingsError: the model cannot be trained here, `[lora] targets` names a layer that it does not have, or
            `adapter`, which the run continues from, belongs to another model.
    """
    from torch.nn import Linear
    from transformers.pytorch_utils import Conv1D
    from transformers.quantizers.base import get_keys_to_not_convert

    model = weightless_model(config, trust_remote_code)
    if adapter is not None:
        refuse_unfitting(linear_layers(model), adapter)
    targets = choose_targets(model, settings.lora.targets)
    kept = set(get_keys_to_not_convert(model))
    layers = [(name, m) for name, m in model.named_modules() if isinstance(m, (Linear, Conv1D)) and name not in kept]
    quantisable = sum(m.weight.numel() for _, m in layers if type(m) in (Linear, Conv1D))
    stacked = {
        name: parameter.numel() for name, parameter in model.named_parameters() if is_stacked_expert(name, parameter)
    }
    text = config.get_text_config()
    adapted = sum(size for name, size in stacked.items() if any(name.endswith(end) for end in targets.parameters))
    return Shape(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        linear_parameters=sum(m.weight.numel() for _, m in layers) + int(sum(stacked.values()) * _share_used(text)),
        quantisable_parameters=quantisable,
        adapter_parameters=targets.adapter_parameters * (settings.lora.rank or 16),
        adapted_expert_parameters=adapted,
        layers=text.num_hidden_layers,
        hidden=text.hidden_size,
        intermediate=_intermediate(text),
        vocabulary=text.vocab_size,
        notes=tuple(targets.frozen),
    )


def _share_used(text: Any) -> float:
    """Of the experts, those that a token is sent to."""
    names = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
    experts = next((count for name in names if isinstance(count := getattr(text, name, None), int) and count), 1)
    used = getattr(text, "num_experts_per_tok", None)
    return min(1.0, used / experts) if isinstance(used, int) else 1.0


def _intermediate(text: Any) -> int:
    found = getattr(text, "intermediate_size", None)
    found = max(found) if isinstance(found, (list, tuple)) else found
    return found if isinstance(found, int) else 4 * int(text.hidden_size)


def activation_bytes(shape: Shape, tokens: int, width: int, checkpointing: bool) -> int:
    """Bytes of activations at their peak.

    A layer keeps about 12 hidden-sized tensors and 4 intermediate-sized ones a token for its backward pass (counted on
    a Llama with adapters on all linear layers: 8 and 4 in fp32, 10 and 4 in bfloat16, two more where every head has
    keys of its own), and the layer that is worked on takes as much again. With checkpointing one hidden-sized tensor a
    layer stays, and one layer is whole at a time. On an H100 with Liger, which keeps one intermediate tensor less, an
    8B shape took 20 GB for 4,096 tokens where this says 29, and 10 GB for 16,384 with checkpointing where it says 11.
    """
    layer = tokens * width * (12 * shape.hidden + 4 * shape.intermediate)
    if checkpointing:
        return shape.layers * tokens * width * shape.hidden + 2 * layer
    return (shape.layers + 1) * layer


def estimate(
    shape: Shape,
    placement: Placement,
    settings: RunSettings,
    folder: Path,
    tokens: int,
    run_tokens: int,
    trained_share: float,
) -> ResourceEstimate:
    """Expected peak memory, disk and time of a run.

    Args:
        shape: of the model.
        placement: where it computes.
        settings: of the run, resolved.
        folder: of the run, for the free disk.
        tokens: of the largest forward pass.
        run_tokens: of all epochs.
        trained_share: of the tokens that are trained.
    """
    width = placement.dtype.itemsize
    in_4_bits = shape.quantisable_parameters if placement.quantised else 0
    weights = int(in_4_bits * NF4_BYTES + (shape.parameters - in_4_bits) * width)
    checkpointing = bool(settings.training.activation_checkpointing)
    adapter = shape.adapter_parameters * ADAPTER_BYTES
    # Checkpoints hold the adapter and its two moments; two are kept, and the best, and the finished adapter.
    disk = shape.adapter_parameters * (3 * 12 + 4) + (32 << 20)
    return ResourceEstimate(
        weights=weights,
        adapter=adapter,
        activations=activation_bytes(shape, tokens, width, checkpointing)
        + shape.adapted_expert_parameters * width // (max(1, shape.layers // 2) if checkpointing else 1),
        logits=int(tokens * trained_share * shape.vocabulary * width),
        overhead=CUDA_CONTEXT if placement.on_cuda else LIBRARIES,
        free=free_memory(placement),
        disk=disk,
        disk_free=shutil.disk_usage(folder).free,
        seconds=_seconds(shape, placement, run_tokens, checkpointing),
    )


def free_memory(placement: Placement) -> int:
    """Bytes free on the device."""
    if placement.on_cuda:
        import torch

        return int(torch.cuda.mem_get_info(placement.device)[0])
    import psutil

    return int(psutil.virtual_memory().available)


def refuse_what_cannot_fit(estimated: ResourceEstimate, settings: RunSettings) -> None:
    """Stop before any long work.

    Raises:
        DoesNotFitError: memory or disk is too small; the message names the first setting to change.
    """
    if estimated.disk > estimated.disk_free:
        raise DoesNotFitError(
            f"The run needs {_size(estimated.disk)} of disk and {_size(estimated.disk_free)} are free. Free some "
            f"space, or lower [lora] rank = {settings.lora.rank}."
        )
    if estimated.total <= estimated.free:
        return
    if settings.model.quantisation == "none":
        advice = '[model] quantisation = "nf4"'
    elif not settings.training.activation_checkpointing:
        advice = "[training] activation_checkpointing = true"
    elif estimated.weights > estimated.free * HEADROOM:
        advice = "a smaller model, or several GPUs with FSDP (docs/train.md)"
    else:
        advice = f"a lower [training] max_length (now {settings.training.max_length}) or micro_batch_tokens"
    raise DoesNotFitError(
        f"The run needs about {_size(estimated.total)} and {_size(estimated.free)} are free: weights "
        f"{_size(estimated.weights)}, adapter {_size(estimated.adapter)}, activations {_size(estimated.activations)}, "
        f"logits {_size(estimated.logits)}. Set {advice}."
    )


def _seconds(shape: Shape, placement: Placement, tokens: int, checkpointing: bool) -> float:
    """Twice the weights in multiplications forward, as much backward (frozen weights need no gradient of their own)."""
    work = (
        tokens * 2 * 2 * (shape.linear_parameters + shape.hidden * shape.vocabulary) * (1.5 if checkpointing else 1.0)
    )
    return work / (measured_speed(placement, shape.hidden) * 0.4)


def measured_speed(placement: Placement, hidden: int) -> float:
    """Floating-point operations a second of a matrix product of the model's width, measured for a moment.

    The fastest product counts: other programs only make it slower.
    """
    import torch

    threads = torch.get_num_threads()
    clock = time.perf_counter if placement.on_cuda else time.thread_time
    if not placement.on_cuda:
        torch.set_num_threads(1)  # the processor time of one thread is the same on a busy machine
    left = torch.ones(512, hidden, dtype=placement.dtype, device=placement.device)
    right = torch.ones(hidden, hidden, dtype=placement.dtype, device=placement.device)
    for _ in range(3):
        left @ right
    if placement.on_cuda:
        torch.cuda.synchronize()
    fastest, end = float("inf"), time.perf_counter() + 0.1
    while time.perf_counter() < end:
        began = clock()
        left @ right
        if placement.on_cuda:
            torch.cuda.synchronize()
        fastest = min(fastest, clock() - began)
    torch.set_num_threads(threads)
    return 2 * 512 * hidden * hidden / fastest * (1 if placement.on_cuda else threads)


def _size(count: float) -> str:
    return f"{count / (1 << 30):.1f} GiB" if count >= 1 << 30 else f"{count / (1 << 20):.0f} MiB"
