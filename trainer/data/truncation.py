"""What becomes of every example before the first step: kept, cut, or lost. Nothing is truncated silently."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from trainer.contract.errors import DataError
from trainer.data.lost import Lost
from trainer.data.tokens import Tokens

Overlength = Literal["cut-end", "cut-start", "drop", "refuse"]
TruncationReport = Literal["kept", "prompt-cut", "answer-cut", "lost", "nothing-to-learn"]
FATES: tuple[TruncationReport, ...] = ("kept", "prompt-cut", "answer-cut", "lost", "nothing-to-learn")
NAMES_LISTED = 20
MOST_NOT_RENDERED = 0.01
"""Share of the examples, and always one, that may lose a kind of content to the chat template unasked."""
WORDS: dict[Lost, str] = {
    "system": "system message",
    "user": "user's words",
    "tools": "tool definitions",
    "tool-calls": "tool calls",
    "tool-results": "tool results",
    "reasoning": "reasoning",
}


@dataclass
class TokenTruncation:
    """Counts and names by fate, and the tokens left to train on."""

    max_length: int
    names: dict[TruncationReport, list[str]] = field(default_factory=lambda: {truncation: [] for truncation in FATES})
    tokens: int = 0
    trained_tokens: int = 0
    tokens_cut: int = 0
    without_end_of_turn: int = 0
    not_rendered: dict[Lost, list[str]] = field(default_factory=dict)
    """Names of examples by the kind of their content that the chat template does not render."""

    @property
    def examples(self) -> int:
        """All examples read."""
        return sum(len(names) for names in self.names.values())

    def as_event(self) -> dict[str, Any]:
        """Fields of the `token-fate` event: counts, and up to 20 names of each fate but `kept`."""
        return {
            "examples": self.examples,
            "counts": {truncation: len(names) for truncation, names in self.names.items()},
            "listed": {
                truncation: names[:NAMES_LISTED]
                for truncation, names in self.names.items()
                if truncation != "kept" and names
            },
            "max_length": self.max_length,
            "tokens": self.tokens,
            "trained_tokens": self.trained_tokens,
            "tokens_cut": self.tokens_cut,
            "without_end_of_turn": self.without_end_of_turn,
            "not_rendered": {kind: len(names) for kind, names in self.not_rendered.items()},
        }

    def sentence(self) -> str:
        """The report in one line."""
        counts = ", ".join(f"{len(names)} {truncation}" for truncation, names in self.names.items() if names)
        return f"{self.examples} examples: {counts}; {self.trained_tokens} of {self.tokens} tokens are trained."


def settle(
    examples: Iterable[Tokens],
    max_length: int,
    overlength: Overlength,
    allow_nothing_to_learn: bool,
    file: str,
    allow_lost: Collection[Lost] = (),
) -> tuple[list[Tokens], TokenTruncation]:
    """Cut or drop what is longer than `max_length` tokens and drop what has no trained token; of a pair both answers.

    Raises:
        DataError: an example is too long and `overlength` is `refuse`; one has nothing to learn and that is not
            allowed; or nothing is left.
    """
    truncation, kept = TokenTruncation(max_length), []
    for example in examples:
        for kind in dict.fromkeys((*example.lost, *(example.other.lost if example.other else ()))):
            truncation.not_rendered.setdefault(kind, []).append(example.name)
        outcome, rest = _outcome(example, max_length, overlength)
        truncation.names[outcome].append(example.name)
        truncation.tokens_cut += sum(len(one.ids) for one in _both(example))
        if rest is not None:
            truncation.tokens += sum(len(one.ids) for one in _both(rest))
            truncation.tokens_cut -= sum(len(one.ids) for one in _both(rest))
            truncation.trained_tokens += sum(int(np.count_nonzero(one.weights)) for one in _both(rest))
            truncation.without_end_of_turn += not all(one.closed for one in _both(rest))
            kept.append(rest)
    _refuse_silent_loss(truncation, allow_lost, file)
    _refuse(truncation, overlength, allow_nothing_to_learn, bool(kept), file)
    return kept, truncation


def _both(example: Tokens) -> list[Tokens]:
    return [example] if example.other is None else [example, example.other]


_GRAVEST: tuple[TruncationReport, ...] = ("nothing-to-learn", "lost", "answer-cut", "prompt-cut", "kept")


def _outcome(example: Tokens, max_length: int, overlength: Overlength) -> tuple[TruncationReport, Tokens | None]:
    """Of a pair the graver outcome of its answers; what is lost of one is lost of both."""
    outcome, rest = _outcome_of_one(example, max_length, overlength)
    if example.other is None:
        return outcome, rest
    other, rest_of_other = _outcome_of_one(example.other, max_length, overlength)
    if rest is not None:
        rest = None if rest_of_other is None else replace(rest, other=rest_of_other)
    return min(outcome, other, key=_GRAVEST.index), rest


def _outcome_of_one(example: Tokens, max_length: int, overlength: Overlength) -> tuple[TruncationReport, Tokens | None]:
    trained = np.count_nonzero(example.weights)
    if trained == 0:
        return "nothing-to-learn", None
    if len(example.ids) <= max_length:
        return "kept", example
    if overlength in ("drop", "refuse"):
        return "lost", None
    part = slice(0, max_length) if overlength == "cut-end" else slice(len(example.ids) - max_length, None)
    ids, weights = example.ids[part], example.weights[part].copy()
    weights[0] = 0
    left = np.count_nonzero(weights)
    if left == 0:
        return "lost", None
    cut: TruncationReport = "prompt-cut" if left == trained else "answer-cut"
    return cut, replace(example, ids=ids, weights=weights)


def _refuse_silent_loss(truncation: TokenTruncation, allowed: Collection[Lost], file: str) -> None:
    for kind, names in truncation.not_rendered.items():
        if kind not in allowed and len(names) > max(1, MOST_NOT_RENDERED * truncation.examples):
            raise DataError(
                f"{file}: the chat template does not render the {WORDS[kind]} of {len(names):,} of "
                f"{truncation.examples:,} examples ({_first(names)}), so the model would not see them. Set "
                "[model] chat_template to a file with a template that does, change the examples, or accept it with "
                f'[training] allow_lost = ["{kind}"], or `curator train --allow-lost {kind}`.'
            )


def _refuse(
    truncation: TokenTruncation, overlength: Overlength, allow_nothing_to_learn: bool, any_kept: bool, file: str
) -> None:
    lost, nothing = truncation.names["lost"], truncation.names["nothing-to-learn"]
    if lost and overlength == "refuse":
        raise DataError(
            f"{file}: {len(lost)} examples are longer than max_length = {truncation.max_length} ({_first(lost)}). "
            "Raise [training] max_length, or set overlength to cut-end, cut-start or drop."
        )
    if nothing and not allow_nothing_to_learn:
        raise DataError(
            f"{file}: {len(nothing)} examples have no assistant token to learn ({_first(nothing)}). Give them an "
            "answer with weight above 0, or skip them with --skip-untrainable."
        )
    if not any_kept:
        raise DataError(
            f"{file}: no example is left to train on: {len(lost)} lost to max_length = {truncation.max_length}, "
            f"{len(nothing)} with nothing to learn. Raise [training] max_length or change overlength."
        )


def _first(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
