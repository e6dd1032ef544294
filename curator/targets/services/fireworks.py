"""Fireworks: OpenAI-shaped chat and preference.

Sources: docs.fireworks.ai/fine-tuning/fine-tuning-models and dpo-fine-tuning; fireworks-ai 1.2.30 types.
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.lines import chat_line, openai_preference
from curator.targets.rules.chat import conversation_violations, preference_violations
from curator.targets.rules.messages import key_violations
from curator.targets.rules.policy import OPENAI_MESSAGE_KEYS, ChatRules, ImageRules
from curator.targets.services.openai import PREFERENCE_KEYS, form
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation

RULES = ChatRules(
    target="Fireworks",
    roles=frozenset({"system", "user", "assistant", "tool"}),
    message_keys=OPENAI_MESSAGE_KEYS | {"reasoning_content"},
    opening="error",
    system_first="error",
    images=ImageRules(most=None, largest=None),
)


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    if form(value) == "preference":
        yield from key_violations(value, PREFERENCE_KEYS, "warning", RULES.target)
        yield from preference_violations(value, RULES)
    else:
        yield from key_violations(value, frozenset({"messages", "tools"}), "warning", RULES.target)
        yield from conversation_violations(value, RULES)


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    if kind == "preference":
        return openai_preference(content, reasoning="reasoning_content")
    return chat_line(content, reasoning="reasoning_content")


TARGET = Target(
    name="fireworks",
    title="Fireworks",
    carries=Carries(kinds=frozenset({"chat", "preference"}), weights="assistant", developer=False),
    write=write,
    judge=judge,
    form=form,
    file=FileRules(),
)
