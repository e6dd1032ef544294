"""Requests to a model, as traces keep them: each holds all that was said before, so the last of a thread is the thread.

The three kinds of traces are in modules of their own; here their requests become conversations.
"""

from typing import NamedTuple

import msgspec

from curator.data.content import Message
from curator.data.logs.conversation import AgentTurns, opened


class ModelRequest(NamedTuple):
    """One request with its answer.

    Attributes:
        number: of the line that it is on.
        start: when it was made, comparable within a trace.
        conversation: everything that was sent, and the answer.
    """

    number: int
    start: str
    conversation: AgentTurns


def threads(requests: list[ModelRequest]) -> list[AgentTurns]:
    """The conversations that requests of one trace belong to, in the order of their first lines."""
    held: list[AgentTurns] = []
    said: list[list[bytes]] = []
    for request in sorted(requests, key=lambda one: one.start):
        new, keys = request.conversation, [_key(message) for message in request.conversation.messages]
        for index, earlier in enumerate(said):
            if keys[: len(earlier)] == earlier:
                _keep_reasoning(held[index].messages, new.messages)
                new.number, new.tools = held[index].number, new.tools or held[index].tools
                held[index], said[index] = new, keys
                break
            if earlier[: len(keys)] == keys:
                break
        else:
            held.append(new)
            said.append(keys)
    return sorted((one for one in held if one.messages), key=lambda one: one.number)


def _key(message: Message) -> bytes:
    """What makes two messages the same one, however a trace spells them: not reasoning, nor ids that may be lacking."""
    calls = [
        (call["function"]["name"], opened(call["function"]["arguments"])) for call in message.get("tool_calls") or ()
    ]
    content = message.get("content")
    return msgspec.json.encode((message["role"], content.strip() if isinstance(content, str) else content or "", calls))


def _keep_reasoning(earlier: list[Message], later: list[Message]) -> None:
    """What was thought is in the answer, and seldom among what is sent again."""
    for before, now in zip(earlier, later, strict=False):
        if "reasoning" in before and "reasoning" not in now:
            now["reasoning"] = before["reasoning"]
