"""One rule broken once, and the line next to it that is still right."""

import json
from dataclasses import dataclass
from typing import Any

Line = dict[str, Any] | bytes


@dataclass(frozen=True)
class Case:
    """A defect of one line.

    Attributes:
        name: what is broken, in a few words.
        rule: that must be found on the line.
        severity: with which.
        broken: the line.
        neighbour: the nearest line that breaks no rule with this name and has no error at all.
        model: the model to be trained, where the rule depends on it.
    """

    name: str
    rule: str
    severity: str
    broken: Line
    neighbour: Line
    model: str | None = None


def encoded(line: Line) -> bytes:
    """The line's bytes."""
    return line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode()


def user(content: Any = "Where is my order?", **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


def answer(content: Any = "It left our house this morning.", **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **more}


def system(content: Any = "You are the support desk.") -> dict[str, Any]:
    return {"role": "system", "content": content}


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


SCHEMA = {
    "type": "object",
    "properties": {"order": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["order"],
    "additionalProperties": False,
}


def tool(name: str = "look_up_order", **more: Any) -> dict[str, Any]:
    function = {"name": name, "description": "Look an order up.", "parameters": SCHEMA, **more}
    return {"type": "function", "function": function}


def call(
    arguments: Any = '{"order": "LS-1"}', name: str = "look_up_order", call_id: str = "abcdefgh1"
) -> dict[str, Any]:
    made = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [made]}


def result(call_id: str = "abcdefgh1", content: str = "sent") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": content}
