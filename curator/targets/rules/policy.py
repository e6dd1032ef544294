"""How strict a target is about chat messages: one table a target, the same rules for all."""

from dataclasses import dataclass
from typing import Literal

from curator.targets.violation import Strictness

OPENAI_MESSAGE_KEYS = frozenset(
    {"role", "content", "name", "tool_calls", "tool_call_id", "weight", "function_call", "refusal"}
)


@dataclass(frozen=True)
class ImageRules:
    """What a target says of `image_url` parts.

    Attributes:
        most: images in one example; None: no limit known.
        largest: bytes of one image, decoded.
        types: subtypes of `image/` that it reads.
        addresses: whether an image may be a web address instead of a data URI.
        trained_beside: whether a message with an image may have weight 1.
        files: whether media may be files, in parts of the types image, video and audio too.
    """

    most: int | None
    largest: int | None
    types: frozenset[str] = frozenset({"jpeg", "jpg", "png", "webp"})
    addresses: bool = True
    files: bool = False
    trained_beside: bool = True


@dataclass(frozen=True)
class ChatRules:
    """How strict a target is.

    Attributes:
        target: as sentences name it.
        roles: that a message may have.
        message_keys: that a message may have.
        other_keys: what a further key in a message is.
        last: what it is when the last message is not the assistant's.
        opening: what it is when a conversation opens with neither a system message nor the user.
        alternation: what it is when user and assistant do not take turns.
        system_first: what a second system message, or one that is not the first message, is.
        weights: what a `weight` may be: `whole`, the integer 0 or 1 on an assistant message; `share`, a number from 0
            to 1; None: anything, because it is not read.
        nothing_to_learn: what it is when every assistant message has weight 0.
        pairing: what a tool call without its result, or a result without its call, is.
        arguments: the form of a tool call's arguments: `text` (JSON in a string), `object` or `either`.
        arguments_wrong: what arguments of the wrong form, or that do not fit the tool's schema, are.
        tool_names: what a function name beyond `[a-zA-Z0-9_-]{1,64}` is.
        described_tools: whether a tool needs a description and parameters.
        call_ids: what a tool call without an id is.
        short_ids: whether the id of a call is nine letters and digits.
        empty_answer: what an answer of white space is.
        call_with_text: what an assistant message with both content and tool calls is.
        legacy_functions: whether `functions` and `function_call` are read.
        tools_text: whether tool definitions may be JSON in a string.
        text_key: whether `text` may take the place of `content`.
        images: None where messages are text only.
        all_alike: whether the messages of an example must be all plain text or all lists of parts.
    """

    target: str
    roles: frozenset[str]
    message_keys: frozenset[str] = OPENAI_MESSAGE_KEYS
    other_keys: Strictness = "warning"
    last: Strictness = "warning"
    opening: Strictness = None
    alternation: Strictness = None
    system_first: Strictness = None
    weights: Literal["whole", "share"] | None = "whole"
    nothing_to_learn: Strictness = "error"
    pairing: Strictness = "error"
    arguments: str = "text"
    arguments_wrong: Strictness = "error"
    tool_names: Strictness = "warning"
    described_tools: bool = False
    call_ids: Strictness = "error"
    short_ids: bool = False
    empty_answer: Strictness = "warning"
    call_with_text: Strictness = None
    legacy_functions: bool = False
    tools_text: bool = False
    text_key: bool = False
    images: ImageRules | None = None
    all_alike: bool = False
