"""From a dialect's message to ours: the same keys, the same order of keys, nothing invented.

A message of ours has the keys role, content, name, tool_calls, tool_call_id, weight and reasoning; one that is null
is skipped. Tool arguments keep the form, string or object, in which the original has them.
"""

from typing import Any, NamedTuple

import msgspec

from curator.data.dialects.content_blocks import without_blocks

Message = dict[str, Any]

MESSAGE_KEYS = frozenset({"role", "content", "name", "tool_calls", "tool_call_id", "weight", "reasoning"})
_ALIASES = frozenset({"function_call", "loss_weight", "reasoning_content", "thinking"})
KNOWN_MESSAGE_KEYS = MESSAGE_KEYS | _ALIASES | {"refusal", "from", "value"}

_SAID_ELSEWHERE = frozenset({"reasoning", "tool_call"})
"""LLaMA-Factory's parts that have a key of the message with us."""

_OWN_TYPES = ("function", "custom")
"""What a tool that is no more than its function says of itself."""

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})

_ROLE_NAMES = {
    "system": "system sys",
    "developer": "developer",
    "user": "user human prompter usr",
    "assistant": "assistant gpt chatgpt bing bard chatbot model bot ai claude gemini function_call tool_call",
    "tool": "tool observation ipython function function_response tool_response tool_result",
}
_ROLES_BY_NAME = {name: role for role, names in _ROLE_NAMES.items() for name in names.split()}
_CALLS = frozenset({"function_call", "tool_call"})
"""Speakers in ShareGPT whose text is the JSON of tool calls."""


class Refused(ValueError):
    """The value has the dialect's shape but no meaning in it; `check` names what is wrong."""

    def __init__(self, check: str, message: str, message_index: int | None = None) -> None:
        super().__init__(message)
        self.check = check
        self.message_index = message_index


class Content(NamedTuple):
    """What an example is made of, and what its id counts.

    Attributes:
        answer: of a prompt without one from the assistant: what its answers are compared with, or "".
        media: by field what the fields for pictures, sounds and videos hold; see `curator.data.media`. What stands
            in content parts is part of the messages.
    """

    messages: list[Message]
    tools: list[dict[str, Any]] | None = None
    chosen: list[Message] | None = None
    rejected: list[Message] | None = None
    label: bool | None = None
    media: dict[str, Any] | None = None
    answer: str | None = None

    def identity(self) -> dict[str, Any]:
        """The object whose canonical JSON is hashed."""
        return {name: value for name, value in zip(self._fields, self, strict=True) if value is not None}


def content_of(text: str) -> Content:
    """The content that the JSON of an `identity` says, as a decision's value holds it."""
    return Content(**msgspec.json.decode(text))


def role_of(name: str) -> str:
    """The role that a name means; one that is not known as it is, and a check reports it."""
    return name if name in ROLES else _ROLES_BY_NAME.get(name.strip().lower(), name)


def chat_messages(messages: list[Message], first_index: int = 0) -> list[Message]:
    """OpenAI-style messages as ours, their roles under any usual name."""
    ours: list[Message] = []
    for message in messages:
        if isinstance(content := message.get("content"), list):
            from curator.data.dialects.media_parts import with_openai_parts

            message = {**message, "content": with_openai_parts(content)}
        for one in without_blocks(message):
            ours.append(_chat_message(one, first_index + len(ours)))
    return ours


def _chat_message(message: Message, index: int) -> Message:
    role, content = message["role"], message.get("content")
    if len(message) == 2 and isinstance(content, str) and role in ROLES:
        return message
    ours: Message = {"role": role_of(role)}
    reasoning = message.get("reasoning") or message.get("reasoning_content") or message.get("thinking") or None
    calls = message.get("tool_calls")
    if isinstance(content, list):
        content, reasoning, calls = _plain_parts(content, reasoning, calls, index)
    if message.get("function_call") is not None:
        calls = [*(calls or []), _tool_call(message["function_call"], index)]
    weight = message.get("weight")
    call_id = message.get("tool_call_id")
    if role == "function" and call_id is None:
        call_id = f"call_{index - 1}"
    values = {
        "content": content,
        "name": message.get("name"),
        "tool_calls": _complete_calls(calls, index),
        "tool_call_id": call_id,
        "weight": message.get("loss_weight") if weight is None else weight,
        "reasoning": reasoning,
    }
    ours.update((key, value) for key, value in values.items() if value is not None)
    return ours


def _plain_parts(
    parts: list[dict[str, Any]], reasoning: str | None, calls: list[Any] | None, index: int
) -> tuple[str | list[dict[str, Any]] | None, str | None, list[Any] | None]:
    """LLaMA-Factory's parts (`type` and `value`) as text, reasoning and calls; OpenAI's parts stay as they are.

    Where one of them is a picture, a sound or a video, all but reasoning and calls stay parts, in OpenAI's form.
    """
    if not any("value" in part for part in parts):
        return parts, reasoning, calls
    thoughts = [str(part["value"]) for part in parts if part.get("type") == "reasoning" and "value" in part]
    for position, part in enumerate(part for part in parts if part.get("type") == "tool_call" and "value" in part):
        calls = [*(calls or []), *_calls_from_text(str(part["value"]), index, position)]
    shown = [_text_part(part) for part in parts if "value" not in part or part.get("type") not in _SAID_ELSEWHERE]
    reasoning = reasoning or "\n".join(thoughts) or None
    if any(part.get("type") != "text" for part in shown):
        return shown, reasoning, calls
    texts = [part["text"] for part in shown if part.get("text") is not None]
    return "\n".join(texts) if texts else None, reasoning, calls


def _text_part(part: dict[str, Any]) -> dict[str, Any]:
    is_text = part.get("type") == "text" and part.get("value") is not None
    return {"type": "text", "text": str(part["value"])} if is_text else part


def _tool_call(function: dict[str, Any], index: int, position: int = 0) -> dict[str, Any]:
    suffix = f"_{position}" if position else ""
    arguments = function.get("arguments")
    return {
        "id": f"call_{index}{suffix}",
        "type": "function",
        "function": {"name": function["name"], "arguments": "{}" if arguments is None else arguments},
    }


def _complete_calls(calls: list[dict[str, Any]] | None, index: int) -> list[dict[str, Any]] | None:
    """Calls with every key that a reader relies on; nothing but null or absent values is replaced.

    A call may be its function's name and arguments alone, without an object of type `function` around them.
    """
    if not calls:
        return None
    completed = []
    for position, call in enumerate(calls):
        function = call.get("function") or call
        if "name" not in function:
            place = f"messages[{index}].tool_calls[{position}].function"
            raise Refused("invalid-tool-call", f"{place} is missing.", index)
        arguments = function.get("arguments")
        ours = {"type": call.get("type") or "function"}
        if call.get("id") is not None:
            ours["id"] = call["id"]
        ours["function"] = {"name": function["name"], "arguments": "{}" if arguments is None else arguments}
        completed.append(ours)
    return completed


def _calls_from_text(text: str, index: int, position: int = 0) -> list[dict[str, Any]]:
    """The tool calls that a dialect without a place for them writes as JSON text."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refused("invalid-tool-call", "The function call is not JSON.", index) from None
    calls = value if isinstance(value, list) else [value]
    if not calls:
        raise Refused("invalid-tool-call", "The function call is an empty list.", index)
    for call in calls:
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            raise Refused("invalid-tool-call", "The function call has no name.", index)
        if not isinstance(call.get("arguments"), str | dict | None):
            raise Refused("invalid-tool-call", "The function call's arguments are neither text nor an object.", index)
    return [_tool_call(call, index, position + number) for number, call in enumerate(calls)]


def sharegpt_messages(turns: list[dict[str, Any]], system: str | None = None, first_index: int = 0) -> list[Message]:
    """ShareGPT turns as ours; an unknown speaker stays as it is and a check reports it."""
    messages: list[Message] = [{"role": "system", "content": system}] if system else []
    for turn in turns:
        index = first_index + len(messages)
        speaker, text = turn["from"], turn["value"]
        message: Message = {"role": role_of(speaker)}
        if speaker in _CALLS:
            message["tool_calls"] = _complete_calls(_calls_from_text(text, index), index)
        else:
            message["content"] = text
        calls = messages[-1].get("tool_calls") if messages else None
        if message["role"] == "tool" and calls and len(calls) == 1:
            message["tool_call_id"] = calls[0]["id"]
        if turn.get("name") is not None:
            message["name"] = turn["name"]
        if turn.get("weight") is not None:
            message["weight"] = turn["weight"]
        reasoning = turn.get("reasoning") or turn.get("reasoning_content") or turn.get("thinking")
        if reasoning and isinstance(reasoning, str):
            message["reasoning"] = reasoning
        messages.append(message)
    return messages


def tool_definitions(tools: Any, functions: Any = None) -> list[dict[str, Any]] | None:
    """Tool definitions in OpenAI's form, from a list, a JSON text of one, or bare function definitions."""
    definitions = tools if tools else functions
    if isinstance(definitions, str):
        try:
            definitions = msgspec.json.decode(definitions)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise Refused("invalid-tool-call", "The tool definitions are a text that is not JSON.") from None
    if not definitions:
        return None
    if not isinstance(definitions, list) or not all(isinstance(tool, dict) for tool in definitions):
        raise Refused("invalid-tool-call", "The tool definitions are not a list of objects.")
    return [
        tool if "function" in tool else {"type": "function", "function": _bare_function(tool)} for tool in definitions
    ]


def _bare_function(tool: dict[str, Any]) -> dict[str, Any]:
    """A function as OpenAI's responses and Anthropic define it: its own type, or `input_schema` for parameters."""
    if "input_schema" in tool and "parameters" not in tool:
        tool = {("parameters" if key == "input_schema" else key): held for key, held in tool.items()}
    return {key: held for key, held in tool.items() if key != "type"} if tool.get("type") in _OWN_TYPES else tool


def spoken(message: Message) -> str:
    """The text of a message; tool calls a line each, their arguments as JSON."""
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text") or f"[{part.get('type')}]") for part in content)
    lines = [] if content is None else [str(content)]
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        arguments = function.get("arguments")
        text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
        lines.append(f"→ {function.get('name')}({text})")
    return "\n".join(lines)
