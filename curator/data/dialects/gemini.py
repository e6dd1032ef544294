"""Google's tuning data for Gemini: `contents` of user and model turns, the system text outside, arguments as objects.

Source: cloud.google.com gemini-supervised-tuning pages (the same for Gemini Enterprise Agent Platform).
"""

from typing import Any

import msgspec

from curator.data.content import Content, Message

RESULT = "output"
"""The key under which a function's response holds its text, as Google's function calling guide has it."""


def gemini_content(value: dict[str, Any]) -> Content:
    """The meaning of one line."""
    system = value.get("systemInstruction") or {"parts": []}
    messages: list[Message] = [{"role": "system", "content": part["text"]} for part in system["parts"] if _says(part)]
    for turn in value["contents"]:
        messages.extend(_messages(turn, len(messages), messages))
    tools = value.get("tools") or ()
    declared = [function for tool in tools for function in tool.get("functionDeclarations") or ()]
    return Content(messages, [{"type": "function", "function": function} for function in declared] or None)


def _says(part: dict[str, Any]) -> bool:
    return part.get("text") is not None


def _messages(turn: dict[str, Any], index: int, before: list[Message]) -> list[Message]:
    """The results in a turn, a message each, and what else is in it."""
    results = [part["functionResponse"] for part in turn["parts"] if part.get("functionResponse")]
    found = [_result(result, before if place == 0 else []) for place, result in enumerate(results)]
    rest = [part for part in turn["parts"] if not part.get("functionResponse")]
    return [*found, _said(turn, rest, index + len(found))] if rest or not found else found


def _said(turn: dict[str, Any], parts: list[dict[str, Any]], index: int) -> Message:
    role = turn.get("role") or "user"
    message: Message = {"role": {"model": "assistant", "function": "user"}.get(role, role)}
    thoughts = [part["text"] for part in parts if _says(part) and part.get("thought")]
    shown = [part for part in parts if not part.get("thought")]
    media = [_medium(part) for part in shown]
    if any(media):
        pairs = zip(shown, media, strict=True)
        message["content"] = [
            held or {"type": "text", "text": part["text"]} for part, held in pairs if held or _says(part)
        ]
    elif texts := [part["text"] for part in shown if _says(part)]:
        message["content"] = "".join(texts)
    calls = [part["functionCall"] for part in shown if part.get("functionCall")]
    if calls:
        message["tool_calls"] = [_call(call, index, place) for place, call in enumerate(calls)]
    if thoughts:
        message["reasoning"] = "".join(thoughts)
    return message


def _medium(part: dict[str, Any]) -> dict[str, Any] | None:
    """A file as a part in OpenAI's form where it is a picture, else as it is; None for other parts."""
    held = part.get("fileData") or part.get("inlineData")
    if not held:
        return None
    kind, data = str(held.get("mimeType") or ""), held.get("data")
    address = held.get("fileUri") if data is None else f"data:{kind};base64,{data}"
    if kind.startswith("image/") and address is not None:
        return {"type": "image_url", "image_url": {"url": address}}
    return {"type": "file", "file": held}


def _call(call: dict[str, Any], index: int, place: int) -> dict[str, Any]:
    """A call with the id that a reader gives it, who finds none."""
    function = {"name": call["name"], "arguments": call.get("args") or {}}
    return {"type": "function", "id": f"call_{index}_{place}" if place else f"call_{index}", "function": function}


def _result(result: dict[str, Any], before: list[Message]) -> Message:
    response = result.get("response")
    text = response
    if isinstance(response, dict) and response.keys() == {RESULT}:
        text = response[RESULT]
    if not isinstance(text, str):
        text = "" if response is None else msgspec.json.encode(response).decode()
    message: Message = {"role": "tool", "content": text, "name": result["name"]}
    calls = before[-1].get("tool_calls") if before else None
    if calls and len(calls) == 1:
        message["tool_call_id"] = calls[0]["id"]
    return message
