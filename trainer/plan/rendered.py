"""Examples as the model sees them, in stretches that are trained or not; and which of them its template refuses."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import TemplateError
from trainer.contract.examples import Conversation
from trainer.contract.settings import read_settings
from trainer.data.find_template import chat_template
from trainer.data.read import read_conversations
from trainer.data.template import AnswerSpan
from trainer.model.load import find_source, load_tokenizer
from trainer.plan.plan import template_file
from trainer.plan.unasked import refuse_unasked


def rendered(folder: Path, allow_download: bool = False, *, trust_remote_code: bool = False) -> list[dict[str, Any]]:
    """Each example of `train.jsonl`: name, stretches with their weight, token ids, and what is lost or refused.

    Raises:
        TrainerError: the data, the settings or the model cannot be read, or the template does not come to an end.
    """
    tokenizer, answered = _answered(folder, allow_download, trust_remote_code)
    examples: list[dict[str, Any]] = []
    for conversation, found in answered:
        if isinstance(found, TemplateError):
            examples.append({"name": conversation.name, "refused": _reason(conversation, found)})
            continue
        text, answers, lost = found
        ids, stretches = _stretches(tokenizer, text, answers)
        examples.append({"name": conversation.name, "stretches": stretches, "ids": ids, "lost": list(lost)})
    return examples


def _stretches(tokenizer: Any, text: str, answers: list[AnswerSpan]) -> tuple[list[int], list[dict[str, Any]]]:
    """Token ids, and neighbouring tokens of one weight as a stretch of the text, trained as in a training."""
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    offsets = encoded["offset_mapping"]
    weights = [_weight(answers, start, end) for start, end in offsets]
    weights[:1] = [0.0] * len(weights[:1])
    stretches, begin, at = [], 0, 0
    for weight, group in groupby(weights):
        at += len(list(group))
        end = len(text) if at == len(weights) else offsets[at][0]
        stretches.append({"text": text[begin:end], "weight": weight})
        begin = end
    return list(encoded["input_ids"]), stretches


def _weight(answers: list[AnswerSpan], start: int, end: int) -> float:
    inside = (one for one in answers if start >= one.start and end <= one.end and start < one.end)
    return next((answer.weight for answer in inside), 0.0)


def refused(folder: Path, allow_download: bool = False, *, trust_remote_code: bool = False) -> dict[str, Any]:
    """`refused`: why, by the name of an example of `train.jsonl`; `thinking_lost`: names of others.

    Raises:
        TrainerError: the data, the settings or the model cannot be read, or the template does not come to an end.
    """
    _, answered = _answered(folder, allow_download, trust_remote_code)
    refusals = {one.name: _reason(one, found) for one, found in answered if isinstance(found, TemplateError)}
    lost = [
        one.name
        for one, found in answered
        if not isinstance(found, TemplateError) and "reasoning" in found[2] and _thinks(one)
    ]
    return {"refused": refusals, "thinking_lost": lost}


def _thinks(conversation: Conversation) -> bool:
    return any(
        message.get("reasoning_content") or "</think>" in message["content"]
        for message in conversation.messages
        if message["role"] == "assistant"
    )


def _answered(
    folder: Path, allow_download: bool, trust_remote_code: bool
) -> tuple[Any, list[tuple[Conversation, Any]]]:
    """The model's tokenizer, and each example of `train.jsonl` with what its template makes of it."""
    given = read_settings(folder / contract.SETTINGS_FILE)
    refuse_unasked(given, folder, trust_remote_code)
    conversations = read_conversations(folder / contract.TRAIN_FILE)
    tokenizer = load_tokenizer(find_source(given.model, folder, allow_download, trust_remote_code))
    template = chat_template(tokenizer, template_file(given, folder))
    return tokenizer, list(zip(conversations, template.all_answers(conversations), strict=True))


def _reason(conversation: Conversation, refusal: TemplateError) -> str:
    return str(refusal).removeprefix(f"{conversation.name}: ")
