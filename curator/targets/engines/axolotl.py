"""axolotl: messages for `type: chat_template`, with per-turn weights that it reads, and its configuration beside.

Sources: axolotl-ai-cloud/axolotl 0.19 prompt_strategies/chat_template.py and dpo/chat_template.py,
docs/dataset-formats.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.engines import huggingface
from curator.targets.lines import chat_line, plain_text, trl_preference
from curator.targets.rules.policy import ChatRules
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation, error

RULES: ChatRules = replace(
    huggingface.RULES, target="axolotl", arguments="either", arguments_wrong="error", weights="whole"
)


def form(value: dict[str, Value]) -> str:
    """`segments` (template-free), or as TRL distinguishes them."""
    return "segments" if "segments" in value else huggingface.form(value)


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    if form(value) != "segments":
        yield from huggingface.judge(value, RULES)
        return
    segments = value["segments"]
    if not isinstance(segments, list) or not segments:
        yield error("unrecognised-example", "segments is not a list with a segment in it.", "segments")
        return
    for position, segment in enumerate(segments):
        place = f"segments[{position}]"
        if not isinstance(segment, dict) or not isinstance(segment.get("text"), str):
            yield error("missing-content", "The segment has no text.", place)
        elif not isinstance(segment.get("label"), bool):
            yield error("unrecognised-example", "The segment's label is neither true nor false.", place)
    if not any(isinstance(segment, dict) and segment.get("label") is True for segment in segments):
        yield error("nothing-to-learn", "No segment has the label true, so nothing is learned.", "segments")


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    match kind:
        case "text":
            return plain_text(content)
        case "preference":
            return trl_preference(content, reasoning=huggingface.REASONING)
    return chat_line(content, reasoning=huggingface.REASONING)


TARGET = Target(
    name="axolotl",
    title="axolotl",
    carries=Carries(kinds=frozenset({"chat", "text", "preference"}), weights="assistant", parts=False, extra=True),
    write=write,
    judge=judge,
    form=form,
    file=FileRules(endings=(".jsonl", ".json", ".parquet")),
    remarks=("`axolotl.yaml` reads each message's `weight`: 0 is not trained (`message_field_training`).",),
)
