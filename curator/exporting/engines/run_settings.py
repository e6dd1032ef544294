"""A run's settings, complete: what the local trainer would do, for engines that continue its work elsewhere.

The derivations mean the same as the trainer's own (`trainer/plan/defaults.py`), which a test holds them against; this
room does not import the trainer.
"""

import math
from dataclasses import dataclass
from typing import Any

_SMALL_SET, _GENERAL_SET, _LARGE_SET = 2_000, 10_000, 50_000
_FEWEST_STEPS, _WANTED_STEPS, _MOST_EPOCHS = 100, 200, 25
_LARGEST_BATCH = 16
_SMALLER_BATCHES = ((8, _WANTED_STEPS), (4, _FEWEST_STEPS))
"""Examples, and the optimiser steps below which that many are taken."""
_LEARNING_RATE = 2e-4
"""For models up to 13B (QLoRA, unsloth); the trainer alone knows the size of the model and may choose otherwise."""
_LENGTH = 2_048
"""Tokens of one example where they were not counted."""
_RSLORA_RANK = 64
UNNAMED_MODEL = "NAME-OR-PATH-OF-THE-MODEL"


@dataclass(frozen=True)
class EngineRun:
    """Every setting that an engine's configuration is made of; units and meanings as in `trainer.contract`."""

    model: str
    revision: str | None
    is_4bit: bool
    precision: str
    chat_template: str | None
    trust_remote_code: bool
    rank: int
    alpha: float
    dropout: float
    targets: str | list[str]
    variant: str
    epochs: float
    steps: int | None
    warmup_steps: int
    learning_rate: float
    batch_size: int
    max_length: int
    overlength: str
    evaluations: int
    schedule: str
    weight_decay: float
    max_grad_norm: float
    neftune_alpha: float | None
    seed: int
    patience: int
    activation_checkpointing: bool


def complete(settings: dict[str, Any] | None, examples: int, model: str | None = None) -> EngineRun:
    """The settings of a run on `examples` training examples.

    Args:
        settings: tables as in `run.toml` or `resolved.toml`; a value that is missing or null is derived.
        examples: in the training file.
        model: the model where the settings name none.
    """
    tables = settings or {}
    lora, training, stopping = (tables.get(name) or {} for name in ("lora", "training", "stopping"))
    base = tables.get("model") or {}
    epochs, batch = _schedule(training, examples)
    steps = max(1, training.get("steps") or math.ceil(math.ceil(examples / batch) * epochs))
    rank = _or(lora.get("rank"), 16 if examples < _SMALL_SET else 32 if examples < _LARGE_SET else 64)
    variant = _or(lora.get("variant"), "rslora" if rank >= _RSLORA_RANK else "lora")
    alpha = round(2 * math.sqrt(rank), 2) if variant == "rslora" else 2 * rank
    return EngineRun(
        model=_or(base.get("name"), model or UNNAMED_MODEL),
        revision=base.get("revision"),
        is_4bit=_or(base.get("quantisation"), "nf4") == "nf4",
        precision=_or(base.get("precision"), "auto"),
        chat_template=base.get("chat_template"),
        trust_remote_code=_or(base.get("trust_remote_code"), False),
        rank=rank,
        alpha=_or(lora.get("alpha"), alpha),
        dropout=_or(lora.get("dropout"), 0.0),
        targets=_or(lora.get("targets"), "all-linear"),
        variant=variant,
        epochs=epochs,
        steps=training.get("steps"),
        warmup_steps=min(steps - 1, round(steps * _or(training.get("warmup"), 0.05))),
        learning_rate=_or(training.get("learning_rate"), _LEARNING_RATE),
        batch_size=batch,
        max_length=_or(training.get("max_length"), _LENGTH),
        overlength=_or(training.get("overlength"), "cut-end"),
        evaluations=_or(training.get("evaluations"), max(1, min(10, steps // 10))),
        schedule=_or(training.get("schedule"), "linear"),
        weight_decay=_or(training.get("weight_decay"), 0.0),
        max_grad_norm=_or(training.get("max_grad_norm"), 1.0),
        neftune_alpha=training.get("neftune_alpha"),
        seed=_or(training.get("seed"), 0),
        patience=_or(stopping.get("patience"), 4),
        activation_checkpointing=_or(training.get("activation_checkpointing"), True),
    )


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _schedule(training: dict[str, Any], examples: int) -> tuple[float, int]:
    """Epochs, and examples in one optimiser step: small enough for two hundred steps."""
    given = training.get("epochs")
    epochs = given or (3 if examples < _GENERAL_SET else 2 if examples < _LARGE_SET else 1)
    batch = training.get("batch_size")
    if batch is None:
        batch = _LARGEST_BATCH
        for smaller, steps in _SMALLER_BATCHES:
            if examples * epochs / batch < steps:
                batch = smaller
    per_epoch = max(1, math.ceil(examples / batch))
    if training.get("steps"):
        return training["steps"] / per_epoch, batch
    if given is None and per_epoch * epochs < _FEWEST_STEPS:
        epochs = min(_MOST_EPOCHS, math.ceil(_FEWEST_STEPS / per_epoch))
    return epochs, batch
