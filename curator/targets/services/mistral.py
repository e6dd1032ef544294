"""Mistral: messages as mistral-finetune and mistral-common check them.

Sources: mistralai/mistral-finetune finetune/data/tokenize.py and utils/validate_data.py; mistral-common 1.13
protocol/instruct/validator.py. The turn rule is mistral-finetune's; mistral-common alone would let two user messages
in a row pass.
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.lines import chat_line, plain_text
from curator.targets.rules.chat import second_system_text, turns_violations
from curator.targets.rules.policy import ChatRules
from curator.targets.rules.tools import definition_violations
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation, error

RULES = ChatRules(
    target="Mistral",
    roles=frozenset({"system", "user", "assistant", "tool"}),
    other_keys=None,
    last="error",
    opening="error",
    alternation="error",
    system_first="error",
    described_tools=True,
    short_ids=True,
    empty_answer="error",
    call_with_text="warning",
    text_key=True,
)


def form(value: dict[str, Value]) -> str:
    """`text` for pre-training, else `chat`."""
    return "text" if "text" in value and not value.keys() & {"messages", "interactions"} else "chat"


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    if form(value) == "text":
        if not isinstance(value["text"], str):
            yield error("missing-content", "text is not text.", "text")
        return
    if {"messages", "interactions"} <= value.keys():
        yield error("unexpected-key", "The line has both messages and interactions; one of them is allowed.")
    if {"tools", "available_tools"} <= value.keys():
        yield error("unexpected-key", "The line has both tools and available_tools; one of them is allowed.")
    tools_key = next((key for key in ("available_tools", "tools", "functions") if value.get(key)), "tools")
    tools = value.get(tools_key)
    if tools is not None:
        yield from definition_violations(tools, tools_key, RULES)
    key = "interactions" if "interactions" in value and "messages" not in value else "messages"
    yield from turns_violations(value.get(key), tools, RULES, path=key)
    yield from second_system_text(value, RULES)


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    return plain_text(content) if kind == "text" else chat_line(content, null_content=False)


TARGET = Target(
    name="mistral",
    title="Mistral",
    carries=Carries(
        kinds=frozenset({"chat", "text"}),
        weights="assistant",
        reasoning=False,
        names=frozenset({"tool"}),
        parts=False,
        developer=False,
        short_ids=True,
        described_tools=True,
        extra=True,
    ),
    write=write,
    judge=judge,
    form=form,
    file=FileRules(),
    remarks=("In an example with tools, mistral-finetune trains on the last assistant message only.",),
)
