"""Codex: a file for each session, with a `session_meta` at its head and `response_item` events below.

Events of the type `event_msg` say for the screen what an item says already. Earlier versions wrote the items bare.
"""

from typing import Any

from curator.data.logs.conversation import AgentTurns, Event
from curator.data.logs.responses import add_item, add_items, is_item

NAME = "codex"
_KINDS = frozenset({"session_meta", "response_item", "event_msg", "turn_context", "compacted"})


def is_event(value: Event) -> bool:
    """Whether a value is one of its events."""
    if isinstance(value.get("payload"), dict):
        return value.get("type") in _KINDS
    is_head = {"id", "timestamp", "instructions"} <= value.keys()
    return is_head or "record_type" in value or ("type" in value and is_item(value))


def session_of(event: Event) -> str | None:
    """The session that an event begins; None: it is of the one before."""
    held = event.get("payload") if event.get("type") == "session_meta" else event
    is_head = event.get("type") == "session_meta" or {"id", "timestamp", "instructions"} <= event.keys()
    named = held.get("id") if is_head and isinstance(held, dict) else None
    return named if isinstance(named, str) else None


def conversations(events: list[tuple[int, Event]]) -> list[AgentTurns]:
    """The conversation of a session."""
    conversation = AgentTurns(events[0][0])
    for _, event in events:
        payload = event.get("payload")
        match event.get("type"):
            case "session_meta" if isinstance(payload, dict):
                _begin(conversation, payload)
            case "response_item" if isinstance(payload, dict):
                add_item(conversation, payload)
            case "compacted" if isinstance(payload, dict):
                conversation.compact(payload.get("message"))
            case "turn_context" if isinstance(payload, dict):
                if isinstance(payload.get("model"), str):
                    conversation.fields.setdefault("model", payload["model"])
            case "event_msg":
                continue
            case _ if {"id", "timestamp", "instructions"} <= event.keys():
                _begin(conversation, event)
            case _ if is_item(event):
                add_items(conversation, [event])
    return [conversation] if conversation.messages or conversation.left_out else []


def _begin(conversation: AgentTurns, head: dict[str, Any]) -> None:
    if isinstance(head.get("id"), str):
        conversation.fields.setdefault("session", head["id"])
    if isinstance(head.get("source"), dict):
        conversation.fields.setdefault("agent", "sub-agent")
    given = head.get("base_instructions") or head.get("instructions")
    text = given.get("text") if isinstance(given, dict) else given
    if isinstance(text, str) and text.strip() and not conversation.messages:
        conversation.say("system", text)
