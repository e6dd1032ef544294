"""A conversation of a session, as its events add to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from curator.data.content import Message, Refused, chat_messages, tool_definitions

Event = dict[str, Any]


@dataclass
class AgentTurns:
    """Messages of one agent, the main one or another that it started.

    Attributes:
        number: of the line that its first event is on.
        fields: what the log says about it beside the messages: session, agent, model.
        messages: ours; neighbouring events of one turn are one message.
        tools: definitions, where the log has them.
        compacted_at: indices of messages that sum up what the model no longer saw.
        left_out: by what it was, how many events with content are not in the messages.
    """

    number: int
    fields: dict[str, Any] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    tools: Any = None
    compacted_at: list[int] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def say(self, role: str, content: Any, **others: Any) -> None:
        """Add a message; texts that follow each other from one speaker are one message, as the model got them."""
        said = {"role": role, "content": content, **others}
        if not _is_sound(said):
            self.leave_out("message in no known form")
            return
        for message in chat_messages([said]):
            self._add(_with_plain_text(message))

    def think(self, text: str) -> None:
        """Add reasoning to the assistant's turn."""
        if text.strip():
            self._add({"role": "assistant", "reasoning": text})

    def call(self, name: Any, arguments: Any, call_id: Any) -> None:
        """Add a tool call to the assistant's turn."""
        if not isinstance(name, str):
            self.leave_out("call without a name")
            return
        if not isinstance(arguments, dict | str):
            arguments = {} if arguments is None else {"input": arguments}
        call: dict[str, Any] = {"type": "function"}
        if isinstance(call_id, str):
            call["id"] = call_id
        call["function"] = {"name": name, "arguments": arguments}
        self._add({"role": "assistant", "tool_calls": [call]})

    def result(self, call_id: Any, content: Any, name: Any = None) -> None:
        """Add what a tool answered."""
        message: Message = {"role": "tool", "content": text_of(content)}
        if isinstance(name, str):
            message["name"] = name
        if isinstance(call_id, str):
            message["tool_call_id"] = call_id
        self.messages.append(message)

    def compact(self, summary: Any) -> None:
        """Add the summary that the model continued with."""
        self.messages.append({"role": "user", "content": text_of(summary)})
        self.compacted_at.append(len(self.messages) - 1)

    def leave_out(self, what: str) -> None:
        """Count an event that is in no message."""
        self.left_out[what] = self.left_out.get(what, 0) + 1

    def value(self, log: str) -> dict[str, Any]:
        """The object that examples are read from."""
        value: dict[str, Any] = {"log": log, "messages": self.messages, **self.fields}
        try:
            tools = tool_definitions(_named(self.tools))
        except Refused:
            tools = None
            self.leave_out("list of tools in no known form")
        if tools:
            value["tools"] = tools
        if self.compacted_at:
            value["compacted_at"] = self.compacted_at
        if self.left_out:
            value["left_out"] = self.left_out
        return value

    def _add(self, message: Message) -> None:
        last = self.messages[-1] if self.messages else None
        is_summary = self.compacted_at and self.compacted_at[-1] == len(self.messages) - 1
        if last is None or last["role"] != message["role"] or message["role"] == "tool" or is_summary:
            self.messages.append(dict(message))
            return
        for key, held in message.items():
            if key == "role":
                continue
            if key == "tool_calls":
                last[key] = [*(last.get(key) or ()), *held]
            elif key in ("content", "reasoning"):
                last[key] = _joined(last.get(key), held)
            else:
                last[key] = held


def _named(tools: Any) -> Any:
    """Definitions of functions; a tool that runs at the provider has no name of its own."""
    if not isinstance(tools, list):
        return tools
    return [
        tool for tool in tools if isinstance(tool, dict) and ("function" in tool or isinstance(tool.get("name"), str))
    ]


def _with_plain_text(message: Message) -> Message:
    """A message whose parts are all texts as one with a text."""
    parts = message.get("content")
    if not isinstance(parts, list) or any(part.get("type") != "text" or not part.get("text") for part in parts):
        return message
    return {**message, "content": "\n".join(part["text"] for part in parts)}


def _joined(before: Any, behind: Any) -> Any:
    """Two contents as one: texts with a blank line between, parts in one list."""
    if not before:
        return behind
    if isinstance(before, str) and isinstance(behind, str):
        return f"{before}\n\n{behind}"
    return [*_parts(before), *_parts(behind)]


def _parts(content: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _is_sound(message: Message) -> bool:
    """Whether a message has the shape that the reading of chat messages relies on."""
    from curator.data.dialects.shapes import ChatMessage

    try:
        msgspec.convert(message, ChatMessage, strict=True)
    except msgspec.ValidationError:
        return False
    return True


def text_of(content: Any) -> str:
    """The text of a result, a summary or a list of parts; anything else as JSON."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = [_text_of_part(part) for part in content]
        if all(text is not None for text in texts):
            return "\n".join(text for text in texts if text is not None)
    elif isinstance(content, dict):
        for key in ("content", "text", "output"):
            if isinstance(content.get(key), str | list):
                return text_of(content[key])
    return msgspec.json.encode(content).decode()


def _text_of_part(part: Any) -> str | None:
    if isinstance(part, str):
        return part
    text = part.get("text", part.get("content")) if isinstance(part, dict) else None
    return text if isinstance(text, str) else None


def dicts(held: Any) -> Iterable[dict[str, Any]]:
    """The objects in a list; nothing where it is none."""
    return (one for one in held if isinstance(one, dict)) if isinstance(held, list) else ()


def opened(held: Any) -> Any:
    """A value, or the one that a text of JSON encodes."""
    if not isinstance(held, str):
        return held
    try:
        return msgspec.json.decode(held)
    except (msgspec.MsgspecError, RecursionError):
        return held
