"""Everything known before the first step: data as tokens, settings with their origin, cost against what is free."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import SettingsError
from trainer.contract.examples import Conversation
from trainer.contract.settings import RunSettings, read_settings
from trainer.data.find_template import chat_template
from trainer.data.read import read_conversations
from trainer.data.template import ChatTemplate
from trainer.data.tokens import TokenisedExamples, Tokens, usual_answer
from trainer.data.truncation import WORDS, TokenTruncation
from trainer.data.untrainable import Refusals
from trainer.model.continued import adapter_folder, with_settings_of
from trainer.model.load import (
    ModelSource,
    Placement,
    check_vocabulary,
    choose_placement,
    find_source,
    generation_stops,
    load_config,
    load_tokenizer,
)
from trainer.plan.data import HeldOut, RunData, kept_conversations, settled
from trainer.plan.defaults import Facts, Resolved, resolve, with_value
from trainer.plan.memory import ResourceEstimate, Shape, measure_shape, refuse_what_cannot_fit
from trainer.plan.passes import fit
from trainer.plan.proof import prove
from trainer.plan.unasked import refuse_unasked
from trainer.train.arguments import check_transformers_settings

Narrate = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """A run that can start."""

    folder: Path
    source: ModelSource
    placement: Placement
    resolved: Resolved
    template: ChatTemplate
    train: TokenisedExamples
    train_truncation: TokenTruncation
    validation: HeldOut | None
    shape: Shape
    estimated: ResourceEstimate
    warnings: list[str]
    base_stops: list[int]
    """Tokens that end an answer by the base model's generation settings."""

    def with_value(self, section: str, name: str, value: Any, origin: str) -> Plan:
        """A copy with one more setting settled."""
        return replace(self, resolved=with_value(self.resolved, section, name, value, origin))

    @property
    def settings(self) -> RunSettings:
        """Complete settings."""
        return self.resolved.settings

    @property
    def tokenizer(self) -> Any:
        """The tokenizer, with its chat template."""
        return self.template.tokenizer

    def train_conversations(self) -> list[Conversation]:
        """Those that are trained on, read once more."""
        skipped = Refusals(self.settings.training.skip_untrainable).reader()
        return kept_conversations(read_conversations(self.folder / contract.TRAIN_FILE, skipped), self.train)

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole run."""
        return self.settings.training.steps or 0

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps of one epoch."""
        return math.ceil(len(self.train) / (self.settings.training.batch_size or 1))

    def as_event(self) -> dict[str, Any]:
        """Fields of the `plan` event."""
        cost = self.estimated
        return {
            "examples": len(self.train),
            "validation_examples": len(self.validation.tokens) if self.validation else 0,
            "steps": self.steps,
            "epochs": self.settings.training.epochs,
            "tokens": int(self.train.lengths.sum() * self.steps / self.steps_per_epoch),
            "device": self.placement.device,
            "dtype": str(self.placement.dtype).removeprefix("torch."),
            "chat_template": self.template.origin,
            "parameters": self.shape.parameters,
            "memory": {"expected": cost.total, "weights": cost.weights, "free": cost.free},
            "disk": {"expected": cost.disk, "free": cost.disk_free},
            "seconds": round(cost.seconds, 1),
            "settings": self.resolved.tables(),
            "origins": self.resolved.origins,
        }


def make_plan(
    folder: Path,
    allow_download: bool = False,
    narrate: Narrate = lambda _: None,
    resumed: bool = False,
    *,
    trust_remote_code: bool = False,
    skip_untrainable: bool = False,
) -> Plan:
    """Read settings, data and model configuration, and derive the rest. No model weights are loaded.

    A resumed run takes what was settled at its start: free memory may be another now, the run must not be.

    Raises:
        TrainerError: anything that would stop the run later, as a sentence with the setting to change.
    """
    given, adapter = _given(folder, resumed, skip_untrainable)
    check_transformers_settings(given.transformers)
    refuse_unasked(given, folder, trust_remote_code)
    data = RunData.read(folder, given)
    source = find_source(given.model, folder, allow_download, trust_remote_code)
    placement = choose_placement(given.model)
    config, tokenizer = load_config(source), load_tokenizer(source)
    check_vocabulary(config, tokenizer)
    shape = measure_shape(config, given, trust_remote_code, adapter)
    template = chat_template(tokenizer, template_file(given, folder))
    narrate(f"Tokenising {len(data.train):,} examples.")
    tokens, held_tokens = data.tokens(template, config.get_text_config().vocab_size)
    facts = _facts(given, config, shape, placement, tokens, held_tokens)
    resolved = resolve(given, facts)
    rank = resolved.settings.lora.rank or 0
    shape = replace(shape, adapter_parameters=shape.adapter_parameters * rank // (given.lora.rank or 16))
    train, truncation = settled(tokens, resolved.settings, contract.TRAIN_FILE)
    if len(train) != len(tokens):
        resolved = resolve(given, replace(facts, examples=len(train)))
        train, truncation = settled(tokens, resolved.settings, contract.TRAIN_FILE)
    if resumed:
        started = json.loads((folder / contract.CHECKPOINTS_FOLDER / contract.STARTED_FILE).read_text(encoding="utf-8"))
        resolved = replace(resolved, origins=started["origins"])
    held_out = data.held_out
    validation = HeldOut.of(held_tokens, held_out, resolved.settings) if held_out is not None else None
    resolved, estimated = fit(resolved, shape, placement, folder, train, truncation)
    refuse_what_cannot_fit(estimated, resolved.settings)
    warnings = [
        *_warnings(truncation, validation, resolved),
        *_of_the_model(shape, placement),
        *data.refusals.sentences(),
        *([] if resumed else prove(given, config, trust_remote_code).warnings),
    ]
    stops = generation_stops(source, config)
    found = (train, truncation, validation, shape, estimated, warnings, stops)
    plan = Plan(folder, source, placement, resolved, template, *found)
    if not resumed:
        from trainer.evaluate.rehearsal import rehearse  # which evaluates by this plan

        rehearse(plan, kept_conversations(data.train, train))
        data.refusals.write(folder, (contract.TRAIN_FILE, contract.VALIDATION_FILE))
    return plan


def _given(folder: Path, resumed: bool, skip_untrainable: bool) -> tuple[RunSettings, Path | None]:
    """The settings with what the command line and the adapter to continue from add, and that adapter's folder."""
    given = read_settings(folder / (contract.RESOLVED_FILE if resumed else contract.SETTINGS_FILE))
    if skip_untrainable:
        training = given.training.model_copy(update={"skip_untrainable": True})
        given = given.model_copy(update={"training": training})
    if resumed or given.model.adapter is None:
        return given, None
    adapter = adapter_folder(given.model.adapter, folder)
    return with_settings_of(given, adapter), adapter


def _facts(
    given: RunSettings, config: Any, shape: Shape, placement: Placement, tokens: list[Tokens], held_out: list[Tokens]
) -> Facts:
    longest = max(len(one.ids) for example in [*tokens, *held_out] for one in (example, example.other or example))
    most = getattr(config.get_text_config(), "max_position_embeddings", None) or longest
    if (given.training.max_length or 0) > most:
        raise SettingsError(
            f"[training] max_length = {given.training.max_length:,}: the model has {most:,} positions. Lower it."
        )
    return Facts(len(tokens), longest, shape.parameters, shape.hidden, most, placement.on_cuda, usual_answer(tokens))


def template_file(given: RunSettings, folder: Path) -> Path | None:
    """Of `[model] chat_template`."""
    return None if given.model.chat_template is None else folder / given.model.chat_template


def _warnings(truncation: TokenTruncation, validation: HeldOut | None, resolved: Resolved) -> list[str]:
    found = []
    cut = len(truncation.names["answer-cut"])
    if cut:
        found.append(
            f"{cut} answers are cut at max_length = {truncation.max_length}: the model does not see how they end."
        )
    if truncation.names["lost"]:
        found.append(f"{len(truncation.names['lost'])} examples are lost to max_length = {truncation.max_length}.")
    if truncation.without_end_of_turn:
        found.append(
            f"In {truncation.without_end_of_turn} examples the chat template ends an answer without an end-of-turn "
            "token: the model may not learn to stop."
        )
    for kind, names in truncation.not_rendered.items():
        found.append(f"The chat template does not render the {WORDS[kind]} of {len(names):,} examples.")
    if validation is None:
        found.append("There is no validation (evaluations = 0): overfitting will not be noticed.")
    if (resolved.settings.training.steps or 0) < 100:
        found.append(f"The run has only {resolved.settings.training.steps} steps; 100 or more are usual.")
    return found


def _of_the_model(shape: Shape, placement: Placement) -> list[str]:
    """What a person should know of the model."""
    if not placement.quantised or shape.quantisable_parameters >= shape.parameters / 2:
        return [*shape.notes]
    embeddings = shape.vocabulary * shape.hidden
    held = shape.parameters - shape.quantisable_parameters
    why = "embeddings, mostly" if embeddings > held / 2 else "bitsandbytes quantises plain linear layers only"
    share = f"{shape.quantisable_parameters / shape.parameters:.0%}".replace("%", " %")
    return [*shape.notes, f"Only {share} of the weights are held in 4 bits ({why})."]
