"""OpenAI: supervised chat and preference.

Sources: openai/openai-openapi (FineTuneChatCompletionRequestAssistantMessage and its neighbours), the supervised,
vision and direct-preference fine-tuning guides, and the data preparation notebook of openai/openai-cookbook, whose
checks all have their rule here.
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.limits import limit
from curator.targets.lines import chat_line, openai_preference
from curator.targets.rules.chat import conversation_violations, preference_violations
from curator.targets.rules.messages import key_violations
from curator.targets.rules.policy import ChatRules, ImageRules
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation, error

PREFERENCE_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
_CHAT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})

RULES = ChatRules(
    target="OpenAI",
    roles=frozenset({"system", "developer", "user", "assistant", "tool", "function"}),
    opening="warning",
    system_first="warning",
    tool_names="error",
    legacy_functions=True,
    images=ImageRules(most=limit("openai", "images-per-example"), largest=limit("openai", "image-bytes")),
)


def form(value: dict[str, Value]) -> str:
    """`preference`, `prompt` (reinforcement) or `chat`."""
    if value.keys() & PREFERENCE_KEYS:
        return "preference"
    return "prompt" if value.keys() - _CHAT_KEYS and _asks(value.get("messages")) else "chat"


def _asks(messages: Value) -> bool:
    """Whether the last message is a user's: graders compare what the model answers with the other fields."""
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and last.get("role") == "user"


def judge(value: dict[str, Value], rules: ChatRules = RULES) -> Iterator[Violation]:
    """What is wrong with one line."""
    if form(value) == "preference":
        yield from key_violations(value, PREFERENCE_KEYS, "warning", rules.target)
        yield from preference_violations(value, rules)
        return
    if form(value) == "prompt":
        yield from conversation_violations(value, rules, is_prompt=True)
        return
    yield from key_violations(value, _CHAT_KEYS, "warning", rules.target)
    parallel = value.get("parallel_tool_calls")
    if parallel is not None and not isinstance(parallel, bool):
        yield error("unrecognised-example", "parallel_tool_calls is neither true nor false.", "parallel_tool_calls")
    yield from conversation_violations(value, rules)


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    if kind == "preference":
        return openai_preference(content)
    return chat_line(content) | ({"answer": content.answer} if kind == "prompt" and content.answer else {})


CARRIES = Carries(kinds=frozenset({"chat", "text", "preference", "prompt"}), weights="assistant", reasoning=False)

TARGET = Target(
    name="openai",
    title="OpenAI",
    carries=CARRIES,
    write=write,
    judge=judge,
    form=form,
    file=FileRules(duplicates="error"),
    notice="OpenAI is closing self-serve fine-tuning: since 2026-05-07 no new organisations, since 2026-07-02 only"
    " organisations with fine-tuned inference in the last 60 days, and from 2027-01-06 no new jobs for anyone"
    " (https://developers.openai.com/api/docs/guides/supervised-fine-tuning).",
)
