"""Which examples a model's chat template refuses: every one of them, where a plan stops at the first."""

from __future__ import annotations

from pathlib import Path

from trainer import contract
from trainer.contract.settings import read_settings
from trainer.data.find_template import chat_template
from trainer.data.read import read_conversations
from trainer.model.load import find_source, load_tokenizer
from trainer.plan.plan import template_file
from trainer.plan.unasked import refuse_unasked


def refused(folder: Path, allow_download: bool = False, *, trust_remote_code: bool = False) -> dict[str, str]:
    """By the name of an example of `train.jsonl`, why the chat template refuses it.

    Raises:
        TrainerError: the data, the settings or the model cannot be read, or the template does not come to an end.
    """
    given = read_settings(folder / contract.SETTINGS_FILE)
    refuse_unasked(given, folder, trust_remote_code)
    conversations = read_conversations(folder / contract.TRAIN_FILE)
    tokenizer = load_tokenizer(find_source(given.model, folder, allow_download, trust_remote_code))
    reasons = chat_template(tokenizer, template_file(given, folder)).refusals(conversations)
    return {one.name: reason for one, reason in zip(conversations, reasons, strict=True) if reason}
