"""Answers of the model to held-out prompts: greedy, so that two runs give the same text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from trainer.contract.examples import Conversation
from trainer.data.template import ChatTemplate
from trainer.data.tokens import TokenisedExamples
from trainer.model.precision import computing

BATCH = 8


class Answer(NamedTuple):
    """What the model said, and whether it was cut at the most tokens it may take."""

    text: str
    cut: bool


@dataclass(frozen=True)
class Question:
    """The conversation up to its last answer, and that answer."""

    name: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None
    reference: str
    schema: dict[str, Any] | None = None


def questions(conversations: Iterable[Conversation], count: int) -> list[Question]:
    """The first `count` conversations whose last answer is text."""
    found: list[Question] = []
    for conversation in conversations:
        if len(found) == count:
            break
        positions = [i for i, message in enumerate(conversation.messages) if message["role"] == "assistant"]
        if positions and conversation.messages[positions[-1]]["content"]:
            last = positions[-1]
            text = conversation.messages[last]["content"]
            asked = conversation.messages[:last]
            found.append(Question(conversation.name, asked, conversation.tools, text, conversation.schema))
    return found


def stop_tokens(tokenizer: Any, examples: TokenisedExamples, base: Sequence[int] = ()) -> list[int]:
    """Tokens that end an answer: the end-of-text token, and whatever special token ends the answers trained on.

    `base`: those of the base model's generation settings, kept where they are special tokens.
    """
    special = {index for index, token in tokenizer.added_tokens_decoder.items() if token.special}
    stops = {tokenizer.eos_token_id} if tokenizer.eos_token_id is not None else set()
    stops |= special & set(base)
    for index in range(min(len(examples), 200)):
        example = examples[index]
        trained = example.ids[example.weights > 0]
        if example.closed and len(trained) and int(trained[-1]) in special:
            stops.add(int(trained[-1]))
    return sorted(stops)


def answer(
    model: Any,
    template: ChatTemplate,
    asked: Sequence[Question],
    stops: list[int],
    max_new_tokens: int,
    device: Any,
    dtype: Any,
) -> list[Answer]:
    """Greedy answers in the order of the questions; the model is left in the mode it was in."""
    import torch

    prompts = template.prompts([(question.messages, question.tools) for question in asked])
    encoded = [template.tokenizer(prompt, add_special_tokens=False)["input_ids"] for prompt in prompts]
    order = sorted(range(len(encoded)), key=lambda index: len(encoded[index]))
    answers = [Answer("", False)] * len(encoded)
    was_training = model.training
    model.eval()
    try:
        for start in range(0, len(order), BATCH):
            group = order[start : start + BATCH]
            ids, mask = _left_padded([encoded[index] for index in group])
            with torch.no_grad(), computing(device, dtype):
                output = model.generate(
                    input_ids=ids.to(device),
                    attention_mask=mask.to(device),
                    max_new_tokens=max_new_tokens,
                    do_sample=False,
                    use_cache=True,
                    eos_token_id=stops,
                    pad_token_id=stops[0] if stops else 0,
                    temperature=None,
                    top_p=None,
                    top_k=None,
                )
            for index, row in zip(group, output[:, ids.shape[1] :].tolist(), strict=True):
                end = next((place for place, token in enumerate(row) if token in stops), None)
                answers[index] = Answer(template.tokenizer.decode(row[:end], skip_special_tokens=False), end is None)
    finally:
        model.train(was_training)
    return answers


def _left_padded(rows: list[list[int]]) -> tuple[Any, Any]:
    import torch

    longest = max(len(row) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.int64)
    mask = torch.zeros(len(rows), longest, dtype=torch.int64)
    for position, row in enumerate(rows):
        ids[position, longest - len(row) :] = torch.tensor(row)
        mask[position, longest - len(row) :] = 1
    return ids, mask
