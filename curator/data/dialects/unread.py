"""Keys of a value, below its top level, that its form does not have: they are in no example that is made of it."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, NotRequired, get_args, get_origin

from curator.data.content import KNOWN_MESSAGE_KEYS
from curator.data.dialects.content_blocks import is_block
from curator.data.dialects.shapes import ChatMessage, ContentPart, FunctionCall, ShareGptTurn, ToolCall
from curator.data.media import is_media_key

_READ_OF_BLOCKS = {
    "tool_use": {"type", "id", "name", "input"},
    "tool_result": {"type", "tool_use_id", "content"},
    "thinking": {"type", "thinking"},
    "reasoning": {"type", "text"},
    "refusal": {"type", "refusal"},
}
_READ_OF_TEXTS = {"type", "text"}
_TURNS = (ChatMessage, ShareGptTurn, ContentPart)
"""Shapes whose own keys are looked for by `unread_of_turn`, in every form that has turns."""


def unread_of_turn(turn: dict[str, Any], path: str) -> Iterator[str]:
    """Where a message holds something that no form reads: in itself, its tool calls and its blocks."""
    for key, held in turn.items():
        if key not in KNOWN_MESSAGE_KEYS or (key == "refusal" and turn.get("content")):
            yield from _named(f"{path}.{key}", key, held)
    for position, call in enumerate(turn.get("tool_calls") or ()):
        yield from unread_of(call, ToolCall, f"{path}.tool_calls[{position}]")
    yield from unread_of(turn.get("function_call"), FunctionCall, f"{path}.function_call")
    parts = turn.get("content")
    if not isinstance(parts, list) or not any(isinstance(part, dict) and is_block(part) for part in parts):
        return
    is_one_text = sum(isinstance(part, dict) and not is_block(part) for part in parts) == 1
    for position, part in enumerate(parts):
        if isinstance(part, dict) and (is_block(part) or (is_one_text and part.get("type") == "text")):
            read = _READ_OF_BLOCKS.get(part["type"], _READ_OF_TEXTS)
            place = f"{path}.content[{position}]"
            yield from _beside(part, read, place)
            inner = part.get("content")
            for at, text in enumerate(inner if isinstance(inner, list) else ()):
                if text.get("type") == "text":
                    yield from _beside(text, _READ_OF_TEXTS, f"{place}.content[{at}]")


def unread_of(held: Any, kind: Any, path: str) -> Iterator[str]:
    """Where a value of a shape has keys that the shape does not have; top-level ones and those of turns apart."""
    if get_origin(kind) is NotRequired:
        (kind,) = get_args(kind)
    if isinstance(kind, UnionType):
        for one in get_args(kind):
            yield from unread_of(held, one, path)
    elif get_origin(kind) is list and isinstance(held, list):
        for position, part in enumerate(held):
            yield from unread_of(part, get_args(kind)[0], f"{path}[{position}]")
    elif isinstance(held, dict) and hasattr(kind, "__required_keys__") and kind not in _TURNS:
        shape = kind.__annotations__
        for key, inner in held.items():
            place = f"{path}.{key}" if path else key
            if key in shape:
                yield from unread_of(inner, shape[key], place)
            elif path:
                yield from _named(place, key, inner)


def _beside(part: dict[str, Any], read: set[str], path: str) -> Iterator[str]:
    for key, held in part.items():
        if key not in read:
            yield from _named(f"{path}.{key}", key, held)


def _named(place: str, key: str, held: Any) -> Iterator[str]:
    if held not in (None, "", [], {}) and not is_media_key(key):
        yield place
