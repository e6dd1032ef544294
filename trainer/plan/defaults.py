"""Settings that were not given, derived from data and model; each keeps where it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from trainer.contract.settings import RunSettings

SMALL_SET = 2_000
LARGE_SET = 50_000
"""Examples; unsloth's guide and the LoRA Without Regret capacity rule: more data wants more rank."""

FEWEST_STEPS = 100
"""Optimiser steps; fewer rarely suffice (tinker-cookbook)."""
MOST_EPOCHS = 25
"""OpenAI's cookbook: three epochs, more for tiny sets, never above 25."""
LARGEST_BATCH = 16
"""Examples; LoRA tolerates large batches worse than full fine-tuning (LoRA Without Regret; QLoRA used 16)."""
WANTED_STEPS = 200
SMALLER_BATCHES = ((8, WANTED_STEPS), (4, FEWEST_STEPS))
"""Examples, and the optimiser steps for which that many are taken: the same three epochs in batches of 8 instead of 16
brought the sample data to a held-out loss of 2.87 instead of 3.33, at the same cost."""
SLOWER = 40
"""Preferences are learnt at 5e-6 where answers are at 2e-4 (alignment-handbook zephyr-7b-dpo-qlora, LLaMA-Factory)."""
LARGE_MODEL = 13_000_000_000
SMALL_MODEL = 1_000_000_000
CPU_TOKENS = 2_048
"""Tokens in one forward pass on a CPU: more hardly compute faster there and cost memory."""
SHORTEST_ANSWER, LONGEST_ANSWER = 128, 1024
"""Tokens that answers may take at least and at most where nothing is set: longer ones cost minutes a question."""
CUDA_TOKENS = 16_384
"""Tokens in one forward pass on a GPU where memory allows: enough to keep it busy."""


@dataclass(frozen=True)
class Facts:
    """What the derivations go by. Lengths and counts are tokens and examples."""

    examples: int
    longest: int
    parameters: int
    hidden_size: int
    most_positions: int
    on_cuda: bool
    usual_answer: int = SHORTEST_ANSWER
    """Of the last answers, the length that 95 % do not exceed."""


@dataclass(frozen=True)
class Resolved:
    """Complete settings and the origin of each value by dotted name, for example `training.batch_size`."""

    settings: RunSettings
    origins: dict[str, str]

    def tables(self) -> dict[str, dict[str, Any]]:
        """Section, setting, value."""
        return {section: dict(values) for section, values in self.settings.model_dump().items()}

    def toml(self) -> str:
        """`resolved.toml`: every value with its origin as a comment; readable as a `run.toml` again."""
        lines = []
        for section, values in self.tables().items():
            lines.append(f"[{section}]")
            for name, value in values.items():
                origin = self.origins.get(f"{section}.{name}", "run.toml")
                lines.append(f"# {name}: none  ({origin})" if value is None else f"{name} = {_toml(value)}  # {origin}")
            lines.append("")
        return "\n".join(lines)


def resolve(given: RunSettings, facts: Facts) -> Resolved:
    """Fill in what `run.toml` does not set. Memory-dependent values are settled later, by `trainer.plan.memory`."""
    derived = {**_adapter(given, facts), **_schedule(given, facts)}
    origins = {}
    sections: dict[str, Any] = {}
    for section in RunSettings.model_fields:
        values = getattr(given, section)
        if isinstance(values, dict):
            sections[section] = values
            continue
        filled = values.model_dump()
        for name in filled:
            key = f"{section}.{name}"
            if name in values.model_fields_set:
                origins[key] = "run.toml"
            elif key in derived:
                filled[name], origins[key] = derived[key]
            else:
                origins[key] = "default"
        sections[section] = filled
    return Resolved(RunSettings.model_validate(sections), origins)


def with_value(resolved: Resolved, section: str, name: str, value: Any, origin: str) -> Resolved:
    """A copy with one more derived value."""
    tables = resolved.tables()
    tables[section][name] = value
    return Resolved(RunSettings.model_validate(tables), {**resolved.origins, f"{section}.{name}": origin})


def _adapter(given: RunSettings, facts: Facts) -> dict[str, tuple[Any, str]]:
    if facts.examples < SMALL_SET:
        rank, why = 16, f"under {SMALL_SET:,} examples (unsloth guide)"
    elif facts.examples < LARGE_SET:
        rank, why = 32, "a set of general size (tinker-cookbook)"
    else:
        rank, why = 64, f"{LARGE_SET:,} examples or more (LoRA Without Regret)"
    final_rank = given.lora.rank or rank
    variant = given.lora.variant or ("rslora" if final_rank >= 64 else "lora")
    alpha = 2 * math.sqrt(final_rank) if variant == "rslora" else 2 * final_rank
    return {
        "lora.rank": (rank, why),
        "lora.variant": (
            variant,
            "rsLoRA from rank 64 (PEFT method comparison)" if variant == "rslora" else "plain LoRA",
        ),
        "lora.alpha": (round(alpha, 2), "scales the adapter by 2 at every rank (LLaMA-Factory)"),
        "lora.dropout": (0.0, "QLoRA's script and unsloth use none"),
    }


def _schedule(given: RunSettings, facts: Facts) -> dict[str, tuple[Any, str]]:
    training = given.training
    usual = 3 if facts.examples < 10_000 else 2 if facts.examples < LARGE_SET else 1
    epochs = training.epochs or (usual if training.objective == "sft" else 1)
    batch = training.batch_size
    if batch is None:
        batch = LARGEST_BATCH
        for smaller, steps in SMALLER_BATCHES:
            if facts.examples * epochs / batch < steps:
                batch = smaller
    per_epoch = math.ceil(facts.examples / batch)
    raised = ""
    if training.epochs is None and training.steps is None and per_epoch * epochs < FEWEST_STEPS:
        epochs = min(MOST_EPOCHS, math.ceil(FEWEST_STEPS / per_epoch))
        raised = f", raised to reach {FEWEST_STEPS} steps"
    steps = training.steps or math.ceil(per_epoch * epochs)
    rate, why = _learning_rate(facts, steps)
    if training.objective != "sft":
        rate, why = float(f"{rate / SLOWER:.2g}"), f"a fortieth of: {why} (zephyr, LLaMA-Factory: 5e-6)"
    longest = min(facts.longest, facts.most_positions)
    return {
        "training.epochs": (steps / per_epoch if training.steps else epochs, f"one to three by set size{raised}"),
        "training.batch_size": (
            batch,
            f"at most {LARGEST_BATCH}, fewer for {WANTED_STEPS} steps (QLoRA, LoRA Without Regret)",
        ),
        "training.steps": (steps, "epochs times batches"),
        "training.learning_rate": (rate, why),
        "training.max_length": (
            max(8, longest),
            "the longest example" if longest == facts.longest else "the model's limit",
        ),
        **({} if training.objective == "sft" else {"training.beta": (0.1, "TRL and LLaMA-Factory")}),
        "training.warmup": (0.05, "3 % to 10 % of the steps (QLoRA, unsloth)"),
        "training.evaluations": (max(1, min(10, steps // 10)), "ten over the run, ten steps apart or more"),
        "evaluation.max_examples": (500, "bounds the time of an evaluation"),
        "evaluation.max_new_tokens": (_answer_tokens(facts), "a quarter more than 95 % of the answers take"),
    }


def _answer_tokens(facts: Facts) -> int:
    """Room for an answer; at most half of what the model can read, for the question needs room too."""
    wanted = min(LONGEST_ANSWER, max(SHORTEST_ANSWER, math.ceil(1.25 * facts.usual_answer)))
    return max(1, min(wanted, facts.most_positions // 2))


def _learning_rate(facts: Facts, steps: int) -> tuple[float, str]:
    if facts.parameters > LARGE_MODEL:
        return 1e-4, "models above 13B (QLoRA)"
    if facts.parameters >= SMALL_MODEL:
        return 2e-4, "models up to 13B (QLoRA, unsloth)"
    rate = min(5e-3, 5e-4 * (2000 / facts.hidden_size) ** 0.781)
    if steps < FEWEST_STEPS:
        rate *= 1.5
    return float(f"{rate:.2g}"), "small models: 5e-4 (2000 / hidden size)^0.781 (tinker-cookbook)"


def _toml(value: Any) -> str:
    import json

    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)
