"""The same small session as every log writes it: a task, a thought, a call with its result, and an answer.

Made by hand after each format's documentation; no line is anybody's.
"""

import json

TASK, THOUGHT, RESULT, ANSWER = "List the files", "I will run ls", "a.txt b.txt", "Two files: a.txt and b.txt."
TURNS = [("user", TASK), ("assistant", None), ("tool", RESULT), ("assistant", ANSWER)]
ARGUMENTS = {"command": "ls"}
CALL = {"id": "t1", "type": "function", "function": {"name": "Bash", "arguments": ARGUMENTS}}

TEXT_CALL = CALL | {"function": {"name": "Bash", "arguments": json.dumps(ARGUMENTS)}}


def claude_event(kind, content, number, parent=None, session="s1", **fields):
    """A line of Claude Code."""
    message = {"role": kind, "content": content, "id": fields.pop("message_id", f"m{number}")}
    return {
        "type": kind, "message": message, "uuid": f"a{number}", "parentUuid": parent, "sessionId": session,
        "timestamp": f"2026-11-01T10:00:{number:02}Z", **fields,
    }  # fmt: skip


CLAUDE_CODE = [
    {"type": "file-history-snapshot", "messageId": "a1", "snapshot": {}, "isSnapshotUpdate": False},
    claude_event("user", TASK, 1, cwd="/home/anna/shop"),
    claude_event("assistant", [{"type": "thinking", "thinking": THOUGHT}], 2, "a1", message_id="m"),
    claude_event("assistant", [{"type": "tool_use", "id": "t1", "name": "Bash", "input": ARGUMENTS}], 3, "a2",
                 message_id="m"),
    claude_event("user", [{"type": "tool_result", "tool_use_id": "t1", "content": RESULT}], 4, "a3"),
    claude_event("assistant", [{"type": "text", "text": ANSWER}], 5, "a4"),
    {"type": "system", "subtype": "turn_duration", "sessionId": "s1", "uuid": "a6"},
]  # fmt: skip


def _item(**payload):
    return {"timestamp": "2026-11-01T10:00:00Z", "type": "response_item", "payload": payload}


CODEX_ITEMS = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": TASK}]},
    {"type": "reasoning", "summary": [{"type": "summary_text", "text": THOUGHT}], "encrypted_content": "x"},
    {"type": "function_call", "name": "Bash", "arguments": json.dumps(ARGUMENTS), "call_id": "t1"},
    {"type": "function_call_output", "call_id": "t1", "output": RESULT},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ANSWER}]},
]
CODEX = [
    {"timestamp": "t", "type": "session_meta", "payload": {"id": "s1", "cwd": "/home/anna", "instructions": None}},
    {"timestamp": "t", "type": "event_msg", "payload": {"type": "user_message", "message": TASK}},
    {"timestamp": "t", "type": "turn_context", "payload": {"model": "m"}},
    *(_item(**item) for item in CODEX_ITEMS),
]
CODEX_BARE = [{"id": "s1", "timestamp": "t", "instructions": None}, {"record_type": "state"}, *CODEX_ITEMS]


def _entry(number, **message):
    entry = {"type": "message", "id": f"e{number}", "parentId": f"e{number - 1}" if number else None}
    return {**entry, "timestamp": f"{number}", "message": message}


PI = [
    {"type": "session", "version": 3, "id": "s1", "timestamp": "t", "cwd": "/home/anna"},
    {"type": "model_change", "id": "x", "parentId": None, "timestamp": "t", "modelId": "m"},
    _entry(0, role="user", content=TASK),
    _entry(1, role="assistant", content=[
        {"type": "thinking", "thinking": THOUGHT},
        {"type": "toolCall", "id": "t1", "name": "Bash", "arguments": ARGUMENTS},
    ]),
    _entry(2, role="toolResult", toolCallId="t1", toolName="Bash", content=[{"type": "text", "text": RESULT}]),
    _entry(3, role="assistant", content=[{"type": "text", "text": ANSWER}]),
]  # fmt: skip


def _lc(kind, **kwargs):
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", kind], "kwargs": kwargs}


_AI = _lc("AIMessage", content="", additional_kwargs={"reasoning_content": THOUGHT},
          tool_calls=[{"name": "Bash", "args": ARGUMENTS, "id": "t1", "type": "tool_call"}])  # fmt: skip
_SENT = [_lc("HumanMessage", content=TASK)]
_SENT_AGAIN = [*_SENT, _AI, _lc("ToolMessage", content=RESULT, tool_call_id="t1", name="Bash")]


def _run(number, sent, answer):
    return {
        "id": f"r{number}", "trace_id": "s1", "run_type": "llm", "name": "ChatModel", "start_time": f"{number}",
        "inputs": {"messages": [sent]}, "outputs": {"generations": [[{"text": "", "message": answer}]]},
    }  # fmt: skip


LANGSMITH = [
    {"id": "s1", "trace_id": "s1", "run_type": "chain", "name": "graph", "inputs": {"q": TASK}, "outputs": {}},
    _run(1, _SENT, _AI),
    {"id": "r2", "trace_id": "s1", "run_type": "tool", "name": "Bash", "inputs": ARGUMENTS, "outputs": {}},
    _run(3, _SENT_AGAIN, _lc("AIMessage", content=ANSWER)),
]

_CHAT = [
    {"role": "user", "parts": [{"type": "text", "content": TASK}]},
    {"role": "assistant", "parts": [
        {"type": "reasoning", "content": THOUGHT},
        {"type": "tool_call", "id": "t1", "name": "Bash", "arguments": ARGUMENTS},
    ]},
    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "t1", "response": RESULT}]},
    {"role": "assistant", "parts": [{"type": "text", "content": ANSWER}], "finish_reason": "stop"},
]  # fmt: skip


def _attribute(key, value):
    return {"key": key, "value": {"stringValue": value if isinstance(value, str) else json.dumps(value)}}


def span(number, sent, answer, trace="s1"):
    """A span of a request, as OTLP has it."""
    held = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": sent, "gen_ai.output.messages": answer}
    attributes = [_attribute(key, value) for key, value in held.items()]
    times = {"startTimeUnixNano": str(number)}
    return {"traceId": trace, "spanId": f"{number}", "name": "chat m", **times, "attributes": attributes}


def batch(*spans):
    """A line of OTLP."""
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]}


OPENTELEMETRY = [batch(span(1, _CHAT[:1], _CHAT[1:2])), batch(span(2, _CHAT[:3], _CHAT[3:]))]
PRINTED_SPANS = [
    {"name": "chat m", "context": {"trace_id": "0xs1", "span_id": str(at)}, "start_time": str(at), "events": [],
     "attributes": {"gen_ai.input.messages": json.dumps(sent), "gen_ai.output.messages": json.dumps(answer)}}
    for at, sent, answer in ((1, _CHAT[:1], _CHAT[1:2]), (2, _CHAT[:3], _CHAT[3:]))
]  # fmt: skip


def _event(name, **attributes):
    return {"name": f"gen_ai.{name}", "attributes": [_attribute(key, value) for key, value in attributes.items()]}


SPAN_EVENTS = [
    batch({"traceId": "s1", "spanId": "1", "name": "chat", "startTimeUnixNano": "1", "attributes": [], "events": [
        _event("user.message", content=TASK),
        _event("assistant.message", tool_calls=[TEXT_CALL]),
        _event("tool.message", content=RESULT, id="t1"),
        _event("choice", index="0", message={"role": "assistant", "content": ANSWER}),
    ]})
]  # fmt: skip

_MESSAGES = [
    {"role": "user", "content": TASK},
    {"role": "assistant", "content": None, "tool_calls": [TEXT_CALL]},
    {"role": "tool", "tool_call_id": "t1", "content": RESULT},
    {"role": "assistant", "content": ANSWER},
]  # fmt: skip


def _agent_span(number, sent, answer):
    data = {"type": "generation", "input": sent, "output": answer, "model": "m"}
    return {"object": "trace.span", "id": f"{number}", "trace_id": "s1", "parent_id": "a", "started_at": f"{number}",
            "span_data": data}  # fmt: skip


OPENAI_AGENTS = [
    {"object": "trace", "id": "s1", "workflow_name": "Agent workflow"},
    _agent_span(1, _MESSAGES[:1], _MESSAGES[1:2]),
    _agent_span(2, _MESSAGES[:3], _MESSAGES[3:]),
    {"object": "trace.span", "id": "a", "trace_id": "s1", "span_data": {"type": "agent", "name": "Lister"}},
]

LOGS = {
    "claude-code": CLAUDE_CODE,
    "codex": CODEX,
    "codex, bare items": CODEX_BARE,
    "pi": PI,
    "langsmith": LANGSMITH,
    "opentelemetry": OPENTELEMETRY,
    "opentelemetry, printed": PRINTED_SPANS,
    "opentelemetry, events": SPAN_EVENTS,
    "openai-agents": OPENAI_AGENTS,
}
WITHOUT_THOUGHT = ("opentelemetry, events", "openai-agents")
