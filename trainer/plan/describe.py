"""The plan as text: an example with its trained tokens marked, every setting with its source, cost and what is free."""

from __future__ import annotations

import unicodedata
from typing import Any

from trainer.plan.plan import Plan

TOKENS_SHOWN = 240
SAFE = {"\n", "\t"}


def describe(plan: Plan, colour: bool) -> str:
    """A page for a terminal. Text from the data is made harmless: control and invisible characters become escapes."""
    parts = [_data(plan), _example(plan, colour), _settings(plan), _cost(plan)]
    if plan.warnings:
        parts.append("Warnings\n" + "\n".join(f"  {sentence}" for sentence in plan.warnings))
    return "\n\n".join(parts)


def _data(plan: Plan) -> str:
    lines = [f"train.jsonl       {plan.train_truncation.sentence()}"]
    if plan.validation is not None:
        lines.append(f"validation.jsonl  {plan.validation.truncation.sentence()}")
    for truncation, names in plan.train_truncation.names.items():
        if truncation != "kept" and names:
            lines.append(
                f"  {truncation}: {', '.join(visible(name) for name in names[:10])}{', ...' if len(names) > 10 else ''}"
            )
    return "\n".join(lines)


def _example(plan: Plan, colour: bool) -> str:
    example = plan.train[0]
    marked = trained_text(plan.tokenizer, example, colour)
    legend = "bold green" if colour else "between « and »"
    return f"Example {visible(example.name)}, trained tokens {legend} (template: {plan.template.origin})\n\n{marked}"


def trained_text(tokenizer: Any, example: Any, colour: bool) -> str:
    """The example as the model sees it, with the trained stretches marked; cut after a few hundred tokens."""
    opening, closing = ("\x1b[1;32m", "\x1b[0m") if colour else ("«", "»")
    ids, trained = example.ids[:TOKENS_SHOWN].tolist(), (example.weights[:TOKENS_SHOWN] > 0).tolist()
    stretches: list[tuple[bool, list[int]]] = []
    for token, is_trained in zip(ids, trained, strict=True):
        if stretches and stretches[-1][0] == is_trained:
            stretches[-1][1].append(token)
        else:
            stretches.append((is_trained, [token]))
    text = "".join(
        f"{opening}{visible(tokenizer.decode(tokens))}{closing}" if is_trained else visible(tokenizer.decode(tokens))
        for is_trained, tokens in stretches
    )
    return text + (" ..." if len(example.ids) > TOKENS_SHOWN else "")


def visible(text: str) -> str:
    r"""Control, format and private characters as `\u{...}`; line ends and tabs stay."""
    return "".join(
        character if character in SAFE or unicodedata.category(character)[0] != "C" else f"\\u{{{ord(character):x}}}"
        for character in text
    )


def _settings(plan: Plan) -> str:
    lines = ["Settings"]
    for section, values in plan.resolved.tables().items():
        for name, value in values.items():
            if value is not None and value != {}:
                origin = plan.resolved.origins.get(f"{section}.{name}", "run.toml")
                lines.append(f"  {section + '.' + name:<36}{value!s:<16}  {origin}")
    return "\n".join(lines)


def _cost(plan: Plan) -> str:
    cost = plan.estimated
    memory = (
        f"{_gib(cost.total)} of {_gib(cost.free)} free (weights {_gib(cost.weights)}, adapter {_gib(cost.adapter)}, "
        f"activations {_gib(cost.activations)}, logits {_gib(cost.logits)})"
    )
    where = f"{plan.placement.device}, {str(plan.placement.dtype).removeprefix('torch.')}"
    return "\n".join(
        [
            "Cost",
            f"  steps   {plan.steps} of {plan.settings.training.batch_size} examples",
            f"  tokens  {int(plan.train.lengths.sum() * plan.steps / plan.steps_per_epoch):,}",
            f"  device  {where}",
            f"  memory  {memory}",
            f"  disk    {_gib(cost.disk)} of {_gib(cost.disk_free)} free",
            f"  time    about {_duration(cost.seconds)} of training, if nothing else runs",
        ]
    )


def _gib(count: int) -> str:
    return f"{count / (1 << 30):.2f} GiB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
