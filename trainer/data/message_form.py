"""The form in which a chat template reads messages: what it shows of a probe tells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

REFUSING = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RuntimeError)
"""What a template's own mistakes raise, besides Jinja's errors; a macro that calls itself for ever, RuntimeError."""
_PROBE = "Q1w2"


@dataclass(frozen=True)
class MessageForm:
    """What differs from plain chat messages.

    Attributes:
        developer: the template knows the role; else a developer speaks as the system.
        parts: it reads content as a list of parts alone, as those of models that see pictures do.
        arguments_as_text: it reads a call's arguments as a JSON text alone, as services take them.
    """

    developer: bool
    parts: bool
    arguments_as_text: bool

    def of(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Plain chat messages in this form."""
        return [self._message(message) for message in messages]

    def _message(self, message: dict[str, Any]) -> dict[str, Any]:
        changed = dict(message)
        if message["role"] == "developer" and not self.developer:
            changed["role"] = "system"
        if self.parts:
            changed["content"] = [{"type": "text", "text": message["content"]}]
        if self.arguments_as_text and "tool_calls" in message:
            changed["tool_calls"] = [_with_arguments_as_text(call) for call in message["tool_calls"]]
        return changed


def form_of(source: str, special_tokens: dict[str, str]) -> MessageForm:
    """The form that the template `source` reads. It is rendered, so call this where it may run without end."""

    def shows(content: Any, arguments: Any = None) -> bool:
        return _PROBE in _rendered(source, special_tokens, content, arguments)

    parts = not shows(_PROBE) and shows([{"type": "text", "text": _PROBE}])
    as_text = not shows("", {"key": _PROBE}) and shows("", json.dumps({"key": _PROBE}))
    return MessageForm("developer" in source, parts, as_text)


def _rendered(source: str, special_tokens: dict[str, str], content: Any, arguments: Any) -> str:
    """A question and an answer of that content, with a call of those arguments; "" where the template refuses them."""
    from jinja2 import TemplateError as JinjaError
    from transformers.utils.chat_template_utils import render_jinja_template

    asked: Any = [{"type": "text", "text": "?"}] if isinstance(content, list) else "?"
    answer = {"role": "assistant", "content": content}
    if arguments is not None:
        function = {"name": "look", "arguments": arguments}
        answer["tool_calls"] = [{"id": "call00000", "type": "function", "function": function}]
    messages = [{"role": "user", "content": asked}, answer]
    try:
        made, _ = render_jinja_template([messages], chat_template=source, **special_tokens)
    except (JinjaError, *REFUSING):
        return ""
    return str(made[0])


def _with_arguments_as_text(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    text = json.dumps(function["arguments"], ensure_ascii=False)
    return {**call, "function": {**function, "arguments": text}}
