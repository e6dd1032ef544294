"""Hugging Face: messages as TRL reads them, in JSON Lines and Parquet.

Sources: huggingface/trl docs/source/dataset_formats.md; huggingface/datasets (JSON features).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from curator.data.content import Content, Message
from curator.data.frames import KINDS
from curator.targets.capabilities import Carries
from curator.targets.lines import chat_line, plain_text, prompt_row, trl_preference, trl_rating
from curator.targets.rules.chat import conversation_violations, turns_violations
from curator.targets.rules.policy import OPENAI_MESSAGE_KEYS, ChatRules, ImageRules
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation, error

REASONING = "reasoning_content"
"""The key under which Qwen's, DeepSeek's and most other chat templates look for reasoning."""

RULES = ChatRules(
    target="TRL",
    roles=frozenset({"system", "developer", "user", "assistant", "tool"}),
    message_keys=OPENAI_MESSAGE_KEYS | {REASONING, "reasoning", "thinking"},
    other_keys=None,
    weights="share",
    pairing="warning",
    arguments="object",
    arguments_wrong="warning",
    call_ids=None,
    tools_text=True,
    images=ImageRules(most=None, largest=None, files=True),
)


def form(value: dict[str, Value]) -> str:
    """`preference`, `rating`, `pair`, `prompt`, `text` or `chat`, as TRL distinguishes them."""
    keys = value.keys()
    if {"chosen", "rejected"} <= keys:
        return "preference"
    if {"prompt", "completion"} <= keys:
        return "rating" if "label" in keys else "pair"
    if "prompt" in keys and "messages" not in keys:
        return "prompt"
    return "text" if "text" in keys and "messages" not in keys else "chat"


def judge(value: dict[str, Value], rules: ChatRules = RULES) -> Iterator[Violation]:
    """What is wrong with one line."""
    match form(value):
        case "chat":
            yield from conversation_violations(value, rules)
        case "text":
            if not isinstance(value["text"], str):
                yield error("missing-content", "text is not text.", "text")
        case "preference":
            for key in ("prompt", "chosen", "rejected"):
                yield from _part_violations(value, key, rules)
            if value["chosen"] == value["rejected"]:
                yield Violation("invalid-preference", "warning", "Both answers are the same, so nothing is learned.")
        case "prompt":
            yield from _part_violations(value, "prompt", rules)
        case _:
            for key in ("prompt", "completion"):
                yield from _part_violations(value, key, rules)
            if "label" in value and not isinstance(value["label"], bool):
                yield error("unrecognised-example", "label is neither true nor false.", "label")


def _part_violations(value: dict[str, Value], key: str, rules: ChatRules) -> Iterator[Violation]:
    """A prompt, an answer or a completion is text, or a list of messages."""
    part = value.get(key)
    if isinstance(part, str) or (part is None and key == "prompt"):
        return
    is_prompt = key == "prompt"
    validated = replace(rules, pairing=None, last=None)
    if is_prompt and part == []:
        return
    yield from turns_violations(part, value.get("tools"), validated, path=key, is_prompt=is_prompt)


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    content = content._replace(
        messages=_with_trl_parts(content.messages),
        chosen=content.chosen and _with_trl_parts(content.chosen),
        rejected=content.rejected and _with_trl_parts(content.rejected),
    )
    match kind:
        case "text":
            return plain_text(content)
        case "preference":
            return trl_preference(content, reasoning=REASONING)
        case "kto":
            return trl_rating(content, reasoning=REASONING)
        case "prompt":
            return prompt_row(content, reasoning=REASONING)
    return chat_line(content, reasoning=REASONING)


def _with_trl_parts(messages: list[Message]) -> list[Message]:
    """Messages with media as chat templates look for them: `{"type": "image", "image": ...}`."""
    return [
        {**message, "content": [_trl_part(part) for part in message["content"]]}
        if isinstance(message.get("content"), list)
        else message
        for message in messages
    ]


def _trl_part(part: dict[str, Any]) -> dict[str, Any]:
    named = str(part.get("type"))
    media, _, is_address = named.partition("_")
    holder = part.get(named)
    if is_address != "url" or not isinstance(holder, dict) or set(holder) != {"url"}:
        return part
    return {
        "type": media,
        media: holder["url"],
        **{key: held for key, held in part.items() if key not in ("type", named)},
    }


TARGET = Target(
    name="huggingface",
    title="Hugging Face",
    carries=Carries(kinds=frozenset(KINDS), arguments="object", extra=True),
    write=write,
    judge=judge,
    form=form,
    file=FileRules(endings=(".jsonl", ".json", ".parquet"), mixed="warning"),
    has_parquet=True,
    remarks=(
        "TRL trains on every assistant message and does not read `weight`; the weights are in the data for trainers"
        " that do, such as the built-in one, which takes numbers from 0 to 1.",
        "Tool arguments are objects, as chat templates want them. Load with datasets 4.7 or later: earlier versions"
        " fill the arguments and schemas of different tools with nulls.",
    ),
)
