"""Together: conversation, instruction, text and preference, one form a file.

Sources: together 3.1.1 lib/constants.py, together 1.x utils/files.py (the row checks that left the client in 3.x),
docs.together.ai/docs/fine-tuning/data-preparation.
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.limits import limit
from curator.targets.lines import chat_line, openai_preference, plain_text
from curator.targets.rules.chat import conversation_violations, preference_violations
from curator.targets.rules.messages import key_violations
from curator.targets.rules.policy import ChatRules, ImageRules
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation, error

_FORMS = {
    "conversation": (frozenset({"messages"}), frozenset({"tools"})),
    "instruction": (frozenset({"prompt", "completion"}), frozenset()),
    "general": (frozenset({"text"}), frozenset()),
    "preference": (frozenset({"input", "preferred_output", "non_preferred_output"}), frozenset()),
}
"""Per form the keys that it needs and those that it allows besides."""

RULES = ChatRules(
    target="Together",
    roles=frozenset({"system", "user", "assistant", "tool"}),
    message_keys=frozenset(
        {"role", "content", "name", "tool_calls", "tool_call_id", "weight", "reasoning", "reasoning_content"}
    ),
    opening="error",
    alternation="error",
    system_first="error",
    arguments_wrong="warning",
    images=ImageRules(
        most=limit("together", "images-per-example"),
        largest=limit("together", "image-bytes"),
        addresses=False,
        trained_beside=False,
    ),
    all_alike=True,
)


def form(value: dict[str, Value]) -> str:
    """The form whose keys the line has; of two the first; `conversation` where it has none."""
    return next((name for name, (needed, _) in _FORMS.items() if needed <= value.keys()), "conversation")


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    fitting = [name for name, (needed, _) in _FORMS.items() if needed <= value.keys()]
    if len(fitting) > 1:
        yield error("mixed-formats", f"The line has the keys of two forms at once: {' and '.join(fitting)}.")
        return
    if not fitting:
        yield error("unrecognised-example", "The line has neither messages, nor text, nor prompt and completion.")
        return
    needed, allowed = _FORMS[fitting[0]]
    yield from key_violations(value, needed | allowed, "error", RULES.target)
    if fitting[0] == "conversation":
        yield from conversation_violations(value, RULES)
    elif fitting[0] == "preference":
        yield from preference_violations(value, RULES)
    else:
        yield from _text_violations(value, needed)


def _text_violations(value: dict[str, Value], keys: frozenset[str]) -> Iterator[Violation]:
    for key in sorted(keys):
        if not isinstance(value[key], str):
            yield error("missing-content", f"{key} is not text.", key)
        elif not value[key].strip():
            yield Violation("empty-content", "warning", f"{key} is empty.", key)


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    if kind == "text":
        return plain_text(content)
    if kind == "preference":
        return openai_preference(content, null_content=False)
    return chat_line(content, null_content=False)


TARGET = Target(
    name="together",
    title="Together",
    carries=Carries(kinds=frozenset({"chat", "text", "preference"}), weights="assistant", developer=False, alike=True),
    write=write,
    judge=judge,
    form=form,
    file=FileRules(mark="refused", endings=(".jsonl", ".parquet")),
)
