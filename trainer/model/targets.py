"""Which layers of a model get an adapter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from trainer.contract.errors import SettingsError

_TOWER = re.compile(r"(^|\.)[^.]*(vision|visual|image|audio|speech|video|multi_modal|mm_)[^.]*(\.|$)")
"""Part of a module's name in models that also see or hear; examples are text, so nothing there would learn."""
_EXPERTS = re.compile(r"(^|\.)experts(\.|$)")
_ROUTER = re.compile(r"(^|\.)[^.]*router[^.]*(\.|$)|(^|[._])gate$|(^|\.)wg$")
_NAMES_OF_EXPERTS = frozenset({"gate", "gate_proj", "up_proj", "down_proj", "w1", "w2", "w3"})
"""PEFT (0.21) reads these as names of stacked experts, so no other layer of such a model can be told by them."""
_MAMBA = frozenset({"falcon_h1", "mamba", "mamba2", "falcon_mamba", "nemotron_h"})
_FUSED_IN_MAMBA = frozenset({"out_proj", "conv1d"})
"""Layers that the kernels of these models read past PEFT, which refuses them."""


@dataclass(frozen=True)
class Targets:
    """What PEFT is given, and what comes of it.

    Attributes:
        modules: last parts of the names of the layers.
        parameters: ends of the names of stacked expert weights.
        excluded: a regular expression for layers with one of these names that get no adapter, if there are any.
        adapter_parameters: numbers trained for each unit of rank.
        frozen: what gets no adapter though its layers are linear, for people.
    """

    modules: list[str]
    parameters: list[str]
    excluded: str | None
    adapter_parameters: int
    frozen: list[str]


def choose_targets(model: Any, wanted: str | list[str]) -> Targets:
    """Choose among the linear layers of a model, which may be without weights.

    Raises:
        SettingsError: a name fits no layer, or the model has no layer of the kind.
    """
    layers = linear_layers(model)
    stacked = _stacked_experts(model)
    has_experts = bool(stacked) or any(_EXPERTS.search(name) for name in layers)
    kinds = {name: _kind(name, model, has_experts, bool(stacked)) for name in layers}
    if isinstance(wanted, str):
        chosen = {name for name, kind in kinds.items() if _is_wanted(name, kind, wanted)}
    else:
        _refuse_unknown(wanted, layers, stacked)
        fits = {name for name in layers if any(_ends(name, one) for one in wanted)}
        chosen = {name for name in fits if kinds[name] in ("layer", "expert")}
    experts = {
        name
        for name in stacked
        if (wanted in ("all", "experts") if isinstance(wanted, str) else any(_ends(name, one) for one in wanted))
    }
    if not chosen and not experts:
        raise SettingsError(f"[lora] targets = {wanted!r}: the model has no layer of that kind that can be adapted.")
    leaves = sorted({name.rpartition(".")[2] for name in chosen})
    passed_over = {name for name in layers if name not in chosen and name.rpartition(".")[2] in leaves}
    sizes = [sum(layers[name]) for name in chosen] + [stacked[name][0] * sum(stacked[name][1:]) for name in experts]
    return Targets(
        leaves,
        sorted({".".join(name.split(".")[-2:]) for name in experts}),
        "|".join(sorted({re.sub(r"\d+", r"\\d+", re.escape(name)) for name in passed_over})) or None,
        sum(sizes),
        _said(kinds, stacked, chosen | experts),
    )


def linear_layers(model: Any) -> dict[str, tuple[int, int]]:
    """Sizes in and out of each linear layer but the output, by name."""
    import torch
    from transformers.pytorch_utils import Conv1D

    head = model.get_output_embeddings()
    found = {}
    for name, module in model.named_modules():
        if module is head:
            continue
        if isinstance(module, torch.nn.Linear):
            found[name] = (module.in_features, module.out_features)
        elif isinstance(module, Conv1D):
            found[name] = (module.weight.shape[0], module.weight.shape[1])
    return found


def _stacked_experts(model: Any) -> dict[str, tuple[int, int, int]]:
    """Shapes of weights that hold all experts of a layer, by name."""
    return {
        name: tuple(parameter.shape)
        for name, parameter in model.named_parameters()
        if is_stacked_expert(name, parameter)
    }


def is_stacked_expert(name: str, parameter: Any) -> bool:
    """Whether a weight holds all experts of a layer."""
    return parameter.dim() == 3 and _EXPERTS.search(name.rpartition(".")[0]) is not None


def _kind(name: str, model: Any, has_experts: bool, stacked: bool) -> str:
    leaf = name.rpartition(".")[2]
    if model.config.get_text_config() is not model.config and _TOWER.search(name):
        return "tower"
    if _EXPERTS.search(name):
        return "expert"
    if has_experts and _ROUTER.search(name):
        return "router"
    if (stacked and leaf in _NAMES_OF_EXPERTS) or (model.config.model_type in _MAMBA and leaf in _FUSED_IN_MAMBA):
        return "unreachable"
    return "layer"


def _is_wanted(name: str, kind: str, wanted: str) -> bool:
    if kind == "expert":
        return wanted in ("all", "experts")
    return kind == "layer" and (wanted in ("all", "all-linear") or (wanted == "attention" and _is_attention(name)))


def _is_attention(name: str) -> bool:
    return any("attn" in part or "attention" in part for part in name.split(".")[:-1])


def _ends(name: str, end: str) -> bool:
    return name == end or name.endswith(f".{end}")


def _refuse_unknown(wanted: list[str], layers: dict[str, Any], stacked: dict[str, Any]) -> None:
    for one in wanted:
        if not any(_ends(name, one) for name in [*layers, *stacked]):
            known = sorted({name.rpartition(".")[2] for name in [*layers, *stacked]})
            near = get_close_matches(one, known, n=1, cutoff=0.5)
            hint = f"Nearest: {near[0]}." if near else f"It has {', '.join(known)}."
            raise SettingsError(f"[lora] targets: the model has no linear layer {one!r}. {hint}")


def _said(kinds: dict[str, str], stacked: dict[str, Any], adapted: set[str]) -> list[str]:
    """Sentences on what stays as it is."""
    without = {kind for name, kind in kinds.items() if name not in adapted}
    sentences = []
    if "tower" in without:
        sentences.append("Examples are text: the model's parts for pictures or sound are frozen and get no adapter.")
    if "expert" in without or set(stacked) - adapted:
        sentences.append('The experts get no adapter. [lora] targets = "all" adapts them too.')
    if "unreachable" in without:
        names = sorted({name.rpartition(".")[2] for name, kind in kinds.items() if kind == "unreachable"})
        sentences.append(f"PEFT cannot adapt the layers {', '.join(names)} of this architecture; they stay frozen.")
    return sentences
