"""LangChain's messages, in its three spellings, and the runs that LangSmith exports, one a line."""

from typing import Any

from curator.data.logs.calls import ModelRequest, threads
from curator.data.logs.conversation import AgentTurns, Event, dicts

NAME = "langsmith"
_ROLES = {
    "human": "user",
    "ai": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "tool",
    "HumanMessage": "user",
    "HumanMessageChunk": "user",
    "AIMessage": "assistant",
    "AIMessageChunk": "assistant",
    "SystemMessage": "system",
    "ToolMessage": "tool",
    "FunctionMessage": "tool",
}


def is_event(value: Event) -> bool:
    """Whether a value is a run."""
    return isinstance(value.get("run_type"), str) and isinstance(value.get("inputs"), dict) and "messages" not in value


def session_of(run: Event) -> str | None:
    """The trace that a run is of."""
    named = run.get("trace_id") or run.get("id")
    return named if isinstance(named, str) else None


def is_message(value: Any) -> bool:
    """Whether a value is one of LangChain's messages."""
    if not isinstance(value, dict) or "role" in value:
        return False
    if value.get("lc") is not None:
        return isinstance(value.get("kwargs"), dict) and _kind(value) in _ROLES
    return value.get("type") in _ROLES and ("content" in value or isinstance(value.get("data"), dict))


def add(conversation: AgentTurns, value: Any) -> None:
    """Add one message, LangChain's or OpenAI's."""
    if not isinstance(value, dict):
        return
    held, role = _held(value), _ROLES.get(_kind(value), value.get("role"))
    content, extra = held.get("content"), held.get("additional_kwargs")
    extra = extra if isinstance(extra, dict) else {}
    if role == "tool":
        conversation.result(held.get("tool_call_id"), content, held.get("name"))
        return
    if role == "assistant" and isinstance(extra.get("reasoning_content"), str):
        conversation.think(extra["reasoning_content"])
    calls = list(dicts(held.get("tool_calls"))) or list(dicts(extra.get("tool_calls")))
    if isinstance(content, list) and calls:
        content = [part for part in content if not (isinstance(part, dict) and part.get("type") == "tool_use")]
    if content or not calls:
        conversation.say(str(role), content if content is not None else "")
    for call in calls:
        function = call.get("function")
        named = function if isinstance(function, dict) else call
        conversation.call(named.get("name"), named.get("args", named.get("arguments")), call.get("id"))


def _kind(value: dict[str, Any]) -> str:
    named = value.get("id") if value.get("lc") is not None else None
    return str(named[-1]) if isinstance(named, list) and named else str(value.get("type"))


def _held(value: dict[str, Any]) -> dict[str, Any]:
    inner = value.get("kwargs") if value.get("lc") is not None else value.get("data")
    return inner if isinstance(inner, dict) else value


def conversations(events: list[tuple[int, Event]]) -> list[AgentTurns]:
    """The conversations of a trace: of its requests to models, or where it keeps none, of its other runs."""
    for kinds in (("llm", "chat_model"), ("chain", "agent", "prompt")):
        requests = [_request(number, run) for number, run in events if run.get("run_type") in kinds]
        found = threads([request for request in requests if request is not None])
        if found:
            return found
    return []


def _request(number: int, run: Event) -> ModelRequest | None:
    fields = {"session": session_of(run), "model": _parameters(run).get("model")}
    conversation = AgentTurns(number, {key: held for key, held in fields.items() if isinstance(held, str)})
    inputs, outputs = run.get("inputs"), run.get("outputs")
    if not isinstance(inputs, dict):
        return None
    conversation.tools = inputs.get("tools") or _parameters(run).get("tools")
    answer = _answer(outputs if isinstance(outputs, dict) else {})
    answered = [one for one in answer if is_message(one) or "role" in one]
    sent = [] if len(answered) > 1 else _messages(inputs.get("messages"))
    for message in sent:
        add(conversation, message)
    for message in answered:
        add(conversation, message)
    return ModelRequest(number, str(run.get("start_time", "")), conversation) if conversation.messages else None


def _parameters(run: Event) -> dict[str, Any]:
    extra = run.get("extra")
    held = extra.get("invocation_params") if isinstance(extra, dict) else None
    return held if isinstance(held, dict) else {}


def _messages(held: Any) -> list[dict[str, Any]]:
    """A list of messages; of the lists of a batch the first."""
    if isinstance(held, list) and held and isinstance(held[0], list):
        held = held[0]
    return list(dicts(held))


def _answer(outputs: dict[str, Any]) -> list[dict[str, Any]]:
    generations = outputs.get("generations")
    while isinstance(generations, list) and generations and isinstance(generations[0], list):
        generations = generations[0]
    for held in (generations, outputs.get("choices")):
        for one in dicts(held):
            if isinstance(one.get("message"), dict):
                return [one["message"]]
    for key in ("message", "output"):
        if isinstance(outputs.get(key), dict):
            return [outputs[key]]
    return _messages(outputs.get("messages"))
