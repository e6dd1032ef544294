"""A layer and its adapter in one pass over the layer's output.

PEFT computes `layer(x)`, copies it, computes `B(A(x))`, scales a copy of that and adds both into a third tensor: for
wide layers on a GPU these passes over memory cost nearly half of the matrix product. Here the adapter's product is
added where the layer's output lies, scaled as it is added, and the backward pass does the same with the gradient.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import torch
from torch.nn.functional import linear

from trainer.model.starts import ADAPTER


class _Adapted(torch.autograd.Function):  # type: ignore[misc]
    """x [..., in], first [rank, in], second [out, rank] of one dtype; returns base(x) + scale * second(first(x))."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, first: torch.Tensor, second: torch.Tensor, scale: float, base: Any
    ) -> torch.Tensor:
        found: torch.Tensor = base(x)
        low = linear(x, first)
        found.view(-1, found.shape[-1]).addmm_(_rows(low), second.t(), alpha=scale)
        ctx.save_for_backward(x, low, first, second)
        ctx.scale, ctx.base = scale, base
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, low, first, second = ctx.saved_tensors
        gradient = _rows(gradients[0])
        small = (gradient @ second).mul_(ctx.scale)
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = (gradient @ _weight(ctx.base, gradient.dtype)).addmm_(small, first).view(x.shape)
        return of_x, small.t() @ _rows(x), (gradient.t() @ _rows(low)).mul_(ctx.scale), None, None


def fuse_adapters(model: Any) -> None:
    """Let every plain LoRA layer of a model compute as above, with the same result up to rounding.

    Layers with DoRA, dropout or a bias of the adapter's own keep PEFT's way, and so does every call that is not the
    plain one (adapter switched off or merged, formats that differ).
    """
    from bitsandbytes.nn import Linear4bit
    from peft.tuners.lora import LoraLayer

    for layer in model.modules():
        if not isinstance(layer, LoraLayer) or type(layer.get_base_layer()) not in (Linear4bit, torch.nn.Linear):
            continue
        plain = ADAPTER not in layer.lora_variant and layer.lora_B[ADAPTER].bias is None
        if plain and isinstance(layer.lora_dropout[ADAPTER], torch.nn.Identity):
            layer.forward = MethodType(_forward_of(layer.forward), layer)


def _forward_of(usual: Any) -> Any:
    def forward(layer: Any, x: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        first, second = layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight
        if torch.is_autocast_enabled(x.device.type):
            computed = torch.get_autocast_dtype(x.device.type)
            x, first, second = x.to(computed), first.to(computed), second.to(computed)
        plain = not (arguments or options or layer.disable_adapters or layer.merged)
        if not plain or layer.active_adapters != [ADAPTER] or x.dtype != first.dtype:
            return usual(x, *arguments, **options)
        return _Adapted.apply(x, first, second, layer.scaling[ADAPTER], layer.get_base_layer())

    return forward


def _rows(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.reshape(-1, tensor.shape[-1])


def _weight(base: Any, dtype: torch.dtype) -> torch.Tensor:
    """The frozen weight [out, in] as it is computed with."""
    state = getattr(base.weight, "quant_state", None)
    if state is None:
        return base.weight.to(dtype)
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(base.weight.data.view(-1, 1), state).to(dtype)
