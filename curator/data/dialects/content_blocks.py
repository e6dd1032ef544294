"""The blocks of Anthropic's messages and of OpenAI's responses, as messages with text, tool calls and reasoning.

A `tool_use` is a tool call of the message, a `tool_result` a message of its own, `thinking` is reasoning, and
`input_text`, `output_text` and `refusal` are text. Every other part stays as it is.
"""

from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]

_TEXTS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
_THOUGHTS = {"thinking": "thinking", "reasoning": "text"}
"""By type of a block, the key that holds its text."""
_CALL, _RESULT = "tool_use", "tool_result"


def without_blocks(message: Message) -> Iterator[Message]:
    """The messages that one with blocks consists of, the results of tools first; one without blocks as it is."""
    parts = message.get("content")
    if not isinstance(parts, list):
        refusal = message.get("refusal")
        is_refusal = parts is None and isinstance(refusal, str) and not message.get("tool_calls")
        yield {**message, "content": refusal} if is_refusal else message
        return
    if not any(is_block(part) for part in parts):
        yield message
        return
    rest: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    thoughts: list[str] = []
    is_answered = False
    for part in parts:
        kind = part.get("type")
        if not is_block(part):
            rest.append(part)
        elif kind == _RESULT:
            is_answered = True
            yield {"role": "tool", "tool_call_id": part["tool_use_id"], "content": _of_result(part.get("content"))}
        elif kind == _CALL:
            calls.append(_call(part))
        elif kind in _THOUGHTS:
            thoughts.append(part[_THOUGHTS[kind]])
        else:
            rest.append({"type": "text", "text": part[_TEXTS[kind]]})
    if rest or calls or thoughts or not is_answered:
        yield _said(message, rest, calls, thoughts)


def is_block(part: dict[str, Any]) -> bool:
    """Whether a part becomes something else than a part."""
    kind = part.get("type")
    if kind == _CALL:
        is_named = isinstance(part.get("name"), str) and isinstance(part.get("id"), str | None)
        return is_named and isinstance(part.get("input"), dict | str | None)
    if kind == _RESULT:
        held = part.get("content")
        is_sound = all(map(_is_part, held)) if isinstance(held, list) else isinstance(held, str | None)
        return isinstance(part.get("tool_use_id"), str) and is_sound
    key = _TEXTS.get(str(kind)) or _THOUGHTS.get(str(kind))
    return key is not None and isinstance(part.get(key), str)


def _call(block: dict[str, Any]) -> dict[str, Any]:
    arguments = block.get("input")
    function = {"name": block["name"], "arguments": {} if arguments is None else arguments}
    call = {"type": "function", "function": function}
    return call if block.get("id") is None else {"id": block["id"], **call}


def _of_result(content: Any) -> Any:
    """The text of a result; with a picture in it its parts."""
    if isinstance(content, list):
        texts = [part["text"] for part in content if _is_text(part)]
        return "\n".join(texts) if len(texts) == len(content) else content
    return content or ""


def _is_part(part: Any) -> bool:
    """Whether it is a content part, as the shape of a message wants it; the parts of a result have no shape there."""
    return isinstance(part, dict) and isinstance(part.get("type"), str) and isinstance(part.get("text"), str | None)


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


def _said(message: Message, rest: list[dict[str, Any]], calls: list[dict[str, Any]], thoughts: list[str]) -> Message:
    """What is left of a message; one text alone is no list."""
    ours = dict(message)
    if len(rest) == 1 and _is_text(rest[0]):
        ours["content"] = rest[0]["text"]
    elif rest:
        ours["content"] = rest
    else:
        del ours["content"]
    if calls:
        ours["tool_calls"] = [*(message.get("tool_calls") or ()), *calls]
    if thoughts and not message.get("reasoning"):
        ours["reasoning"] = "\n".join(thoughts)
    return ours
