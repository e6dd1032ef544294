"""mlx-lm: chat, tools, completions or text, in train.jsonl, valid.jsonl and test.jsonl.

Source: ml-explore/mlx-lm LORA.md and tuner/datasets.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.engines import huggingface
from curator.targets.lines import chat_line, plain_text
from curator.targets.rules.policy import ChatRules
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation

RULES: ChatRules = replace(huggingface.RULES, target="mlx-lm", arguments="either", images=None, weights=None)


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    return huggingface.judge(value, RULES)


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    return plain_text(content) if kind == "text" else chat_line(content, reasoning=huggingface.REASONING)


TARGET = Target(
    name="mlx",
    title="mlx-lm",
    carries=Carries(kinds=frozenset({"chat", "text"}), weights="none", parts=False, extra=True),
    write=write,
    judge=judge,
    form=huggingface.form,
    file=FileRules(),
    files={"train": "train.jsonl", "validation": "valid.jsonl", "test": "test.jsonl"},
)
