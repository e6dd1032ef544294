"""Expected memory, disk and time, against what is free; refusals name the setting to change."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.contract.errors import DoesNotFitError
from trainer.contract.settings import RunSettings

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
    adapter_parameters: int
    layers: int
    hidden: int
    intermediate: int
    vocabulary: int


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


def measure_shape(config: Any, settings: RunSettings) -> Shape:
    """Count parameters without any weights; the adapter is counted at its resolved rank on all linear layers."""
    import torch
    from accelerate import init_empty_weights
    from transformers import AutoModelForCausalLM

    with init_empty_weights():
        model = AutoModelForCausalLM.from_config(config, trust_remote_code=settings.model.trust_remote_code)
    head = model.get_output_embeddings()
    linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear) and m is not head]
    rank = settings.lora.rank or 16
    text = config.get_text_config()
    return Shape(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        linear_parameters=sum(module.weight.numel() for module in linear),
        adapter_parameters=sum(rank * (module.in_features + module.out_features) for module in linear),
        layers=text.num_hidden_layers,
        hidden=text.hidden_size,
        intermediate=getattr(text, "intermediate_size", None) or 4 * text.hidden_size,
        vocabulary=text.vocab_size,
    )


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
    shape: Shape, placement: Placement, settings: RunSettings, folder: Path, run_tokens: int, trained_share: float
) -> ResourceEstimate:
    """Expected peak memory, disk and time of a run; `run_tokens` are the tokens of all epochs."""
    width = placement.dtype.itemsize
    other = shape.parameters - shape.linear_parameters
    weights = int(shape.linear_parameters * (NF4_BYTES if placement.quantised else width) + other * width)
    tokens = max(settings.training.micro_batch_tokens or 0, settings.training.max_length or 0)
    checkpointing = bool(settings.training.activation_checkpointing)
    adapter = shape.adapter_parameters * ADAPTER_BYTES
    # Checkpoints hold the adapter and its two moments; two are kept, and the best, and the finished adapter.
    disk = shape.adapter_parameters * (3 * 12 + 4) + (32 << 20)
    return ResourceEstimate(
        weights=weights,
        adapter=adapter,
        activations=activation_bytes(shape, tokens, width, checkpointing),
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
    """Floating-point operations a second of a matrix product of the model's width, measured for a moment."""
    import torch

    left = torch.ones(512, hidden, dtype=placement.dtype, device=placement.device)
    right = torch.ones(hidden, hidden, dtype=placement.dtype, device=placement.device)
    for _ in range(3):
        left @ right
    if placement.on_cuda:
        torch.cuda.synchronize()
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < 0.05:
        left @ right
        rounds += 1
        if placement.on_cuda:
            torch.cuda.synchronize()
    return 2 * 512 * hidden * hidden * rounds / (time.perf_counter() - began)


def _size(count: float) -> str:
    return f"{count / (1 << 30):.1f} GiB" if count >= 1 << 30 else f"{count / (1 << 20):.0f} MiB"
