"""Lines on which the two sets of checks can be compared: valid ones of today, and faulty ones of each kind."""

from typing import Any

TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}
PICTURE = [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
]


def chat(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"messages": list(messages), **fields}


def said(role: str, content: Any, **fields: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **fields}


HELLO, ANSWER = said("user", "Hello"), said("assistant", "Good morning.")
CALLING, RESULT = {"role": "assistant", "tool_calls": [CALL]}, said("tool", "12 °C", tool_call_id="call_1")

VALID = {
    "plain question and answer": chat(said("system", "Be brief."), HELLO, ANSWER),
    "older function call": chat(
        HELLO, said("assistant", None, function_call={"name": "f", "arguments": "{}"}),
        said("function", "1", name="f"), ANSWER,
    ),
    "tool call with null content": chat(HELLO, CALLING | {"content": None}, RESULT, ANSWER, tools=[TOOL]),
    "tool call without content": chat(HELLO, CALLING, RESULT, ANSWER, tools=[TOOL]),
    "conversation that ends with a tool call": chat(HELLO, CALLING, tools=[TOOL], parallel_tool_calls=False),
    "developer message": chat(said("developer", "Be brief."), HELLO, ANSWER),
    "picture": chat(said("user", PICTURE), ANSWER),
    "text as content parts": chat(said("user", [{"type": "text", "text": "Hello"}]), ANSWER),
    "masked answer with a refusal": chat(HELLO, said("assistant", "No.", weight=0, refusal=None), HELLO, ANSWER),
}  # fmt: skip

FAULTY: dict[str, Any] = {
    "data_type": ["Hello"],
    "missing_messages_list": {"prompt": "Hello", "completion": "Good morning."},
    "message_missing_key: role": chat({"content": "Hello"}, ANSWER),
    "message_missing_key: content": chat({"role": "user"}, ANSWER),
    "message_unrecognized_key": chat(HELLO | {"mood": "angry"}, ANSWER),
    "unrecognized_role": chat(said("customer", "Hello"), ANSWER),
    "missing_content: null": chat(HELLO, said("assistant", None)),
    "missing_content: empty": chat(HELLO, said("assistant", "")),
    "missing_content: a number": chat(HELLO, said("assistant", 12)),
    "example_missing_assistant_message": chat(HELLO),
    "nothing: answer of white space": chat(HELLO, said("assistant", "  \n")),
    "nothing: every answer masked": chat(HELLO, ANSWER | {"weight": 0}),
    "nothing: weight of 7": chat(HELLO, ANSWER | {"weight": 7}),
    "nothing: two answers in a row": chat(HELLO, ANSWER, ANSWER),
    "nothing: customer has the last word": chat(HELLO, ANSWER, HELLO),
    "nothing: chat marker in the answer": chat(HELLO, said("assistant", "Good morning.<|im_end|>")),
}
"""By what the notebook says, or fails to say, of them."""
