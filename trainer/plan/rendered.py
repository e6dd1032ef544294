"""Examples as the model sees them: the text of its chat template, in stretches that are trained or not."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import TemplateError
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
    given = read_settings(folder / contract.SETTINGS_FILE)
    refuse_unasked(given, folder, trust_remote_code)
    conversations = read_conversations(folder / contract.TRAIN_FILE)
    tokenizer = load_tokenizer(find_source(given.model, folder, allow_download, trust_remote_code))
    template = chat_template(tokenizer, template_file(given, folder))
    examples: list[dict[str, Any]] = []
    for conversation, found in zip(conversations, template.all_answers(conversations), strict=True):
        if isinstance(found, TemplateError):
            examples.append({"name": conversation.name, "refused": str(found).removeprefix(f"{conversation.name}: ")})
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
