"""The forms of a line that several targets write: OpenAI's chat and preference, TRL's preference and rating."""

from typing import Any

from curator.data.content import Content, Message


def chat_messages(messages: list[Message], *, reasoning: str = "reasoning", null_content: bool = True) -> list[Message]:
    """Our messages in OpenAI's form.

    Args:
        messages: ours.
        reasoning: the key under which the target reads a message's reasoning.
        null_content: whether a message that only calls tools has `content: null` instead of no content.
    """
    return [
        message
        if len(message) == 2 and "content" in message
        else _chat_message(message, reasoning=reasoning, null_content=null_content)
        for message in messages
    ]


def _chat_message(message: Message, *, reasoning: str, null_content: bool) -> Message:
    rewritten: Message = {"role": message["role"]}
    if "content" in message:
        rewritten["content"] = message["content"]
    elif null_content and message.get("tool_calls"):
        rewritten["content"] = None
    for key, value in message.items():
        if key not in ("role", "content"):
            rewritten[reasoning if key == "reasoning" else key] = value
    return rewritten


def chat_line(content: Content, *, reasoning: str = "reasoning", null_content: bool = True) -> dict[str, Any]:
    """`{"messages": [...], "tools": [...]}`, tools only where there are some."""
    line: dict[str, Any] = {"messages": chat_messages(content.messages, reasoning=reasoning, null_content=null_content)}
    if content.tools is not None:
        line["tools"] = content.tools
    return line


def openai_preference(content: Content, *, reasoning: str = "reasoning", null_content: bool = True) -> dict[str, Any]:
    """`{"input": {"messages", "tools"}, "preferred_output": [...], "non_preferred_output": [...]}`."""
    return {
        "input": chat_line(content, reasoning=reasoning, null_content=null_content),
        "preferred_output": chat_messages(content.chosen or [], reasoning=reasoning, null_content=null_content),
        "non_preferred_output": chat_messages(content.rejected or [], reasoning=reasoning, null_content=null_content),
    }


def trl_preference(content: Content, *, reasoning: str) -> dict[str, Any]:
    """`{"prompt": [...], "chosen": [...], "rejected": [...]}`, the prompt separate from the answers."""
    line: dict[str, Any] = {
        "prompt": chat_messages(content.messages, reasoning=reasoning),
        "chosen": chat_messages(content.chosen or [], reasoning=reasoning),
        "rejected": chat_messages(content.rejected or [], reasoning=reasoning),
    }
    if content.tools is not None:
        line["tools"] = content.tools
    return line


def trl_rating(content: Content, *, reasoning: str) -> dict[str, Any]:
    """`{"prompt": [...], "completion": [...], "label": true}`: the completion is the last message."""
    messages = chat_messages(content.messages, reasoning=reasoning)
    line: dict[str, Any] = {"prompt": messages[:-1], "completion": messages[-1:], "label": content.label}
    if content.tools is not None:
        line["tools"] = content.tools
    return line


def prompt_row(content: Content, *, reasoning: str) -> dict[str, Any]:
    """`{"prompt": [...], "answer": "..."}`: TRL's prompt-only form with what answers are compared with."""
    line: dict[str, Any] = {"prompt": chat_messages(content.messages, reasoning=reasoning)}
    if content.answer:
        line["answer"] = content.answer
    if content.tools is not None:
        line["tools"] = content.tools
    return line


def plain_text(content: Content) -> dict[str, Any]:
    """`{"text": ...}`."""
    return {"text": content.messages[0]["content"]}
