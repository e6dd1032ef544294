"""The data of a run: read, tokenised, and cut under its settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from trainer import contract
from trainer.contract.errors import DataError
from trainer.contract.examples import Conversation, Kind
from trainer.contract.settings import RunSettings
from trainer.data.paired_examples import PreferenceLoss, paired
from trainer.data.read import read_conversations
from trainer.data.template import ChatTemplate
from trainer.data.tokens import TokenisedExamples, Tokens, tokenise
from trainer.data.truncation import TokenTruncation, settle
from trainer.data.untrainable import Refusals


@dataclass(frozen=True)
class RunData:
    """The conversations of a run; `held_out` is None where nothing is validated."""

    train: list[Conversation]
    held_out: list[Conversation] | None
    settings: RunSettings
    refusals: Refusals

    @classmethod
    def read(cls, folder: Path, settings: RunSettings) -> RunData:
        """Read both files.

        Raises:
            DataError: one cannot be read, or they overlap.
        """
        refusals = Refusals(settings.training.skip_untrainable)
        train = read_conversations(folder / contract.TRAIN_FILE, refusals.reader())
        refuse_other_kinds(train, settings.training.objective, contract.TRAIN_FILE)
        held_out = None
        if settings.training.evaluations != 0:
            held_out = read_conversations(folder / contract.VALIDATION_FILE, refusals.reader())
            refuse_overlap(train, held_out)
            refuse_other_kinds(held_out, settings.training.objective, contract.VALIDATION_FILE)
        return cls(train, held_out, settings, refusals)

    def tokens(self, template: ChatTemplate, vocabulary: int) -> tuple[list[Tokens], list[Tokens]]:
        """Of the training and the held-out examples.

        Raises:
            DataError, TemplateError: examples cannot be trained on and are not to be skipped.
        """
        train = _tokenised(self.train, template, vocabulary, self.settings, contract.TRAIN_FILE, self.refusals)
        if self.held_out is None:
            return train, []
        rest = (template, vocabulary, self.settings, contract.VALIDATION_FILE, self.refusals)
        return train, _tokenised(self.held_out, *rest)


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
        examples, truncation = settled(tokens, settings, file)
        return cls(file, kept_conversations(conversations, examples), examples, truncation)


def kept_conversations(conversations: Sequence[Conversation], examples: TokenisedExamples) -> list[Conversation]:
    """Those of which tokens are trained on or scored, but for answers that are rated as bad: nobody asks for one."""
    kept = set(examples.names)
    return [one for one in conversations if one.name in kept and one.label is not False]


def load_held_out(file: Path, template: ChatTemplate, settings: RunSettings) -> HeldOut:
    """Read and tokenise a held-out file under the settings of the training."""
    refusals = Refusals(settings.training.skip_untrainable)
    conversations = read_conversations(file, refusals.reader())
    refuse_other_kinds(conversations, settings.training.objective, file.name)
    tokens = _tokenised(conversations, template, math.inf, settings, file.name, refusals)
    refusals.write(file.parent, (file.name,))
    return HeldOut.of(tokens, conversations, settings, file.name)


def settled(tokens: list[Tokens], settings: RunSettings, file: str) -> tuple[TokenisedExamples, TokenTruncation]:
    """Cut and drop under the settings of the training; preferences as pairs of sequences."""
    training = settings.training
    most = training.max_length or 0
    rules = (training.overlength, training.allow_nothing_to_learn)
    kept, truncation = settle(tokens, most, *rules, file, training.allow_lost)
    if training.objective == "sft":
        return TokenisedExamples(kept), truncation
    assert training.beta is not None, "settled with the plan"
    preference = PreferenceLoss(training.objective, training.beta)
    return paired(kept, preference, training.batch_size or 1, training.seed, most), truncation


def refuse_other_kinds(conversations: list[Conversation], objective: str, file: str) -> None:
    """See that the examples are what the objective learns from.

    Raises:
        DataError: some are not; the sentence says what to set, or what to change.
    """
    wanted = LEARNT_FROM[objective]
    others = [one for one in conversations if one.kind != wanted]
    if not others:
        return
    found = others[0].kind
    instead = " or ".join(f'"{name}"' for name, kind in LEARNT_FROM.items() if kind == found)
    other_way = "" if objective != "sft" else FOR_SFT[found]
    mixed = len({one.kind for one in conversations}) > 1
    raise DataError(
        f'{file}: [training] objective = "{objective}" learns from {KINDS[wanted]}, and {len(others):,} of '
        f"{len(conversations):,} examples are {KINDS[found]} ({', '.join(one.name for one in others[:5])}). "
        + (
            "A run learns from one kind: write the others to a run of their own."
            if mixed
            else f"Set objective = {instead}{other_way}."
        )
    )


LEARNT_FROM: dict[str, Kind] = {"sft": "chat", "dpo": "pair", "orpo": "pair", "kto": "rated"}
KINDS: dict[Kind, str] = {
    "chat": "conversations to learn (`messages`)",
    "pair": "pairs of answers (`chosen` and `rejected`)",
    "rated": "rated answers (`label`)",
}
FOR_SFT: dict[Kind, str] = {
    "chat": "",
    "pair": ", or write `messages` with the chosen answers (`curator train --use chosen` does)",
    "rated": ", or write `messages` with the good answers only",
}


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
            f"{contract.TRAIN_FILE} ({', '.join(shared[:5])}). Split again so that no example is in both files."
        )


def _tokenised(
    conversations: list[Conversation],
    template: ChatTemplate,
    vocabulary: float,
    settings: RunSettings,
    file: str,
    refusals: Refusals,
) -> list[Tokens]:
    """The tokens of each example; those that cannot be trained on are skipped where that is wanted."""
    tokens = list(tokenise(conversations, template, partial(refusals.add, file)))
    if any(one.kind != "chat" for one in conversations):
        tokens = _with_preferences(tokens, conversations, template, partial(refusals.add, file))
    refusals.stop_unless_skipped(file, len(conversations))
    tokens = refusals.trainable(tokens, vocabulary, settings, file)
    both = [one for example in tokens for one in (example, example.other) if one is not None and len(one.ids)]
    highest = max((int(one.ids.max()) for one in both), default=0)
    if highest >= vocabulary:
        raise DataError(
            f"The data uses token {highest} and the model knows {vocabulary}: tokenizer and model do "
            "not match. Use the tokenizer that came with the model."
        )
    return tokens


def _with_preferences(
    tokens: list[Tokens],
    conversations: list[Conversation],
    template: ChatTemplate,
    refuse: Callable[[str, str], object],
) -> list[Tokens]:
    """Each with its rejected answer or its rating; a pair is refused where the template refuses either answer."""
    rejected = [replace(one.rejected, name=one.name) for one in conversations if one.rejected is not None]
    others = {one.name: one for one in tokenise(rejected, template, refuse)}
    labels = {one.name: one.label for one in conversations}
    return [
        replace(one, other=others.get(one.name), label=labels[one.name])
        for one in tokens
        if not rejected or one.name in others
    ]
