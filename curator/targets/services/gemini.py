"""Google Gemini tuning: `contents` of user and model turns, the system text outside, arguments as objects.

Source: cloud.google.com gemini-supervised-tuning pages (the same for Gemini Enterprise Agent Platform).
"""

from collections.abc import Iterator
from typing import Any, NotRequired

from typing_extensions import TypedDict

from curator.data.content import Content, Message
from curator.data.dialects.dialect import Dialect
from curator.targets.capabilities import Carries
from curator.targets.rules.gemini_rules import KEYS, contents_violations
from curator.targets.rules.messages import key_violations
from curator.targets.target import CannotCarry, FileRules, Target
from curator.targets.violation import Value, Violation, error

_RESULT = "output"
"""The key under which a function's response holds its text, as Google's function calling guide has it."""


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    yield from key_violations(value, KEYS, "error", "Gemini")
    yield from contents_violations(value)


def write(content: Content, _kind: str) -> dict[str, Any]:
    """One example as a line."""
    messages = content.messages
    line: dict[str, Any] = {}
    systems = 0
    while systems < len(messages) and messages[systems]["role"] == "system":
        systems += 1
    if systems:
        parts = [{"text": _text(message, place)} for place, message in enumerate(messages[:systems])]
        line["systemInstruction"] = {"role": "system", "parts": parts}
    line["contents"] = [_turn(messages, place) for place in range(systems, len(messages))]
    if content.tools is not None:
        line["tools"] = [{"functionDeclarations": [_declaration(tool, i) for i, tool in enumerate(content.tools)]}]
    return line


def _text(message: Message, place: int) -> str:
    text = message.get("content")
    if not isinstance(text, str):
        raise CannotCarry(error("missing-content", "The message has no text.", f"messages[{place}].content"))
    return text


def _turn(messages: list[Message], place: int) -> dict[str, Any]:
    message = messages[place]
    role, calls = message["role"], message.get("tool_calls")
    if calls and role == "assistant":
        parts: list[dict[str, Any]] = [{"text": message["content"]}] if "content" in message else []
        return {"role": "model", "parts": [*parts, *(_call(call, place) for call in calls)]}
    if role == "tool":
        response = {"name": _result_name(messages, place), "response": {_RESULT: _text(message, place)}}
        return {"role": "function", "parts": [{"functionResponse": response}]}
    if role not in ("user", "assistant") or calls:
        sentence = "Gemini has turns of user and model, and system messages only before the first of them."
        raise CannotCarry(error("system-place" if role == "system" else "unknown-role", sentence, f"messages[{place}]"))
    return {"role": "user" if role == "user" else "model", "parts": [{"text": _text(message, place)}]}


def _call(call: dict[str, Any], place: int) -> dict[str, Any]:
    function = call["function"]
    if not isinstance(function["arguments"], dict):
        path = f"messages[{place}].tool_calls"
        raise CannotCarry(error("tool-arguments", "The arguments are not a JSON object.", path))
    return {"functionCall": {"name": function["name"], "args": function["arguments"]}}


def _result_name(messages: list[Message], place: int) -> str:
    """A result is named after its function; our message need not say it when the call does."""
    message = messages[place]
    if isinstance(message.get("name"), str):
        return str(message["name"])
    raise CannotCarry(error("unanswered-tool-call", "The result does not name its function.", f"messages[{place}]"))


def _declaration(tool: dict[str, Any], place: int) -> dict[str, Any]:
    function = tool.get("function")
    if not isinstance(function, dict):
        raise CannotCarry(error("invalid-tool-call", "The tool has no function.", f"tools[{place}]"))
    return function


class _GeminiPart(TypedDict):
    text: NotRequired[str]
    functionCall: NotRequired[dict[str, Any]]
    functionResponse: NotRequired[dict[str, Any]]
    fileData: NotRequired[dict[str, Any]]


class _GeminiTurn(TypedDict):
    role: NotRequired[str]
    parts: list[_GeminiPart]


class GeminiShape(TypedDict):
    """One line, as a reader wants it."""

    contents: list[_GeminiTurn]
    systemInstruction: NotRequired[_GeminiTurn | None]
    tools: NotRequired[list[dict[str, Any]] | None]


def read(value: dict[str, Any]) -> Content:
    """The meaning of one line."""
    system = value.get("systemInstruction") or {"parts": []}
    messages: list[Message] = [{"role": "system", "content": part["text"]} for part in system["parts"]]
    for turn in value["contents"]:
        messages.extend(_messages_of(turn, len(messages), messages))
    declared = [function for tool in value.get("tools") or () for function in tool.get("functionDeclarations", ())]
    return Content(messages, [{"type": "function", "function": function} for function in declared] or None)


def _messages_of(turn: dict[str, Any], index: int, before: list[Message]) -> list[Message]:
    results = [part["functionResponse"] for part in turn["parts"] if "functionResponse" in part]
    if results:
        return [_result(result, before if place == 0 else []) for place, result in enumerate(results)]
    message: Message = {"role": "assistant" if turn.get("role") == "model" else "user"}
    texts = [part["text"] for part in turn["parts"] if "text" in part]
    if texts:
        message["content"] = "".join(texts)
    calls = [part["functionCall"] for part in turn["parts"] if "functionCall" in part]
    if calls:
        message["tool_calls"] = [
            {
                "type": "function",
                "id": f"call_{index}_{place}" if place else f"call_{index}",
                "function": {"name": call["name"], "arguments": call.get("args", {})},
            }
            for place, call in enumerate(calls)
        ]
    return [message]


def _result(result: dict[str, Any], before: list[Message]) -> Message:
    response = result.get("response")
    text = response.get(_RESULT) if isinstance(response, dict) else None
    message: Message = {"role": "tool", "content": text if isinstance(text, str) else "", "name": result["name"]}
    calls = before[-1].get("tool_calls") if before else None
    if calls and len(calls) == 1:
        message["tool_call_id"] = calls[0]["id"]
    return message


DIALECT = Dialect(
    name="gemini",
    required=frozenset({"contents"}),
    shape=GeminiShape,
    kind="chat",
    content=read,
    known=KEYS,
)

TARGET = Target(
    name="gemini",
    title="Gemini",
    carries=Carries(
        kinds=frozenset({"chat"}),
        weights="none",
        reasoning=False,
        names=frozenset({"tool"}),
        parts=False,
        call_ids=False,
        developer=False,
        arguments="object",
        bare_tools=True,
        named_results=True,
    ),
    write=write,
    judge=judge,
    form=lambda _value: "chat",
    file=FileRules(),
    dialects=(DIALECT,),
    remarks=("Set the thinking budget of the tuned model to off or to its lowest, as Google advises.",),
)
