"""What of a conversation its rendered text does not hold: nothing is lost in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

Lost = Literal["system", "user", "tools", "tool-calls", "tool-results", "reasoning"]

_KIND_OF_ROLE: dict[str, Lost] = {"system": "system", "developer": "system", "user": "user", "tool": "tool-results"}


def without_thinking(content: str) -> str:
    """What an answer says behind its reasoning, which many templates drop from all answers but the last."""
    return content.rpartition("</think>")[2].strip()


def lost_of(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None, text: str) -> tuple[Lost, ...]:
    """The kinds of content that are nowhere in the rendered text, in the order in which they are lost."""
    return tuple(dict.fromkeys(kind for kind, part in _parts(messages, tools) if not _is_in(part, text)))


def _parts(messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> Iterator[tuple[Lost, str]]:
    for tool in tools or ():
        if isinstance(name := tool.get("function", tool).get("name"), str):
            yield "tools", name
    for message in messages:
        if message["role"] in _KIND_OF_ROLE:
            yield _KIND_OF_ROLE[message["role"]], message["content"]
            continue
        if reasoning := message.get("reasoning_content"):
            yield "reasoning", reasoning
        yield from (("reasoning", thought) for thought in _thoughts(message["content"]))
        for call in message.get("tool_calls", ()):
            yield "tool-calls", call["function"]["name"]
            yield from (("tool-calls", leaf) for leaf in _leaves(call["function"]["arguments"]))


def _thoughts(content: str) -> Iterator[str]:
    """What stands between `<think>` and `</think>`."""
    for part in content.split("</think>")[:-1]:
        yield part.rpartition("<think>")[2]


def _leaves(arguments: Any) -> Iterator[str]:
    """Texts and numbers in the arguments of a call."""
    if isinstance(arguments, dict):
        for value in arguments.values():
            yield from _leaves(value)
    elif isinstance(arguments, list):
        for value in arguments:
            yield from _leaves(value)
    elif isinstance(arguments, str):
        yield arguments
    elif isinstance(arguments, int | float) and not isinstance(arguments, bool):
        yield json.dumps(arguments)


def _is_in(part: str, text: str) -> bool:
    """As it is, or as JSON writes it, once or in a JSON text within JSON."""
    part = part.strip()
    if not part or part in text:
        return True
    for ascii_only in (False, True):
        once = json.dumps(part, ensure_ascii=ascii_only)[1:-1]
        if once in text or json.dumps(once, ensure_ascii=ascii_only)[1:-1] in text:
            return True
    return False
