"""pi: a file for each session; its entries are a tree, of which the path to the last entry is the conversation."""

from typing import Any

from curator.data.logs.conversation import AgentTurns, Event, dicts, text_of

NAME = "pi"
_ENTRIES = frozenset(
    {"message", "model_change", "thinking_level_change", "compaction", "branch_summary", "custom_message"}
)


def is_event(value: Event) -> bool:
    """Whether a value is one of its entries."""
    if value.get("type") == "session":
        return "cwd" in value and "timestamp" in value
    is_entry = value.get("type") in _ENTRIES and "timestamp" in value
    return is_entry and ("parentId" in value or isinstance(value.get("message"), dict)) and "sessionId" not in value


def session_of(event: Event) -> str | None:
    """The session that an entry begins; None: it is of the one before."""
    named = event.get("id") if event.get("type") == "session" else None
    return named if isinstance(named, str) else None


def conversations(events: list[tuple[int, Event]]) -> list[AgentTurns]:
    """The conversation of a session."""
    head = next((event for _, event in events if event.get("type") == "session"), {})
    conversation = AgentTurns(events[0][0])
    if isinstance(head.get("id"), str):
        conversation.fields["session"] = head["id"]
    path = _path([event for _, event in events])
    for _, event in events:
        message = event.get("message")
        if path is not None and isinstance(event.get("id"), str) and event["id"] not in path:
            if isinstance(message, dict):
                conversation.leave_out("message of an abandoned branch")
        elif event.get("type") in ("compaction", "branch_summary"):
            conversation.compact(event.get("summary"))
        elif event.get("type") == "custom_message":
            conversation.say("user", text_of(event.get("content")))
        elif isinstance(message, dict) and event.get("type") == "message":
            _add(conversation, message)
    return [conversation] if conversation.messages or conversation.left_out else []


def _path(events: list[Event]) -> set[str] | None:
    """The ids from the root to the last entry; None where entries have none, and all are read."""
    parents = {event["id"]: event.get("parentId") for event in events if isinstance(event.get("id"), str)}
    place = next(
        (event["id"] for event in reversed(events) if event.get("id") in parents and "parentId" in event), None
    )
    if place is None:
        return None
    path: set[str] = set()
    while isinstance(place, str) and place in parents and place not in path:
        path.add(place)
        place = parents[place]
    return path | {
        event["id"] for event in events if event.get("type") == "session" and isinstance(event.get("id"), str)
    }


def _add(conversation: AgentTurns, message: dict[str, Any]) -> None:
    role, content = message.get("role"), message.get("content")
    if role == "toolResult":
        conversation.result(message.get("toolCallId"), content, message.get("toolName"))
    elif role == "bashExecution":
        conversation.say("user", f"Ran `{message.get('command')}`\n{text_of(message.get('output'))}")
    elif role == "assistant" and isinstance(content, list):
        if isinstance(message.get("model"), str):
            conversation.fields.setdefault("model", message["model"])
        for part in dicts(content):
            match part.get("type"):
                case "thinking":
                    conversation.think(str(part.get("thinking") or ""))
                case "toolCall":
                    conversation.call(part.get("name"), part.get("arguments"), part.get("id"))
                case _:
                    conversation.say("assistant", [part])
    elif role in ("user", "assistant", "system", "developer"):
        conversation.say(role, content)
    elif role in ("compactionSummary", "branchSummary"):
        conversation.compact(message.get("summary", content))
    else:
        conversation.leave_out(f"message of {str(role)[:40]}")
