"""Examples as tokens, each with what it counts in the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.contract.errors import TemplateError
from trainer.contract.examples import Conversation
from trainer.data.lost import Lost
from trainer.data.template import ChatTemplate

BATCH = 256
"""Texts given to the tokenizer at once."""

Ids = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tokens:
    """One example: `ids` and `weights` of the same length; a weight above 0 means that the token is trained.

    The first weight is 0: there is no token before it to predict it from.
    """

    name: str
    ids: Ids
    weights: Weights
    closed: bool
    """Every trained answer ends with an end-of-turn token."""
    lost: tuple[Lost, ...] = ()
    """What of the example the chat template does not render."""
    other: Tokens | None = None
    """Of a pair: the prompt with its rejected answer."""
    label: bool | None = None
    """Of a rated answer: whether it is a good one."""


class TokenisedExamples(Sequence[Tokens]):
    """Many examples in three arrays: 8 bytes a token, no Python object per token."""

    def __init__(self, examples: list[Tokens]) -> None:
        self.names = [example.name for example in examples]
        self.closed = [example.closed for example in examples]
        self._ends = np.cumsum([len(example.ids) for example in examples], dtype=np.int64)
        self._ids = np.concatenate([example.ids for example in examples]) if examples else np.empty(0, np.int32)
        self._weights = np.concatenate([e.weights for e in examples]) if examples else np.empty(0, np.float32)

    @property
    def _starts(self) -> npt.NDArray[np.int64]:
        return np.concatenate([[0], self._ends[:-1]]).astype(np.int64)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: Any) -> Any:
        end = int(self._ends[index])
        start = int(self._ends[index - 1]) if index else 0
        return Tokens(self.names[index], self._ids[start:end], self._weights[start:end], self.closed[index])

    def sequences(self, group: Sequence[int]) -> list[Tokens]:
        """What the model reads of some examples."""
        return [self[index] for index in group]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each example."""
        return np.diff(self._ends, prepend=0)

    @property
    def trained(self) -> npt.NDArray[np.int64]:
        """Trained tokens of each example."""
        return np.add.reduceat((self._weights > 0).astype(np.int64), self._starts)

    @property
    def weight_sums(self) -> npt.NDArray[np.float64]:
        """What each example counts in the loss: the sum of its weights."""
        return np.add.reduceat(self._weights.astype(np.float64), self._starts)


def tokenise(
    conversations: Sequence[Conversation],
    template: ChatTemplate,
    refuse: Callable[[str, str], object] | None = None,
) -> Iterator[Tokens]:
    """Render, tokenise and weigh every conversation, in order.

    Args:
        conversations: of which tokens are made.
        template: of the model.
        refuse: is told the name of a conversation that the template refuses and the reason; it is then skipped.

    Raises:
        TemplateError: an answer's place is not known, or the tokenizer gives no character offsets.
    """
    if not template.tokenizer.is_fast:
        raise TemplateError(
            "The model's tokenizer gives no character offsets (no tokenizer.json). Convert it to a fast one."
        )
    found = template.all_answers(conversations)
    for start in range(0, len(conversations), BATCH):
        batch = conversations[start : start + BATCH]
        accepted, rendered = [], []
        for conversation, one in zip(batch, islice(found, len(batch)), strict=True):
            if not isinstance(one, TemplateError):
                accepted.append(conversation)
                rendered.append(one)
            elif refuse is None:
                raise one
            else:
                refuse(conversation.name, str(one).removeprefix(f"{conversation.name}: "))
        if not accepted:
            continue
        encoded = template.tokenizer(
            [text for text, _, _ in rendered],
            add_special_tokens=False,
            return_offsets_mapping=True,
            return_attention_mask=False,
            verbose=False,
        )
        for position, (conversation, (_, answers, lost)) in enumerate(zip(accepted, rendered, strict=True)):
            ids = np.array(encoded["input_ids"][position], dtype=np.int32)
            offsets = np.array(encoded["offset_mapping"][position], dtype=np.int64).reshape(-1, 2)
            weights = np.zeros(len(ids), dtype=np.float32)
            for answer in answers:
                # A token that also covers text outside the answer is never seen alone when the model answers.
                inside = (offsets[:, 0] >= answer.start) & (offsets[:, 1] <= answer.end) & (offsets[:, 0] < answer.end)
                weights[inside] = answer.weight
            weights[:1] = 0
            closed = all(answer.closed for answer in answers if answer.weight > 0)
            yield Tokens(conversation.name, ids, weights, closed, lost)


def usual_answer(tokens: list[Tokens]) -> int:
    """Tokens that 95 % of the last answers do not exceed."""
    lengths = []
    for example in tokens:
        trained = np.flatnonzero(example.weights > 0)
        before = np.flatnonzero(np.diff(trained) > 1)
        if len(trained):
            lengths.append(len(trained) if not len(before) else len(trained) - 1 - int(before[-1]))
    return int(np.quantile(lengths, 0.95)) if lengths else 0
