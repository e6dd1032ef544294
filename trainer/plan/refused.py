"""Which examples a model's chat template refuses, where a plan stops at the first, and whose thinking it drops."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import TemplateError
from trainer.contract.examples import Conversation
from trainer.contract.settings import read_settings
from trainer.data.find_template import chat_template
from trainer.data.read import read_conversations
from trainer.model.load import find_source, load_tokenizer
from trainer.plan.plan import template_file
from trainer.plan.unasked import refuse_unasked


def refused(folder: Path, allow_download: bool = False, *, trust_remote_code: bool = False) -> dict[str, Any]:
    """`refused`: why, by the name of an example of `train.jsonl`; `thinking_lost`: names of others.

    Raises:
        TrainerError: the data, the settings or the model cannot be read, or the template does not come to an end.
    """
    given = read_settings(folder / contract.SETTINGS_FILE)
    refuse_unasked(given, folder, trust_remote_code)
    conversations = read_conversations(folder / contract.TRAIN_FILE)
    tokenizer = load_tokenizer(find_source(given.model, folder, allow_download, trust_remote_code))
    template = chat_template(tokenizer, template_file(given, folder))
    reasons = list(template.refusals(conversations))
    thinking = [one for one, reason in zip(conversations, reasons, strict=True) if not reason and _thinks(one)]
    answered = zip(thinking, template.all_answers(thinking), strict=True)
    lost = [one.name for one, found in answered if not isinstance(found, TemplateError) and "reasoning" in found[2]]
    refusals = {one.name: reason for one, reason in zip(conversations, reasons, strict=True) if reason}
    return {"refused": refusals, "thinking_lost": lost}


def _thinks(conversation: Conversation) -> bool:
    return any(
        message.get("reasoning_content") or "</think>" in message["content"]
        for message in conversation.messages
        if message["role"] == "assistant"
    )
