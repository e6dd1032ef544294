"""The data of a run: read, tokenised, and cut under its settings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from trainer import contract
from trainer.contract.errors import DataError
from trainer.contract.examples import Conversation
from trainer.contract.settings import RunSettings
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
        held_out = None
        if settings.training.evaluations != 0:
            held_out = read_conversations(folder / contract.VALIDATION_FILE, refusals.reader())
            refuse_overlap(train, held_out)
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
    """Those of which tokens are trained on or scored."""
    kept = set(examples.names)
    return [conversation for conversation in conversations if conversation.name in kept]


def load_held_out(file: Path, template: ChatTemplate, settings: RunSettings) -> HeldOut:
    """Read and tokenise a held-out file under the settings of the training."""
    refusals = Refusals(settings.training.skip_untrainable)
    conversations = read_conversations(file, refusals.reader())
    tokens = _tokenised(conversations, template, math.inf, settings, file.name, refusals)
    refusals.write(file.parent, (file.name,))
    return HeldOut.of(tokens, conversations, settings, file.name)


def settled(tokens: list[Tokens], settings: RunSettings, file: str) -> tuple[TokenisedExamples, TokenTruncation]:
    """Cut and drop under the settings of the training."""
    training = settings.training
    return settle(
        tokens,
        training.max_length or 0,
        training.overlength,
        training.allow_nothing_to_learn,
        file,
        training.allow_lost,
    )


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
    refusals.stop_unless_skipped(file, len(conversations))
    tokens = refusals.trainable(tokens, vocabulary, settings, file)
    highest = max((int(example.ids.max()) for example in tokens if len(example.ids)), default=0)
    if highest >= vocabulary:
        raise DataError(
            f"The data uses token {highest} and the model knows {vocabulary}: tokenizer and model do "
            "not match. Use the tokenizer that came with the model."
        )
    return tokens
