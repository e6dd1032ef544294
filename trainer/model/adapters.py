"""The LoRA adapter, and facts that prove what is trained."""

from __future__ import annotations

from typing import Any

from trainer.contract.errors import SettingsError
from trainer.contract.settings import LoraSettings
from trainer.model import starts
from trainer.model.targets import choose_targets


def add_adapter(model: Any, settings: LoraSettings) -> Any:
    """Wrap the base model; adapter weights are fp32 whatever the base (resuming is then exact).

    `settings` must be resolved: no None among rank, alpha, dropout, variant.

    Raises:
        SettingsError: no layer of the model has one of the target names.
    """
    from peft import LoraConfig, get_peft_model

    chosen = choose_targets(model, settings.targets)
    if chosen.parameters and (settings.variant not in ("lora", "rslora") or settings.dropout):
        raise SettingsError(
            f"[lora] targets = {settings.targets!r}: experts that are stored as one weight take variant "
            '"lora" or "rslora" and no dropout.'
        )
    # A PiSSA adapter has a trained half and a frozen one; alpha grows with the rank, so that the scale stays.
    halves = 2 if settings.variant == "pissa" else 1
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=halves * (settings.rank or 0),
        lora_alpha=halves * (settings.alpha or 0),
        lora_dropout=settings.dropout,
        target_modules=chosen.modules or None,
        target_parameters=chosen.parameters or None,
        exclude_modules=chosen.excluded,
        use_rslora=settings.variant == "rslora",
        use_dora=settings.variant == "dora",
    )
    try:
        wrapped = get_peft_model(model, config)
    except ValueError as problem:
        raise SettingsError(f"[lora] targets = {settings.targets!r}: {problem}") from problem
    if settings.variant == "pissa":
        starts.begin_with_principal_parts(wrapped, settings.rank or 0)
    elif settings.variant == "loftq":
        starts.begin_with_lost_parts(wrapped, settings.rank or 0)
    return wrapped


def model_facts(model: Any) -> dict[str, Any]:
    """What is quantised and what is trained, counted on the model itself.

    `target_layers` have an adapter; `linear4bit_layers` of them hold 4-bit weights; `trained_outside_adapters` names
    parameters that should be frozen and are not (empty in a sound run).
    """
    from bitsandbytes.nn import Linear4bit
    from peft.tuners.lora import LoraLayer

    targets = [module for module in model.modules() if isinstance(module, LoraLayer)]
    trained = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    return {
        "target_layers": len(targets),
        "linear4bit_layers": sum(isinstance(module.get_base_layer(), Linear4bit) for module in targets),
        "trained_parameters": sum(parameter.numel() for _, parameter in trained),
        "trained_outside_adapters": [name for name, _ in trained if "lora_" not in name],
        "total_parameters": _true_parameters(model),
        "adapter_dtype": sorted({str(parameter.dtype) for _, parameter in trained}),
    }


def gradient_facts(model: Any) -> dict[str, Any]:
    """After a backward pass: how many parameters have a gradient, and which of them are not of an adapter."""
    names = [name for name, parameter in model.named_parameters() if parameter.grad is not None]
    return {"with_gradient": len(names), "gradients_outside_adapters": [name for name in names if "lora_" not in name]}


def untouched_layers(model: Any) -> list[str]:
    """Adapters whose B matrix is still zero: after three steps that means that nothing is learnt there."""
    return [
        name
        for name, parameter in model.named_parameters()
        if "lora_B" in name and parameter.requires_grad and not parameter.detach().any()
    ]


def _true_parameters(model: Any) -> int:
    """Parameters of the model, counting a 4-bit weight as the numbers it encodes."""
    total = 0
    for parameter in model.parameters():
        state = getattr(parameter, "quant_state", None)
        total += state.shape.numel() if state is not None else parameter.numel()
    return total
