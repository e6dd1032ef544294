"""OpenTelemetry: spans of generative AI, as OTLP writes them in batches or an exporter one by one.

Read after the semantic conventions for generative AI: `gen_ai.input.messages`, `gen_ai.output.messages`,
`gen_ai.system_instructions`, `gen_ai.tool.definitions`, and the events that held messages before there were these.
"""

from collections.abc import Iterator
from typing import Any

from curator.data.logs.calls import ModelRequest, threads
from curator.data.logs.conversation import AgentTurns, Event, dicts, opened, text_of

NAME = "opentelemetry"
_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.choice": "assistant",
}


def is_event(value: Event) -> bool:
    """Whether a value is a span, or a batch of spans."""
    if "resourceSpans" in value:
        return isinstance(value["resourceSpans"], list)
    has_trace = "traceId" in value or "trace_id" in value or isinstance(value.get("context"), dict)
    return has_trace and "name" in value and "attributes" in value


def spans_in(value: Event) -> Iterator[Event]:
    """The spans of a batch; a span itself."""
    if "resourceSpans" not in value:
        yield value
        return
    for resource in dicts(value["resourceSpans"]):
        for scope in dicts(resource.get("scopeSpans")):
            yield from dicts(scope.get("spans"))


def session_of(span: Event) -> str | None:
    """The conversation that a span names, or its trace."""
    named = _attributes(span.get("attributes")).get("gen_ai.conversation.id")
    context = span.get("context")
    held = context if isinstance(context, dict) else span
    trace = held.get("traceId", held.get("trace_id"))
    return next((one for one in (named, trace) if isinstance(one, str)), None)


def conversations(events: list[tuple[int, Event]]) -> list[AgentTurns]:
    """The conversations of a trace, one for each agent in it."""
    requests = [request for number, span in events if (request := _request(number, span)) is not None]
    return threads(requests)


def _request(number: int, span: Event) -> ModelRequest | None:
    held = _attributes(span.get("attributes"))
    events = list(dicts(span.get("events")))
    for event in events:
        held = _attributes(event.get("attributes")) | held if "inference" in str(event.get("name")) else held
    conversation = AgentTurns(number, _fields(span, held), tools=_tools(held.get("gen_ai.tool.definitions")))
    given = opened(held.get("gen_ai.system_instructions"))
    if given:
        conversation.say("system", text_of(given))
    for message in dicts(opened(held.get("gen_ai.input.messages"))):
        _add(conversation, message)
    for message in dicts(opened(held.get("gen_ai.output.messages"))):
        _add(conversation, message)
    if len(conversation.messages) == (1 if given else 0):
        _add_events(conversation, events)
    start = span.get("startTimeUnixNano", span.get("start_time", ""))
    return ModelRequest(number, str(start), conversation) if len(conversation.messages) > (1 if given else 0) else None


def _fields(span: Event, held: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "session": session_of(span),
        "agent": held.get("gen_ai.agent.name"),
        "model": held.get("gen_ai.request.model"),
    }
    return {key: value for key, value in fields.items() if isinstance(value, str)}


def _tools(held: Any) -> Any:
    return list(dicts(opened(held))) or None


def _add(conversation: AgentTurns, message: dict[str, Any]) -> None:
    role = message.get("role")
    parts = message.get("parts")
    if not isinstance(parts, list):
        conversation.say(str(role), message.get("content"))
        return
    for part in dicts(parts):
        match part.get("type"):
            case "text" if role != "tool":
                conversation.say(str(role), part.get("content"))
            case "reasoning" | "thinking":
                conversation.think(text_of(part.get("content")))
            case "tool_call":
                conversation.call(part.get("name"), part.get("arguments"), part.get("id"))
            case "tool_call_response":
                conversation.result(part.get("id"), part.get("response", part.get("result")))
            case "text":
                conversation.result(message.get("id"), part.get("content"))
            case _:
                conversation.say(str(role), [part])


def _add_events(conversation: AgentTurns, events: list[Event]) -> None:
    """Add the messages that events of a span hold."""
    for event in events:
        role = _EVENTS.get(str(event.get("name")))
        if role is None:
            continue
        held = _attributes(event.get("attributes"))
        body = opened(held.get("gen_ai.event.content", event.get("body")))
        held = held | (body if isinstance(body, dict) else {})
        message = opened(held.get("message"))
        held = held | (message if isinstance(message, dict) else {})
        if role == "tool":
            conversation.result(held.get("id"), opened(held.get("content")))
        elif held.get("content"):
            conversation.say(role, held["content"])
        for call in dicts(opened(held.get("tool_calls"))):
            function = opened(call.get("function"))
            function = function if isinstance(function, dict) else call
            conversation.call(function.get("name"), function.get("arguments"), call.get("id"))


def _attributes(held: Any) -> dict[str, Any]:
    """Attributes as OTLP's list of keys and typed values, or as the object that an exporter prints."""
    if isinstance(held, dict):
        return held
    return {str(one.get("key")): _value(one.get("value")) for one in dicts(held)}


def _value(held: Any) -> Any:
    if not isinstance(held, dict):
        return held
    for key, value in held.items():
        if key == "arrayValue" and isinstance(value, dict):
            return [_value(one) for one in dicts(value.get("values"))]
        if key == "kvlistValue" and isinstance(value, dict):
            return _attributes(value.get("values"))
        return value
    return None
