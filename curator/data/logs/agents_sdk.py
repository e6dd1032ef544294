"""OpenAI's Agents SDK: the traces and spans that its processors export, one a line."""

from typing import Any

from curator.data.logs.calls import ModelRequest, threads
from curator.data.logs.conversation import AgentTurns, Event, dicts
from curator.data.logs.responses import add_item

NAME = "openai-agents"


def is_event(value: Event) -> bool:
    """Whether a value is a trace or one of its spans."""
    return value.get("object") in ("trace", "trace.span")


def session_of(event: Event) -> str | None:
    """The trace that a span is of."""
    named = event.get("trace_id") if event.get("object") == "trace.span" else event.get("id")
    return named if isinstance(named, str) else None


def conversations(events: list[tuple[int, Event]]) -> list[AgentTurns]:
    """The conversations of a trace, one for each agent in it."""
    agents = {
        str(event.get("id")): _data(event).get("name") for _, event in events if _data(event).get("type") == "agent"
    }
    requests = [_request(number, event, agents) for number, event in events]
    return threads([request for request in requests if request is not None])


def _data(event: Event) -> dict[str, Any]:
    held = event.get("span_data")
    return held if isinstance(held, dict) else {}


def _request(number: int, event: Event, agents: dict[str, Any]) -> ModelRequest | None:
    data = _data(event)
    if data.get("type") not in ("generation", "response"):
        return None
    response = data.get("response")
    response = response if isinstance(response, dict) else {}
    fields = {
        "session": session_of(event),
        "agent": agents.get(str(event.get("parent_id"))),
        "model": data.get("model", response.get("model")),
    }
    conversation = AgentTurns(number, {key: held for key, held in fields.items() if isinstance(held, str)})
    conversation.tools = list(dicts(data.get("tools") or response.get("tools"))) or None
    if isinstance(response.get("instructions"), str):
        conversation.say("system", response["instructions"])
    given = data.get("input")
    if isinstance(given, str):
        conversation.say("user", given)
    for item in dicts(given):
        _add(conversation, item)
    for item in dicts(data.get("output") or response.get("output")):
        _add(conversation, item)
    return ModelRequest(number, str(event.get("started_at", "")), conversation) if conversation.messages else None


def _add(conversation: AgentTurns, item: dict[str, Any]) -> None:
    """An item of the Responses API, or a message of chat completions."""
    if item.get("role") == "tool":
        conversation.result(item.get("tool_call_id"), item.get("content"))
        return
    if item.get("role") and (item.get("content") or not item.get("tool_calls")):
        conversation.say(str(item["role"]), item.get("content") if item.get("content") is not None else "")
    elif not item.get("role"):
        add_item(conversation, item)
    for call in dicts(item.get("tool_calls")):
        function = call.get("function")
        if isinstance(function, dict):
            conversation.call(function.get("name"), function.get("arguments"), call.get("id"))
