"""Where an adapter begins other than at nothing: PiSSA and LoftQ, on 4-bit weights too.

Both are plain LoRA weights in the end, which every engine loads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trainer.contract.errors import MissingError

PISSA_ITERATIONS = 16
"""Of the randomised singular value decomposition; PEFT's name for it is pissa_niter_16."""
ADAPTER = "default"


def begin_with_principal_parts(model: Any, rank: int) -> None:
    """PiSSA: train the `rank` largest singular directions of every target layer.

    PiSSA moves these directions out of the base weights. Here the base stays as it is: the adapter has twice the rank,
    one half [A, B] trained, the other [A0, -B0] frozen at the start. It begins at nothing and ends at BA - B0A0, which
    is the form to which PEFT converts a finished PiSSA adapter; the gradients of A and B are the same.
    """
    import torch

    def freeze(gradient: Any, axis: int) -> Any:
        kept = gradient.narrow(axis, 0, rank)
        return torch.cat([kept, torch.zeros_like(kept)], dim=axis)

    for _, layer in _target_layers(model):
        weight = _computed_weight(layer)
        first, second = _factors(weight, rank, layer.scaling[ADAPTER])
        _set(layer, torch.cat([first, first]), torch.cat([second, -second], dim=1))
        layer.lora_A[ADAPTER].weight.register_hook(lambda gradient: freeze(gradient, 0))
        layer.lora_B[ADAPTER].weight.register_hook(lambda gradient: freeze(gradient, 1))


def begin_with_lost_parts(model: Any, rank: int) -> None:
    """LoftQ: begin at what quantising took from the weights; they are read once more, one layer at a time.

    Raises:
        MissingError: a layer is not found in the model's files.
    """
    read = _stored_weights(model.get_base_model())
    for name, layer in _target_layers(model):
        computed = _computed_weight(layer)
        lost = read(name.removeprefix("base_model.model.") + ".weight").to(computed) - computed
        _set(layer, *_factors(lost, rank, layer.scaling[ADAPTER]))


def _target_layers(model: Any) -> list[tuple[str, Any]]:
    from peft.tuners.lora import LoraLayer

    return [(name, module) for name, module in model.named_modules() if isinstance(module, LoraLayer)]


def _computed_weight(layer: Any) -> Any:
    """The base weight [out, in] in fp32; a 4-bit one as it is computed with."""
    from peft.utils.integrations import dequantize_module_weight

    return dequantize_module_weight(layer.get_base_layer()).detach().float()


def _factors(matrix: Any, rank: int, scale: float) -> tuple[Any, Any]:
    """A [rank, in] and B [out, rank] with scale * BA = the best approximation of the matrix of that rank."""
    import torch

    left, values, right = torch.svd_lowrank(matrix, rank, niter=PISSA_ITERATIONS)
    root = torch.sqrt(values / scale)
    return root[:, None] * right.T, left * root


def _set(layer: Any, first: Any, second: Any) -> None:
    import torch

    with torch.no_grad():
        layer.lora_A[ADAPTER].weight.copy_(first)
        layer.lora_B[ADAPTER].weight.copy_(second)


def _stored_weights(base: Any) -> Callable[[str], Any]:
    """Reads a weight by its name in the model from the safetensors file that holds it."""
    import json
    from pathlib import Path

    from safetensors import safe_open
    from transformers.utils import cached_file

    def find(file: str) -> Any:
        return cached_file(base.config._name_or_path, file, _raise_exceptions_for_missing_entries=False)

    index = find("model.safetensors.index.json")
    shards = json.loads(Path(index).read_text(encoding="utf-8"))["weight_map"] if index else {}
    prefix = f"{base.base_model_prefix}."

    def read(name: str) -> Any:
        path = find(shards.get(name) or shards.get(name.removeprefix(prefix)) or "model.safetensors")
        if path is not None:
            with safe_open(path, framework="pt", device="cpu") as weights:
                for key in (name, name.removeprefix(prefix)):
                    if key in weights.keys():  # noqa: SIM118 - no mapping
                        return weights.get_tensor(key)
        raise MissingError(
            f'{name} is not in the model\'s files, so [lora] variant = "loftq" cannot begin. Use "lora".'
        )

    return read
