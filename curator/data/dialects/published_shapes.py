"""Shapes of data sets as they are published, beside those that trainers and providers define."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from curator.data.dialects.shapes import ChatMessage, ShareGptTurn, Tools


class Conversation(TypedDict):
    """LMSYS, WildChat."""

    conversation: list[ChatMessage]
    system: NotRequired[str | None]
    tools: NotRequired[Tools]


class ConversationSpeakers(TypedDict):
    """The same with the names of ShareGPT."""

    conversation: list[ShareGptTurn]
    system: NotRequired[str | None]
    tools: NotRequired[Tools]


class Exchange(TypedDict):
    """A question with its answer, as Capybara and Puffin have them."""

    input: str
    output: str


class Exchanges(TypedDict):
    """Capybara, Puffin."""

    conversation: list[Exchange]
    system: NotRequired[str | None]


class InputOutput(TypedDict):
    """Two texts."""

    input: str
    output: str
    system: NotRequired[str | None]


class Instance(TypedDict):
    """One of the ways in which a task is asked."""

    input: NotRequired[str | None]
    output: str


class SelfInstruct(TypedDict):
    """A task and instances of it."""

    instruction: str
    instances: list[Instance]


class MessageTree(TypedDict):
    """OASST: a prompt with replies, which have replies."""

    message_tree_id: str
    prompt: dict[str, Any]
    other_roots: NotRequired[list[dict[str, Any]]]
    tree_state: NotRequired[str | None]


class PassageQuestion(TypedDict):
    """SQuAD: a question about a passage, with answers."""

    context: str
    question: str
    answers: list[dict[str, Any]] | dict[str, Any]
