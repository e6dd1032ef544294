"""Conversations of agents: of session logs, of OpenAI's Responses, of LangChain."""

from typing import TYPE_CHECKING, Any, NotRequired

from typing_extensions import TypedDict

from curator.data.content import Content, chat_messages, tool_definitions
from curator.data.dialects.shapes import ChatMessage, Tools

if TYPE_CHECKING:
    from curator.data.logs.conversation import AgentTurns

LOG_NAMES = ("claude-code", "codex", "pi", "openai-agents", "langsmith", "opentelemetry")
"""Of the modules in `curator.data.logs` that make conversations of events; see `sessions.LOGS`."""


class AgentLog(TypedDict):
    """A conversation that was made of a session's events."""

    log: str
    messages: list[ChatMessage]
    tools: NotRequired[Tools]
    left_out: NotRequired[dict[str, int]]


class ResponsesRow(TypedDict):
    """A request to OpenAI's Responses with its answer."""

    input: list[dict[str, Any]]
    output: NotRequired[list[dict[str, Any]] | None]
    instructions: NotRequired[str | None]
    tools: NotRequired[list[dict[str, Any]] | None]


class LangChainRow(TypedDict):
    """Messages of LangChain."""

    messages: list[dict[str, Any]]
    tools: NotRequired[Tools]


def agent_log(value: dict[str, Any]) -> Content:
    """The messages are ours already."""
    return Content(chat_messages(value["messages"]), tool_definitions(value.get("tools")))


def not_in_messages(value: dict[str, Any]) -> str | None:
    """What is said of a session that is not all in its messages, or of which the model forgot a part."""
    sentences = []
    if value.get("left_out"):
        listed = ", ".join(f"{count} × {what}" for what, count in sorted(value["left_out"].items()))
        sentences.append(f"Not read of the session: {listed}.")
    if at := value.get("compacted_at"):
        listed_at = ", ".join(str(index) for index in at)
        sentences.append(f"The session was compacted: message {listed_at} sums up what the model no longer saw.")
    return " ".join(sentences) or None


def is_responses(value: dict[str, Any]) -> bool:
    """Whether the input is a list of items."""
    from curator.data.logs.responses import is_item

    return isinstance(value["input"], list) and bool(value["input"]) and all(map(is_item, value["input"]))


def responses(value: dict[str, Any]) -> Content:
    """Instructions, what was sent, and what came back."""
    conversation = _turns_of(value)
    return Content(conversation.messages, tool_definitions(_functions(value.get("tools"))))


def _turns_of(value: dict[str, Any]) -> "AgentTurns":
    from curator.data.logs.conversation import AgentTurns
    from curator.data.logs.responses import add_items

    conversation = AgentTurns(0)
    if value.get("instructions"):
        conversation.say("system", value["instructions"])
    add_items(conversation, [*value["input"], *(value.get("output") or ())])
    return conversation


def _functions(tools: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Tools that are functions; those that run at the provider have no call in the messages."""
    return [tool for tool in tools or () if isinstance(tool.get("name"), str) or "function" in tool] or None


def unread_items(value: dict[str, Any]) -> str | None:
    """What is said of items that are in no message."""
    conversation = _turns_of(value)
    return not_in_messages({"left_out": conversation.left_out})


def is_langchain(value: dict[str, Any]) -> bool:
    """Whether the messages are LangChain's."""
    messages = value["messages"]
    if not isinstance(messages, list) or not messages or (isinstance(messages[0], dict) and "role" in messages[0]):
        return False
    from curator.data.logs import langchain

    return all(map(langchain.is_message, messages))


def langchain_messages(value: dict[str, Any]) -> Content:
    """Its messages as ours."""
    from curator.data.logs import langchain
    from curator.data.logs.conversation import AgentTurns

    conversation = AgentTurns(0)
    for message in value["messages"]:
        langchain.add(conversation, message)
    return Content(conversation.messages, tool_definitions(value.get("tools")))
