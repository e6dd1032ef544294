"""What a target can carry of an example, and how an example is cut down to that, with every loss named.

The cut comes first and the writing second: the form that a target writes is then a plain translation that can be
read back without any loss, and whatever differs from the original stands in the list of losses.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from curator.data.content import Content, Message
from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json
from curator.targets.call_ids import renumber, shorten_ids
from curator.targets.violation import Loss

_to_json = msgspec.json.encode


@dataclass(frozen=True)
class Carries:
    """What a target has a place for.

    Attributes:
        kinds: of examples (`frames.KINDS`).
        weights: `all`, `assistant` (0 and 1 on assistant messages) or `none`.
        reasoning: whether a message's reasoning has a place.
        names: roles whose messages may have a name.
        parts: whether content may be a list of parts.
        alike: whether the messages of an example are all texts or all lists.
        tools: whether tool calls, results and definitions have a place; if not they become text.
        call_ids: whether calls have ids; if not a reader numbers them.
        short_ids: whether an id is nine letters and digits, and others are replaced by such.
        text_beside_calls: whether a message may have both content and tool calls.
        developer: whether there is a developer role; if not it becomes system.
        empty_system: whether a system message may be empty.
        arguments: the form of tool arguments: `text`, `object` or `as they are`.
        described_tools: whether a tool needs a description and parameters.
        bare_tools: whether a tool is its function and nothing beside.
        named_results: whether a tool's result must name its function.
        extra: whether unknown top-level fields may stay.
    """

    kinds: frozenset[str] = frozenset({"chat", "text", "preference", "kto"})
    weights: str = "all"
    reasoning: bool = True
    names: frozenset[str] = frozenset({"system", "developer", "user", "assistant", "tool"})
    parts: bool = True
    alike: bool = False
    tools: bool = True
    call_ids: bool = True
    short_ids: bool = False
    text_beside_calls: bool = True
    developer: bool = True
    empty_system: bool = True
    arguments: str = "text"
    described_tools: bool = False
    bare_tools: bool = False
    named_results: bool = False
    extra: bool = False


class Reduced(NamedTuple):
    """What is left of an example, and what was lost."""

    content: Content
    losses: list[Loss]


def kind_of(content: Content, *, text_only: bool = False) -> str:
    """Which of `frames.KINDS` an example is; only its source knows whether a lone answer is a plain text."""
    if content.label is not None:
        return "kto"
    if content.chosen is not None:
        return "preference"
    if content.answer is not None:
        return "prompt"
    return "text" if text_only else "chat"


def reduce(content: Content, carries: Carries) -> Reduced:
    """`content` as far as a target can carry it. Nothing in `content` is changed in place."""
    losses: list[Loss] = []
    tools = _tools(content.tools, carries, losses)
    messages = _part(content.messages, "messages", 0, carries, losses)
    first = len(messages)
    chosen = content.chosen and _part(content.chosen, "chosen", first, carries, losses)
    rejected = content.rejected and _part(content.rejected, "rejected", first, carries, losses)
    if carries.alike:
        messages = _alike(messages, losses)
    return Reduced(Content(messages, tools, chosen, rejected, content.label, answer=content.answer), losses)


def _tools(tools: list[dict[str, Any]] | None, carries: Carries, losses: list[Loss]) -> list[dict[str, Any]] | None:
    if tools is None:
        return None
    if not carries.tools:
        losses.append(Loss("tools", "There is no place for tool definitions; they are not written."))
        return None
    if carries.bare_tools:
        tools = _bare(tools, losses)
    if not carries.described_tools:
        return tools
    described = []
    for position, tool in enumerate(tools):
        function = tool.get("function")
        if not isinstance(function, dict):
            described.append(tool)
            continue
        filled = dict(function)
        for key, empty in (("description", ""), ("parameters", {"type": "object", "properties": {}})):
            if filled.get(key) is None:
                filled[key] = empty
                losses.append(Loss(f"tools[{position}].function.{key}", "It is needed, so an empty one was written."))
        described.append({**tool, "function": filled})
    return described


def _bare(tools: list[dict[str, Any]], losses: list[Loss]) -> list[dict[str, Any]]:
    bare = []
    for position, tool in enumerate(tools):
        plain = {"type": "function", "function": tool.get("function")}
        others = (key for key in tool if tool[key] != plain.get(key))
        losses.extend(
            Loss(f"tools[{position}].{key}", "There is no place for it beside the function.") for key in others
        )
        bare.append(plain)
    return bare


def _part(messages: list[Message], part: str, first: int, carries: Carries, losses: list[Loss]) -> list[Message]:
    reduced: list[Message] = []
    called: dict[str, str] = {}
    for position, message in enumerate(messages):
        if len(message) == 2 and message["role"] in ("user", "assistant") and isinstance(message.get("content"), str):
            reduced.append(message)
            continue
        path = f"{part}[{position}]"
        ours = _message(message, path, carries, losses)
        if carries.named_results:
            _name_result(ours, path, called, losses)
        if not carries.tools:
            _as_text(ours, path, losses)
        elif carries.short_ids:
            shorten_ids(ours, path, losses)
        elif not carries.call_ids:
            renumber(ours, path, first + len(reduced), reduced, losses)
        if ours["role"] == "system" and not carries.empty_system and ours.get("content") == "":
            losses.append(Loss(path, "There is no place for an empty system message; it is not written."))
        else:
            reduced.append(ours)
    return reduced


def _message(message: Message, path: str, carries: Carries, losses: list[Loss]) -> Message:
    """One message with only the keys, and the forms of values, that have a place."""
    ours = dict(message)
    if ours["role"] == "developer" and not carries.developer:
        ours["role"] = "system"
        losses.append(Loss(f"{path}.role", "There is no developer role, so the message became a system message."))
    if "weight" in ours:
        _weight(ours, path, carries, losses)
    if "reasoning" in ours and not carries.reasoning:
        del ours["reasoning"]
        losses.append(Loss(f"{path}.reasoning", "There is no place for reasoning; it is not written."))
    if "name" in ours and message["role"] not in carries.names:
        del ours["name"]
        losses.append(Loss(f"{path}.name", "There is no place for a name; it is not written."))
    if isinstance(ours.get("content"), list) and not carries.parts:
        _flat_content(ours, path, losses)
    if ours.get("tool_calls"):
        if "content" in ours and carries.tools and not carries.text_beside_calls:
            del ours["content"]
            losses.append(
                Loss(f"{path}.content", "There is no place for a text beside a tool call; it is not written.")
            )
        ours["tool_calls"] = [_call(call, carries.arguments) for call in ours["tool_calls"]]
    return ours


def _weight(ours: Message, path: str, carries: Carries, losses: list[Loss]) -> None:
    weight = ours["weight"]
    if carries.weights == "all":
        return
    if carries.weights == "none":
        del ours["weight"]
        losses.append(Loss(f"{path}.weight", f"There is no place for weights; weight {weight} is not written."))
    elif ours["role"] != "assistant":
        del ours["weight"]
        losses.append(Loss(f"{path}.weight", "Weights are for assistant messages only; this one is not written."))
    elif weight in (0, 1) and not isinstance(weight, int):
        ours["weight"] = int(weight)
        losses.append(Loss(f"{path}.weight", f"A weight is an integer, so {weight} became {int(weight)}."))


def _flat_content(ours: Message, path: str, losses: list[Loss]) -> None:
    parts = ours["content"]
    texts = [part["text"] for part in parts if part.get("type") == "text" and isinstance(part.get("text"), str)]
    ours["content"] = "\n".join(texts)
    for position, part in enumerate(parts):
        if part.get("type") != "text":
            kind = part.get("type")
            losses.append(
                Loss(f"{path}.content[{position}]", f"There is no place for a part of type {kind}; it is not written.")
            )
    losses.append(Loss(f"{path}.content", "Content parts have no place; their texts were joined, one a line."))


def _call(call: dict[str, Any], form: str) -> dict[str, Any]:
    function = call["function"]
    arguments = function["arguments"]
    if form == "text" and not isinstance(arguments, str):
        arguments = _to_json(arguments).decode()
    elif form == "object" and isinstance(arguments, str):
        arguments = parsed_arguments(arguments)
    else:
        return call
    return {**call, "function": {**function, "arguments": arguments}}


def parsed_arguments(arguments: Any) -> Any:
    """Tool arguments as an object where they are one; unchanged where they are not."""
    if not isinstance(arguments, str):
        return arguments
    try:
        value = decode_json(arguments.encode("utf-8", "surrogatepass"))
    except (InvalidJson, InvalidEncoding):
        return arguments
    return value if isinstance(value, dict) else arguments


def _as_text(ours: Message, path: str, losses: list[Loss]) -> None:
    """Tool calls as JSON lines of the answer, and tool results as the user's turn."""
    calls = ours.pop("tool_calls", None)
    if calls:
        lines = [
            _to_json({"name": call["function"]["name"], "arguments": parsed_arguments(call["function"]["arguments"])})
            for call in calls
        ]
        text = "\n".join(line.decode() for line in lines)
        ours["content"] = f"{ours['content']}\n{text}" if ours.get("content") else text
        losses.append(Loss(f"{path}.tool_calls", "There is no place for tool calls, so they were written as text."))
    was_result = ours["role"] == "tool"
    if was_result:
        ours["role"] = "user"
        losses.append(Loss(f"{path}.role", "There is no place for tool results, so it was written as a user's turn."))
    if ours.pop("tool_call_id", None) is not None:
        losses.append(Loss(f"{path}.tool_call_id", "There is no place for the ids of tool calls; it is not written."))


def _name_result(ours: Message, path: str, called: dict[str, str], losses: list[Loss]) -> None:
    """The function's name at its result, taken from the call that it answers."""
    for call in ours.get("tool_calls", ()):
        if call.get("id") is not None:
            called[call["id"]] = call["function"]["name"]
    name = called.get(ours.get("tool_call_id", ""))
    if ours["role"] == "tool" and "name" not in ours and name is not None:
        ours["name"] = name
        losses.append(Loss(f"{path}.name", "A result must name its function, so the call's name was written."))


def _alike(messages: list[Message], losses: list[Loss]) -> list[Message]:
    """All contents as lists of parts, where one of them is such a list."""
    if not any(isinstance(message.get("content"), list) for message in messages):
        return messages
    alike = []
    for position, message in enumerate(messages):
        if isinstance(message.get("content"), str):
            message = {**message, "content": [{"type": "text", "text": message["content"]}]}
            losses.append(Loss(f"messages[{position}].content", "Beside images a text is written as a content part."))
        alike.append(message)
    return alike
