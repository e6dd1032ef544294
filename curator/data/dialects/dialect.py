"""The forms in which training examples come, how each is recognised, and what it means.

`MAPPING_VERSION` changes whenever the meaning of any dialect does, so that nothing cached outlives its mapping.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec

from curator.data.content import Content, Message, chat_messages, sharegpt_messages, tool_definitions
from curator.data.dialects import published, shapes
from curator.data.dialects.gemini import gemini_content
from curator.data.dialects.nova import nova_content
from curator.errors import UsageError

MAPPING_VERSION = 5


@dataclass(frozen=True)
class Dialect:
    """One form.

    Attributes:
        name: as `--format` takes it.
        required: keys without which an example is not in this form.
        shape: the type that both validators read.
        kind: one of `frames.KINDS`.
        content: from a value of that shape to what it means.
        known: further keys that belong to the form.
        turn_key: of a form that another one shares its keys with: a key that its turns have.
        unread: what is said of a part of a value that cannot be read with it; None: it is read whole.
    """

    name: str
    required: frozenset[str]
    shape: Any
    kind: str
    content: Callable[[dict[str, Any]], Content]
    known: frozenset[str]
    turn_key: str = ""
    unread: Callable[[dict[str, Any]], str | None] | None = None

    def fits(self, value: Any) -> bool:
        """Whether `value` looks like an example in this form, right or wrong in its details."""
        if not isinstance(value, dict) or not self.required <= value.keys():
            return False
        if "label" in self.required:
            return isinstance(value["label"], bool)
        if self.name == "transcript":
            return published.is_transcript(value["text"])
        if self.name == "text":
            return "parent_id" not in value
        if not self.turn_key:
            return True
        (turns,) = (value[key] for key in self.required)
        return isinstance(turns, list) and any(isinstance(turn, dict) and self.turn_key in turn for turn in turns)

    def prompt_parts(self, value: dict[str, Any]) -> tuple[str, str] | None:
        """Instruction and input (or context) of a value, which its mapping joins; None: there is no input."""
        if "instruction" not in self.required:
            return None
        held = value.get("context" if "context" in self.required else "input")
        return (value["instruction"], held) if held else None


def pair(prompt: str, answer: str, system: str | None = None) -> Content:
    """A question with its answer."""
    head: list[Message] = [{"role": "system", "content": system}] if system else []
    return Content([*head, {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}])


def _chat(value: dict[str, Any]) -> Content:
    tools = tool_definitions(value.get("tools"), value.get("functions"))
    head = _system(value.get("system"))
    return Content([*head, *chat_messages(value["messages"], len(head))], tools)


def _system(text: str | list[dict[str, Any]] | None) -> list[Message]:
    """Anthropic's system text beside the messages: a text, or text blocks."""
    return [{"role": "system", "content": text}] if text else []


def _sharegpt(value: dict[str, Any]) -> Content:
    messages = sharegpt_messages(value["conversations"], value.get("system"))
    return Content(messages, tool_definitions(value.get("tools")))


def _sharegpt_roles(value: dict[str, Any]) -> Content:
    system = value.get("system")
    head: list[Message] = [{"role": "system", "content": system}] if system else []
    return Content([*head, *chat_messages(value["conversations"], len(head))], tool_definitions(value.get("tools")))


def _alpaca(value: dict[str, Any]) -> Content:
    prompt, extra = value["instruction"], value.get("input")
    if extra and not extra.isspace():
        prompt = f"{prompt}\n{extra}"
    content = pair(prompt, value["output"] if "output" in value else value["response"], value.get("system"))
    history = value.get("history")
    if not history:
        return content
    earlier = [
        {"role": role, "content": text}
        for turn in history
        for role, text in zip(("user", "assistant"), turn, strict=False)
    ]
    return Content([*content.messages[:-2], *earlier, *content.messages[-2:]])


def _dolly(value: dict[str, Any]) -> Content:
    context = value.get("context")
    prompt = f"{value['instruction']}\n{context}" if context and not context.isspace() else value["instruction"]
    return pair(prompt, value["response"])


def _turns(value: str | list[Message] | None, role: str, first_index: int = 0) -> list[Message]:
    if value is None:
        return []
    held = _messages_in(value) if isinstance(value, str) else value
    return [{"role": role, "content": value}] if held is None else chat_messages(held, first_index)


def _messages_in(text: str) -> list[Message] | None:
    """The messages that a cell of a table holds as text; None: it is a text."""
    try:
        messages: list[Message] = msgspec.convert(published.opened(text), list[shapes.ChatMessage], strict=True)
    except msgspec.ValidationError:
        return None
    return messages


def _prompt_completion(value: dict[str, Any]) -> Content:
    prompt = _turns(value["prompt"], "user")
    return Content(
        [*prompt, *_turns(value["completion"], "assistant", len(prompt))], tool_definitions(value.get("tools"))
    )


def _preference(value: dict[str, Any]) -> Content:
    prompt = _turns(value.get("prompt"), "user")
    if not prompt and published.is_transcript(value["chosen"]) and published.is_transcript(value["rejected"]):
        value = {
            **value,
            "chosen": published.turns_of(value["chosen"]),
            "rejected": published.turns_of(value["rejected"]),
        }
    chosen = _turns(value["chosen"], "assistant", len(prompt))
    rejected = _turns(value["rejected"], "assistant", len(prompt))
    if not prompt:
        shared = 0
        while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
            shared += 1
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    return Content(prompt, tool_definitions(value.get("tools")), chosen, rejected)


def _openai_preference(value: dict[str, Any]) -> Content:
    prompt = chat_messages(value["input"]["messages"])
    chosen = chat_messages(value["preferred_output"], len(prompt))
    rejected = chat_messages(value["non_preferred_output"], len(prompt))
    return Content(prompt, tool_definitions(value["input"].get("tools")), chosen, rejected)


def _sharegpt_preference(value: dict[str, Any]) -> Content:
    prompt = sharegpt_messages(value["conversations"], value.get("system"))
    chosen, rejected = (
        sharegpt_messages([held if isinstance(held, dict) else {"from": "gpt", "value": held}], first_index=len(prompt))
        for held in (value["chosen"], value["rejected"])
    )
    return Content(prompt, tool_definitions(value.get("tools")), chosen, rejected)


def _kto(value: dict[str, Any]) -> Content:
    return _prompt_completion(value)._replace(label=value["label"])


def _kto_chat(value: dict[str, Any]) -> Content:
    return _chat(value)._replace(label=value["label"] if "label" in value else value["kto_tag"])


def _dialect(
    name: str,
    required: str,
    shape: Any,
    content: Callable[[dict[str, Any]], Content],
    kind: str = "chat",
    *,
    turn_key: str = "",
    unread: Callable[[dict[str, Any]], str | None] | None = None,
) -> Dialect:
    known = frozenset(shape.__annotations__)
    return Dialect(name, frozenset(required.split()), shape, kind, content, known, turn_key, unread)


DIALECTS = (
    _dialect("gemini", "contents", shapes.Gemini, gemini_content),
    _dialect("nova", "schemaVersion messages", shapes.Nova, nova_content),
    _dialect(
        "openai-preference",
        "input preferred_output non_preferred_output",
        shapes.OpenAiPreference,
        _openai_preference,
        "preference",
    ),
    _dialect(
        "sharegpt-preference",
        "conversations chosen rejected",
        shapes.ShareGptPreference,
        _sharegpt_preference,
        "preference",
    ),
    _dialect("preference", "chosen rejected", shapes.Preference, _preference, "preference"),
    _dialect("kto", "prompt completion label", shapes.Kto, _kto, "kto"),
    _dialect("kto-chat", "messages label", shapes.KtoChat, _kto_chat, "kto"),
    _dialect("kto-tag", "messages kto_tag", shapes.KtoTag, _kto_chat, "kto"),
    _dialect("chat", "messages", shapes.Chat, _chat),
    _dialect("sharegpt-roles", "conversations", shapes.ShareGptRoles, _sharegpt_roles, turn_key="role"),
    _dialect("sharegpt", "conversations", shapes.ShareGpt, _sharegpt),
    _dialect("exchanges", "conversation", published.Exchanges, published.exchanges, turn_key="input"),
    _dialect(
        "conversation-sharegpt",
        "conversation",
        published.ConversationSpeakers,
        published.conversation_speakers,
        turn_key="from",
    ),
    _dialect("conversation", "conversation", published.ConversationRow, published.conversation),
    _dialect(
        "message-tree",
        "message_tree_id prompt",
        published.MessageTree,
        published.message_tree,
        unread=published.other_branches,
    ),
    _dialect(
        "self-instruct",
        "instruction instances",
        published.SelfInstruct,
        published.self_instruct,
        unread=published.other_instances,
    ),
    _dialect(
        "squad",
        "context question answers",
        published.PassageQuestion,
        published.passage_question,
        unread=published.other_answers,
    ),
    _dialect("dolly", "instruction context response", shapes.Dolly, _dolly),
    _dialect("alpaca", "instruction output", shapes.Alpaca, _alpaca),
    _dialect("alpaca-response", "instruction response", shapes.AlpacaResponse, _alpaca),
    _dialect("prompt-completion", "prompt completion", shapes.PromptCompletion, _prompt_completion),
    _dialect(
        "openorca",
        "question response",
        shapes.OpenOrca,
        lambda value: pair(value["question"], value["response"], value.get("system_prompt")),
    ),
    _dialect("question-answer", "question answer", shapes.QuestionAnswer, lambda v: pair(v["question"], v["answer"])),
    _dialect(
        "prompt-response",
        "prompt response",
        shapes.PromptResponse,
        lambda value: Content([*_turns(value["prompt"], "user"), {"role": "assistant", "content": value["response"]}]),
    ),
    _dialect(
        "input-output",
        "input output",
        published.InputOutput,
        lambda value: pair(value["input"], value["output"], value.get("system")),
    ),
    _dialect("transcript", "text", shapes.PlainText, published.transcript),
    _dialect(
        "text",
        "text",
        shapes.PlainText,
        lambda value: Content([{"role": "assistant", "content": value["text"]}]),
        "text",
    ),
)


def dialect_named(name: str) -> Dialect:
    """The dialect that `--format` names.

    Raises:
        UsageError: there is none of that name.
    """
    named = {dialect.name: dialect for dialect in DIALECTS}
    if name in named:
        return named[name]
    hint = "".join(f" Did you mean '{near}'?" for near in get_close_matches(name, named, n=1))
    raise UsageError(f"There is no format '{name}'.{hint} Known formats: {', '.join(named)}.")
