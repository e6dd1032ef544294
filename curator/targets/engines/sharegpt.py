"""ShareGPT: conversations of human and gpt turns, with function_call and observation for tools.

Sources: the ShareGPT collections on the Hugging Face hub; hiyouga/LLaMA-Factory data/README.md (tools, preference).
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from curator.data.content import Content, Message
from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json
from curator.data.safe_text import visible
from curator.targets.capabilities import Carries
from curator.targets.target import CannotCarry, FileRules, Target
from curator.targets.violation import Value, Violation, error, warning

_SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
_ROLES = {
    **dict.fromkeys(("human", "user"), "user"),
    **dict.fromkeys(("gpt", "assistant", "chatgpt", "bing", "bard", "function_call"), "assistant"),
    **dict.fromkeys(("observation", "tool"), "tool"),
    "system": "system",
}
"""Our roles by the speakers that trainers read."""
KNOWN_SPEAKERS = frozenset(_ROLES)


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    turns = value.get("conversations")
    if not isinstance(turns, list) or not turns:
        yield error("unrecognised-example", "There is no list of conversations with a turn in it.", "conversations")
        return
    for position, turn in enumerate(turns):
        yield from turn_violations(turn, f"conversations[{position}]")
    roles = [role_of(turn) for turn in turns]
    if is_preference(value):
        for key in ("chosen", "rejected"):
            yield from turn_violations(value.get(key), key)
        if value.get("chosen") == value.get("rejected"):
            yield warning("invalid-preference", "Both answers are the same, so nothing is learned.")
    elif "assistant" not in roles:
        yield error("no-assistant-message", "There is no turn of gpt, so nothing to learn from.", "conversations")
    elif roles[-1] != "assistant":
        place = f"conversations[{len(turns) - 1}]"
        yield warning("last-message-not-assistant", "The last turn is not gpt's.", place)
    yield from tools_violations(value.get("tools"))


def role_of(turn: Value) -> str | None:
    """Our role of a turn's speaker; None where it has none."""
    speaker = turn.get("from") if isinstance(turn, dict) else None
    return _ROLES.get(speaker) if isinstance(speaker, str) else None


def is_preference(value: dict[str, Value]) -> bool:
    """Whether the line has two answers to choose between."""
    return "chosen" in value or "rejected" in value


def turn_violations(turn: Value, path: str) -> Iterator[Violation]:
    """What is wrong with one turn."""
    if not isinstance(turn, dict):
        yield error("unrecognised-example", "The turn is not an object with from and value.", path)
        return
    speaker, text = turn.get("from"), turn.get("value")
    if not isinstance(speaker, str) or speaker not in KNOWN_SPEAKERS:
        shown = visible(speaker[:40], one_line=True) if isinstance(speaker, str) else "nothing"
        yield error("unknown-role", f"'{shown}' is no speaker that readers of ShareGPT know.", f"{path}.from")
    if not isinstance(text, str):
        yield error("missing-content", "The turn's value is not text.", f"{path}.value")
    elif speaker == "function_call":
        if not _is_call(text):
            sentence = "A function call is JSON with a name and arguments."
            yield error("invalid-tool-call", sentence, f"{path}.value")
    elif not text.strip() and role_of(turn) == "assistant":
        yield warning("empty-content", "The answer is empty: the model would learn to say nothing.", f"{path}.value")


def _is_call(text: str) -> bool:
    try:
        value = decode_json(text.encode("utf-8", "surrogatepass"))
    except (InvalidJson, InvalidEncoding):
        return False
    calls = value if isinstance(value, list) else [value]
    return bool(calls) and all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in calls)


def tools_violations(tools: Value) -> Iterator[Violation]:
    """Tool definitions are a list, or JSON of one in a string."""
    if isinstance(tools, str) and tools.strip():
        try:
            tools = decode_json(tools.encode("utf-8", "surrogatepass"))
        except (InvalidJson, InvalidEncoding):
            tools = None
        if not isinstance(tools, list):
            yield error("invalid-tool-call", "tools is a text that is not a JSON list.", "tools")
    elif tools is not None and not isinstance(tools, list | str):
        yield error("invalid-tool-call", "tools is neither a list nor JSON in a string.", "tools")


def turns(messages: list[Message], first: int = 0) -> list[dict[str, Any]]:
    """Our messages as turns. Raises `CannotCarry`."""
    return [turn_of(message, f"messages[{position}]") for position, message in enumerate(messages, first)]


def turn_of(message: Message, path: str) -> dict[str, Any]:
    """One message as a turn. Raises `CannotCarry`."""
    role = message["role"]
    calls = message.get("tool_calls")
    if role not in _SPEAKERS:
        shown = visible(str(role)[:40], one_line=True)
        raise CannotCarry(error("unknown-role", f"ShareGPT has no speaker for the role '{shown}'.", f"{path}.role"))
    if calls and role != "assistant":
        raise CannotCarry(error("invalid-tool-call", "Only the assistant calls tools.", f"{path}.tool_calls"))
    if calls:
        turn = {"from": "function_call", "value": _calls_text(calls)}
    elif isinstance(message.get("content"), str):
        turn = {"from": _SPEAKERS[role], "value": message["content"]}
    else:
        raise CannotCarry(error("missing-content", "The message has no text.", f"{path}.content"))
    for key in ("name", "weight"):
        if key in message:
            turn[key] = message[key]
    return turn


def _calls_text(calls: list[dict[str, Any]]) -> str:
    functions = [{"name": call["function"]["name"], "arguments": call["function"]["arguments"]} for call in calls]
    return msgspec.json.encode(functions[0] if len(functions) == 1 else functions).decode()


def tools_text(content: Content) -> str:
    """Tool definitions as JSON in a string, which every reader of ShareGPT takes."""
    return msgspec.json.encode(content.tools).decode()


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    line: dict[str, Any] = {"conversations": turns(content.messages)}
    if kind == "preference":
        line.update(answers(content))
    if content.tools is not None:
        line["tools"] = tools_text(content)
    return line


def answers(content: Content) -> dict[str, Any]:
    """The two answers of a preference, each one turn. Raises `CannotCarry`."""
    rewritten = {}
    for key, messages in (("chosen", content.chosen), ("rejected", content.rejected)):
        if messages is None or len(messages) != 1:
            raise CannotCarry(error("invalid-preference", f"ShareGPT holds exactly one turn as {key}.", key))
        rewritten[key] = turn_of(messages[0], key)
    return rewritten


TARGET = Target(
    name="sharegpt",
    title="ShareGPT",
    carries=Carries(
        kinds=frozenset({"chat", "text", "preference"}),
        reasoning=False,
        parts=False,
        call_ids=False,
        text_beside_calls=False,
        developer=False,
        arguments="object",
        extra=True,
    ),
    write=write,
    judge=judge,
    form=lambda value: "preference" if is_preference(value) else "chat",
    file=FileRules(endings=(".jsonl", ".json")),
)
