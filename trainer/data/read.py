"""Read `train.jsonl` and its siblings: OpenAI chat messages, one example a line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.contract.errors import DataError

ROLES = ("system", "developer", "user", "assistant", "tool")
WORST_SHOWN = 5
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Conversation:
    """One example: its name in reports, its messages in the form chat templates expect, its tools."""

    name: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None
    weights: list[float]
    """One per message: what its tokens count in the loss. 0 for all but assistant messages."""
    schema: dict[str, Any] | None = None
    """The JSON schema in the example's `response_format`, which its answer has to meet."""

    def content_hash(self) -> bytes:
        """Equal for equal messages and tools, whatever the name."""
        text = json.dumps([self.messages, self.tools], sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def read_conversations(path: Path) -> list[Conversation]:
    """Read a file of examples.

    Raises:
        DataError: the file is missing or empty, or lines cannot be read (the first five are named).
    """
    if not path.is_file():
        raise DataError(f"{path} does not exist. A run folder needs it: one JSON object a line with 'messages'.")
    conversations, problems, names = [], [], set()
    for number, line in _lines(path):
        try:
            conversation = _conversation(line, number)
        except _LineError as problem:
            problems.append(f"line {number}: {problem}")
            continue
        if conversation.name in names:
            conversation = replace(conversation, name=f"{conversation.name} (line {number})")
        names.add(conversation.name)
        conversations.append(conversation)
    if problems:
        more = f" (and {len(problems) - WORST_SHOWN} more lines)" if len(problems) > WORST_SHOWN else ""
        shown = "; ".join(problems[:WORST_SHOWN])
        raise DataError(f"{path.name} has {len(problems)} unusable lines: {shown}{more}. Nothing was trained.")
    if not conversations:
        raise DataError(f"{path} holds no example.")
    return conversations


class _LineError(ValueError):
    pass


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def _conversation(line: bytes, number: int) -> Conversation:
    try:
        raw = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise _LineError(f"not JSON ({problem})") from problem
    if _HALF_CHARACTER.search(line):  # JSON can write half a surrogate pair; a tokenizer cannot read it
        try:
            json.dumps(raw, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _LineError("half of a surrogate pair (such as \\ud83d), which is no character") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("messages"), list) or not raw["messages"]:
        raise _LineError("no list of 'messages'")
    name = raw.get("id")
    tools = raw.get("tools")
    if tools is not None and not isinstance(tools, list):
        raise _LineError("'tools' is not a list")
    messages = [_message(message, position) for position, message in enumerate(raw["messages"])]
    weights = [_weight(message, position) for position, message in enumerate(raw["messages"])]
    named = name if isinstance(name, str) and name else f"line {number}"
    return Conversation(named, messages, tools or None, weights, _schema(raw.get("response_format")))


def _schema(response_format: Any) -> dict[str, Any] | None:
    """As chat completions hold it, or without the inner object, as several services take it."""
    if not isinstance(response_format, dict) or response_format.get("type") != "json_schema":
        return None
    inner = response_format.get("json_schema", response_format)
    schema = inner.get("schema") if isinstance(inner, dict) else None
    return schema if isinstance(schema, dict) and schema else None


def _message(raw: Any, position: int) -> dict[str, Any]:
    if not isinstance(raw, dict) or raw.get("role") not in ROLES:
        raise _LineError(f"message {position} has no role among {', '.join(ROLES)}")
    message: dict[str, Any] = {"role": raw["role"], "content": _text(raw.get("content"), position)}
    calls = raw.get("tool_calls") or ([{"function": raw["function_call"]}] if raw.get("function_call") else None)
    if calls:
        message["tool_calls"] = [_tool_call(call, position) for call in calls]
    for key in ("name", "tool_call_id"):
        if raw.get(key) is not None:
            message[key] = raw[key]
    for key in ("reasoning_content", "reasoning", "thinking"):
        if isinstance(raw.get(key), str) and raw[key]:
            message["reasoning_content"] = raw[key]
            break
    return message


def _text(content: Any, position: int) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(
        isinstance(part, dict) and isinstance(part.get("text"), str) for part in content
    ):
        return "".join(part["text"] for part in content)
    raise _LineError(f"message {position} has content that is not text")


def _tool_call(raw: Any, position: int) -> dict[str, Any]:
    """Chat templates want arguments as an object; the OpenAI form holds them as a JSON text."""
    function = raw.get("function") if isinstance(raw, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise _LineError(f"message {position} has a tool call without a function name")
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except json.JSONDecodeError:
            arguments = None
    if not isinstance(arguments, dict):
        raise _LineError(f"message {position} has tool call arguments that are not a JSON object")
    call = {"type": "function", "function": {"name": function["name"], "arguments": arguments}}
    return {"id": raw["id"], **call} if raw.get("id") else call


def _weight(raw: dict[str, Any], position: int) -> float:
    weight = raw.get("weight", 1 if raw["role"] == "assistant" else 0)
    if raw["role"] != "assistant":
        return 0.0
    if weight is None:
        return 1.0
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= 1:
        raise _LineError(f"message {position} has weight {weight!r}, not a number from 0 to 1")
    return float(weight)
