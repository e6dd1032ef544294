"""Google Gemini tuning: `contents` of user and model turns, the system text outside, arguments as objects.

Source: cloud.google.com gemini-supervised-tuning pages (the same for Gemini Enterprise Agent Platform).
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content, Message
from curator.data.dialects.dialect import dialect_named
from curator.data.dialects.gemini import RESULT
from curator.targets.capabilities import Carries
from curator.targets.rules.gemini_rules import KEYS, contents_violations
from curator.targets.rules.messages import key_violations
from curator.targets.target import CannotCarry, FileRules, Target, text_of
from curator.targets.violation import Value, Violation, error


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
        parts = [{"text": text_of(message, place)} for place, message in enumerate(messages[:systems])]
        line["systemInstruction"] = {"role": "system", "parts": parts}
    line["contents"] = [_turn(messages, place) for place in range(systems, len(messages))]
    if content.tools is not None:
        line["tools"] = [{"functionDeclarations": [_declaration(tool, i) for i, tool in enumerate(content.tools)]}]
    return line


def _turn(messages: list[Message], place: int) -> dict[str, Any]:
    message = messages[place]
    role, calls = message["role"], message.get("tool_calls")
    if calls and role == "assistant":
        parts: list[dict[str, Any]] = [{"text": message["content"]}] if "content" in message else []
        return {"role": "model", "parts": [*parts, *(_call(call, place) for call in calls)]}
    if role == "tool":
        response = {"name": _result_name(messages, place), "response": {RESULT: text_of(message, place)}}
        return {"role": "function", "parts": [{"functionResponse": response}]}
    if role not in ("user", "assistant") or calls:
        sentence = "Gemini has turns of user and model, and system messages only before the first of them."
        raise CannotCarry(error("system-place" if role == "system" else "unknown-role", sentence, f"messages[{place}]"))
    return {"role": "user" if role == "user" else "model", "parts": [{"text": text_of(message, place)}]}


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
    dialects=(dialect_named("gemini"),),
    remarks=("Set the thinking budget of the tuned model to off or to its lowest, as Google advises.",),
)
