"""What the forms of `dialect.py` mean that are neither published data sets nor a provider's own."""

from typing import Any

import msgspec

from curator.data.content import Content, Message, chat_messages, sharegpt_messages, tool_definitions
from curator.data.dialects import published, shapes


def pair(prompt: str, answer: str, system: str | None = None) -> Content:
    """A question with its answer."""
    head: list[Message] = [{"role": "system", "content": system}] if system else []
    return Content([*head, {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}])


def chat(value: dict[str, Any]) -> Content:
    """OpenAI's messages, with a system text beside them."""
    tools = tool_definitions(value.get("tools"), value.get("functions"))
    head = _system(value.get("system"))
    return Content([*head, *chat_messages(value["messages"], len(head))], tools)


def _system(text: str | list[dict[str, Any]] | None) -> list[Message]:
    """Anthropic's system text beside the messages: a text, or text blocks."""
    return [{"role": "system", "content": text}] if text else []


def sharegpt(value: dict[str, Any]) -> Content:
    """Turns with `from` and `value`."""
    messages = sharegpt_messages(value["conversations"], value.get("system"))
    return Content(messages, tool_definitions(value.get("tools")))


def sharegpt_roles(value: dict[str, Any]) -> Content:
    """The same with `role` and `content`."""
    system = value.get("system")
    head: list[Message] = [{"role": "system", "content": system}] if system else []
    return Content([*head, *chat_messages(value["conversations"], len(head))], tool_definitions(value.get("tools")))


def alpaca(value: dict[str, Any]) -> Content:
    """Instruction, newline and input; the history before it."""
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


def dolly(value: dict[str, Any]) -> Content:
    """Instruction, newline and context."""
    context = value.get("context")
    prompt = f"{value['instruction']}\n{context}" if context and not context.isspace() else value["instruction"]
    return pair(prompt, value["response"])


def turns(value: str | list[Message] | None, role: str, first_index: int = 0) -> list[Message]:
    """A text of one speaker, or messages, which a text may hold as well."""
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


def prompt_completion(value: dict[str, Any]) -> Content:
    """Prompt and completion, texts or messages."""
    prompt = turns(value["prompt"], "user")
    return Content(
        [*prompt, *turns(value["completion"], "assistant", len(prompt))], tool_definitions(value.get("tools"))
    )


def preference(value: dict[str, Any]) -> Content:
    """Two answers; without a prompt it is what both begin with."""
    prompt = turns(value.get("prompt"), "user")
    if not prompt and published.is_transcript(value["chosen"]) and published.is_transcript(value["rejected"]):
        value = {
            **value,
            "chosen": published.turns_of(value["chosen"]),
            "rejected": published.turns_of(value["rejected"]),
        }
    chosen = turns(value["chosen"], "assistant", len(prompt))
    rejected = turns(value["rejected"], "assistant", len(prompt))
    shared = 0
    while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
        shared += 1
    asked = prompt[-1].get("content") if prompt else None
    if not prompt or any(
        message.get("content") == asked for message in chosen[:shared]
    ):  # the prompt is said there again
        system = [message for message in prompt if message["role"] == "system" and message not in chosen[:shared]]
        prompt, chosen, rejected = [*system, *chosen[:shared]], chosen[shared:], rejected[shared:]
    return Content(prompt, tool_definitions(value.get("tools")), chosen, rejected)


def openai_preference(value: dict[str, Any]) -> Content:
    """OpenAI's `preferred_output` and the other."""
    prompt = chat_messages(value["input"]["messages"])
    chosen = chat_messages(value["preferred_output"], len(prompt))
    rejected = chat_messages(value["non_preferred_output"], len(prompt))
    return Content(prompt, tool_definitions(value["input"].get("tools")), chosen, rejected)


def sharegpt_preference(value: dict[str, Any]) -> Content:
    """ShareGPT's turns and two answers to them."""
    prompt = sharegpt_messages(value["conversations"], value.get("system"))
    chosen, rejected = (
        sharegpt_messages([held if isinstance(held, dict) else {"from": "gpt", "value": held}], first_index=len(prompt))
        for held in (value["chosen"], value["rejected"])
    )
    return Content(prompt, tool_definitions(value.get("tools")), chosen, rejected)


def cohere(value: dict[str, Any]) -> Content:
    """Cohere's record of a chat: the preamble, the history, the message and the answer to it."""
    turns_before = [{"role": turn["role"], "content": turn["message"]} for turn in value.get("chat_history") or ()]
    answer = value.get("response", value.get("text"))
    asked = [*turns_before, {"role": "user", "content": value["message"]}]
    last = [] if answer is None else [{"role": "assistant", "content": answer}]
    head = _system(value.get("preamble"))
    return Content([*head, *chat_messages([*asked, *last], len(head))])


def kto(value: dict[str, Any]) -> Content:
    """A rated completion."""
    return prompt_completion(value)._replace(label=value["label"])


def kto_chat(value: dict[str, Any]) -> Content:
    """A rated conversation."""
    return chat(value)._replace(label=value["label"] if "label" in value else value["kto_tag"])
