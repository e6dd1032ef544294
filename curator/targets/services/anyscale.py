"""Anyscale: LLaMA-Factory or axolotl on Ray, which Anyscale names in place of its own LLMForge.

One data file for both: OpenAI messages, which LLMForge read too. Source: docs.anyscale.com/llms/finetuning;
hiyouga/LLaMA-Factory 0.9.5 data/converter.py (OpenAIDatasetConverter).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.engines.huggingface import REASONING
from curator.targets.engines.huggingface import RULES as TRL_RULES
from curator.targets.lines import chat_line
from curator.targets.rules.chat import conversation_violations
from curator.targets.rules.policy import ChatRules
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation

RULES: ChatRules = replace(
    TRL_RULES,
    target="Anyscale",
    roles=frozenset({"system", "user", "assistant", "tool"}),
    weights="whole",
    last="error",
    opening="error",
    alternation="error",
    system_first="error",
    arguments="text",
    arguments_wrong="error",
    images=None,
)


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    return conversation_violations(value, RULES)


def write(content: Content, _kind: str) -> dict[str, Any]:
    """One example as a line."""
    return chat_line(content, reasoning=REASONING)


TARGET = Target(
    name="anyscale",
    title="Anyscale",
    carries=Carries(kinds=frozenset({"chat"}), weights="assistant", parts=False, developer=False, extra=True),
    write=write,
    judge=judge,
    form=lambda _value: "chat",
    file=FileRules(endings=(".jsonl", ".json", ".parquet")),
    notice="Anyscale retired its own LLMForge and names LLaMA-Factory or axolotl on Ray in its place"
    " (https://docs.anyscale.com/llms/finetuning): the folder has the configuration of both.",
    remarks=("axolotl reads each message's `weight`; LLaMA-Factory trains on every answer.",),
)
