"""Batches made from values, for tests that care about what is in them and not about files."""

import json
from typing import Any

import numpy as np

from curator.data.batches import read_batch
from curator.data.blocks import Block
from curator.data.dialects.dialect import dialect_named
from curator.data.frames import Batch

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}


def block_of(*lines: bytes) -> Block:
    """A block of raw lines."""
    lengths = np.array([len(line) for line in lines], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64) if lines else lengths
    return Block(b"".join(lines), starts, lengths, 1, 0)


def batch_of(*values: Any, dialect: str = "chat") -> Batch:
    """A batch of these values, read as the lines of a file would be."""
    lines = (json.dumps(value, ensure_ascii=False).encode() for value in values)
    return read_batch(block_of(*lines), dialect_named(dialect))


def chat(*turns: tuple[str, str | None] | dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A chat example of (role, content) pairs and whole messages."""
    messages = [turn if isinstance(turn, dict) else {"role": turn[0], "content": turn[1]} for turn in turns]
    return {"messages": messages, **fields}


def question(text: str = "Where is my parcel?", answer: str = "It left our store this morning.") -> dict[str, Any]:
    """A conversation of one turn with nothing wrong."""
    return chat(("system", "You are a desk clerk."), ("user", text), ("assistant", answer))


def call(
    name: str = "get_weather", arguments: Any = '{"city": "Oslo"}', call_id: str | None = "call_1"
) -> dict[str, Any]:
    """An assistant message that calls a tool."""
    made = {"type": "function", "function": {"name": name, "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [made | ({"id": call_id} if call_id else {})]}


def result(content: str | None = "12 degrees", call_id: str | None = "call_1") -> dict[str, Any]:
    """A tool's result."""
    return {"role": "tool", "content": content} | ({"tool_call_id": call_id} if call_id else {})
