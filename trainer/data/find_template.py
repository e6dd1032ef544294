"""Which chat template a run uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.contract.errors import MissingError, TemplateError
from trainer.data.template import ChatTemplate

PLAIN = "plain"
"""Of `[model] chat_template`: messages as they are, end to end, and the end-of-text token behind each answer."""
CHATML_END = "<|im_end|>"


def chat_template(tokenizer: Any, template_file: Path | None) -> ChatTemplate:
    """The template of a file, else of the tokenizer, else ChatML; it becomes the tokenizer's own.

    ChatML ends a turn with `<|im_end|>` where the vocabulary has it, else with the end-of-text token: a token the model
    knows, so that no embedding must be learnt and every engine stops at it.

    Raises:
        MissingError: the file does not exist.
    """
    if template_file is not None and template_file.name == PLAIN:
        source, origin = _bundled("plain.jinja"), "plain text"
    elif template_file is not None:
        if not template_file.is_file():
            raise MissingError(f"The chat template {template_file} does not exist. Correct [model] chat_template.")
        source, origin = template_file.read_text(encoding="utf-8"), f"file {template_file.name}"
    elif tokenizer.chat_template:
        template = tokenizer.chat_template
        source = template if isinstance(template, str) else template.get("tool_use", template["default"])
        origin = "the model's own"
    else:
        chatml = _bundled("chatml.jinja")
        known = CHATML_END in tokenizer.get_vocab()
        if not known and not tokenizer.eos_token:
            raise TemplateError(
                "The tokenizer has neither a chat template nor an end-of-text token. Set [model] chat_template."
            )
        source = chatml.replace("END_OF_TURN", CHATML_END if known else tokenizer.eos_token)
        origin = "ChatML, as the model has none"
    tokenizer.chat_template = source
    return ChatTemplate(tokenizer, source, origin)


def _bundled(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
