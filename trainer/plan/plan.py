"""Everything known before the first step: data as tokens, settings with their origin, cost against what is free."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import DataError, SettingsError
from trainer.contract.examples import Conversation
from trainer.contract.settings import RunSettings, read_settings
from trainer.data.find_template import chat_template
from trainer.data.read import read_conversations
from trainer.data.template import ChatTemplate
from trainer.data.tokens import TokenisedExamples, Tokens, tokenise, usual_answer
from trainer.data.truncation import WORDS, TokenTruncation, settle
from trainer.model.load import (
    ModelSource,
    Placement,
    check_vocabulary,
    choose_placement,
    find_source,
    load_config,
    load_tokenizer,
)
from trainer.plan.defaults import CPU_TOKENS, CUDA_TOKENS, Facts, Resolved, resolve, with_value
from trainer.plan.memory import HEADROOM, ResourceEstimate, Shape, estimate, measure_shape, refuse_what_cannot_fit
from trainer.plan.unasked import refuse_unasked
from trainer.train.arguments import check_transformers_settings

Narrate = Callable[[str], None]


@dataclass(frozen=True)
class HeldOut:
    """A held-out file: its conversations (for answers) and its tokens (for losses)."""

    file: str
    conversations: list[Conversation]
    tokens: TokenisedExamples
    truncation: TokenTruncation

    @classmethod
    def of(
        cls,
        tokens: list[Tokens],
        conversations: list[Conversation],
        settings: RunSettings,
        file: str = contract.VALIDATION_FILE,
    ) -> HeldOut:
        """Cut and drop under the settings of the training."""
        examples, truncation = _settled(tokens, settings, file)
        kept = set(examples.names)
        return cls(
            file, [conversation for conversation in conversations if conversation.name in kept], examples, truncation
        )


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
) -> Plan:
    """Read settings, data and model configuration, and derive the rest. No model weights are loaded.

    A resumed run takes what was settled at its start: free memory may be another now, the run must not be.

    Raises:
        TrainerError: anything that would stop the run later, as a sentence with the setting to change.
    """
    given = read_settings(folder / (contract.RESOLVED_FILE if resumed else contract.SETTINGS_FILE))
    check_transformers_settings(given.transformers)
    refuse_unasked(given, folder, trust_remote_code)
    conversations = read_conversations(folder / contract.TRAIN_FILE)
    held_out = None
    if given.training.evaluations != 0:
        held_out = read_conversations(folder / contract.VALIDATION_FILE)
        refuse_overlap(conversations, held_out)
    source = find_source(given.model, folder, allow_download, trust_remote_code)
    placement = choose_placement(given.model)
    config, tokenizer = load_config(source), load_tokenizer(source)
    check_vocabulary(config, tokenizer)
    template = chat_template(tokenizer, _template_file(given, folder))

    narrate(f"Tokenising {len(conversations):,} examples.")
    tokens = list(tokenise(conversations, template))
    _refuse_unknown_tokens(tokens, config)
    held_tokens = list(tokenise(held_out, template)) if held_out is not None else []
    text = config.get_text_config()
    longest = max(len(example.ids) for example in [*tokens, *held_tokens])
    shape = measure_shape(config, given)
    most = getattr(text, "max_position_embeddings", None) or longest
    if (given.training.max_length or 0) > most:
        raise SettingsError(
            f"[training] max_length = {given.training.max_length:,}: the model has {most:,} positions. Lower it."
        )
    facts = Facts(len(tokens), longest, shape.parameters, shape.hidden, most, placement.on_cuda, usual_answer(tokens))
    resolved = resolve(given, facts)
    shape = replace(
        shape,
        adapter_parameters=shape.adapter_parameters * (resolved.settings.lora.rank or 0) // (given.lora.rank or 16),
    )
    train, truncation = _settled(tokens, resolved.settings, contract.TRAIN_FILE)
    if len(train) != len(tokens):
        resolved = _with_fewer_examples(given, facts, len(train))
    if resumed:
        started = json.loads((folder / contract.CHECKPOINTS_FOLDER / contract.STARTED_FILE).read_text(encoding="utf-8"))
        resolved = replace(resolved, origins=started["origins"])
    validation = HeldOut.of(held_tokens, held_out, resolved.settings) if held_out is not None else None
    resolved, estimated = _fit(resolved, shape, placement, folder, train, truncation)
    refuse_what_cannot_fit(estimated, resolved.settings)
    warnings = _warnings(truncation, validation, resolved)
    plan = Plan(
        folder, source, placement, resolved, template, train, truncation, validation, shape, estimated, warnings
    )
    if not resumed:
        from trainer.evaluate.rehearsal import rehearse  # which evaluates by this plan

        rehearse(plan, conversations)
    return plan


def refuse_overlap(train: list[Conversation], validation: list[Conversation]) -> None:
    """A validation example that was trained on measures memory, not learning.

    Raises:
        DataError: the same messages are in both files.
    """
    earlier = {conversation.content_hash() for conversation in train}
    shared = [conversation.name for conversation in validation if conversation.content_hash() in earlier]
    if shared:
        raise DataError(
            f"{len(shared)} of {len(validation)} examples in {contract.VALIDATION_FILE} are also in "
            f"{contract.TRAIN_FILE} ({', '.join(shared[:5])}). Split again so that no example is on both sides."
        )


def load_held_out(file: Path, template: ChatTemplate, settings: RunSettings) -> HeldOut:
    """Read and tokenise a held-out file under the settings of the training."""
    conversations = read_conversations(file)
    return HeldOut.of(list(tokenise(conversations, template)), conversations, settings, file.name)


def _settled(tokens: list[Tokens], settings: RunSettings, file: str) -> tuple[TokenisedExamples, TokenTruncation]:
    training = settings.training
    return settle(
        tokens,
        training.max_length or 0,
        training.overlength,
        training.allow_nothing_to_learn,
        file,
        training.allow_lost,
    )


def _with_fewer_examples(given: RunSettings, facts: Facts, examples: int) -> Resolved:
    return resolve(given, replace(facts, examples=examples))


def _template_file(given: RunSettings, folder: Path) -> Path | None:
    return None if given.model.chat_template is None else folder / given.model.chat_template


def _refuse_unknown_tokens(tokens: list[Tokens], config: Any) -> None:
    rows = config.get_text_config().vocab_size
    highest = max((int(example.ids.max()) for example in tokens if len(example.ids)), default=0)
    if highest >= rows:
        raise DataError(
            f"The data uses token {highest} and the model knows {rows}: tokenizer and model do not belong together. "
            "Use the tokenizer that came with the model."
        )


def _fit(
    resolved: Resolved,
    shape: Shape,
    placement: Placement,
    folder: Path,
    train: TokenisedExamples,
    truncation: TokenTruncation,
) -> tuple[Resolved, ResourceEstimate]:
    """Choose tokens per forward pass and activation checkpointing: as much as memory allows, checkpointing by need.

    A quarter of the most tokens without checkpointing is as fast as the most with it (8B shape on an H100: 9,500 and
    10,000 tokens a second on ragged rows, 9,900 and 9,800 on full ones); an eighth is slower.
    """
    per_epoch = math.ceil(len(train) / (resolved.settings.training.batch_size or 1))
    tokens = int(truncation.tokens * (resolved.settings.training.steps or 0) / per_epoch)
    share = truncation.trained_tokens / max(1, truncation.tokens)
    most = CUDA_TOKENS if placement.on_cuda else CPU_TOKENS
    batch_tokens = int(train.lengths.max()) * (resolved.settings.training.batch_size or 1)
    sizes = [most // part for part in (1, 2, 4, 8)]
    candidates = [*((False, size) for size in sizes[:3]), *((True, size) for size in sizes)]
    chosen = None
    for checkpointing, size in candidates:
        trial = resolved
        if trial.settings.training.micro_batch_tokens is None:
            size = max(16, min(size, batch_tokens))
            trial = with_value(trial, "training", "micro_batch_tokens", size, "fits the free memory")
        if trial.settings.training.activation_checkpointing is None:
            why = "memory is short" if checkpointing else "memory suffices"
            trial = with_value(trial, "training", "activation_checkpointing", checkpointing, why)
        chosen = trial, estimate(shape, placement, trial.settings, folder, tokens, share)
        if chosen[1].total <= chosen[1].free * HEADROOM:
            break
    assert chosen is not None
    return chosen


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
