"""Items of OpenAI's Responses: messages, reasoning, calls and results. Codex and the Agents SDK write them, too."""

from collections.abc import Iterable
from typing import Any

from curator.data.logs.conversation import AgentTurns, dicts, text_of

_ITEMS = frozenset(
    {"message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"}
    | {"local_shell_call", "local_shell_call_output", "mcp_call", "shell_call", "shell_call_output"}
)


def is_item(value: Any) -> bool:
    """Whether a value is an item, or the short form of a message."""
    if not isinstance(value, dict):
        return False
    if value.get("type") in _ITEMS:
        return value["type"] != "message" or isinstance(value.get("role"), str)
    return "type" not in value and isinstance(value.get("role"), str) and "content" in value


def add_items(conversation: AgentTurns, items: Iterable[Any]) -> None:
    """Add items in order; those of tools that run at OpenAI have no results to learn from and are counted."""
    for item in items:
        if isinstance(item, dict):
            add_item(conversation, item)


def add_item(conversation: AgentTurns, item: dict[str, Any]) -> None:
    """Add one item."""
    match item.get("type"):
        case "reasoning":
            _think(conversation, item)
        case "function_call" | "mcp_call":
            call_id = item.get("call_id", item.get("id"))
            conversation.call(item.get("name"), item.get("arguments"), call_id)
            if item["type"] == "mcp_call":
                conversation.result(call_id, item.get("output") or item.get("error"))
        case "custom_tool_call":
            conversation.call(item.get("name"), {"input": item.get("input")}, item.get("call_id"))
        case "local_shell_call" | "shell_call":
            conversation.call("local_shell", item.get("action"), item.get("call_id", item.get("id")))
        case "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" | "shell_call_output":
            conversation.result(item.get("call_id", item.get("id")), item.get("output"))
        case None | "message" if isinstance(item.get("role"), str):
            conversation.say(item["role"], item.get("content"))
        case kind:
            conversation.leave_out(f"item of the type {str(kind)[:40]}")


def _think(conversation: AgentTurns, item: dict[str, Any]) -> None:
    texts = [text_of([part]) for part in dicts(item.get("content"))]
    texts = texts or [text_of([part]) for part in dicts(item.get("summary"))]
    if texts:
        conversation.think("\n\n".join(texts))
    elif item.get("encrypted_content"):
        conversation.leave_out("encrypted reasoning")
