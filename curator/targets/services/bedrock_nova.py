"""Amazon Nova on Bedrock: bedrock-conversation-2024, text only, strict turns, and words that fail the job.

Sources: docs.aws.amazon.com nova fine-tune-prepare-data-understanding and bedrock preparing-text-data.
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content, Message
from curator.data.dialects.dialect import dialect_named
from curator.targets.capabilities import Carries
from curator.targets.rules.messages import key_violations
from curator.targets.rules.nova_rules import KEYS, line_violations
from curator.targets.target import CannotCarry, FileRules, Target, text_of
from curator.targets.violation import Value, Violation, error

SCHEMA = "bedrock-conversation-2024"


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    yield from key_violations(value, KEYS, "error", "Nova")
    yield from line_violations(value)


def write(content: Content, _kind: str) -> dict[str, Any]:
    """One example as a line."""
    messages = content.messages
    line: dict[str, Any] = {"schemaVersion": SCHEMA}
    systems = 0
    while systems < len(messages) and messages[systems]["role"] == "system":
        systems += 1
    if systems:
        line["system"] = [{"text": text_of(message, place)} for place, message in enumerate(messages[:systems])]
    line["messages"] = [_turn(message, place) for place, message in enumerate(messages[systems:], systems)]
    return line


def _turn(message: Message, place: int) -> dict[str, Any]:
    role = message["role"]
    if role not in ("user", "assistant"):
        sentence = "Nova has turns of user and assistant, and system messages only before the first of them."
        raise CannotCarry(error("system-place" if role == "system" else "unknown-role", sentence, f"messages[{place}]"))
    return {"role": role, "content": [{"text": text_of(message, place)}]}


TARGET = Target(
    name="bedrock-nova",
    title="Amazon Nova",
    carries=Carries(
        kinds=frozenset({"chat"}),
        weights="none",
        reasoning=False,
        names=frozenset(),
        parts=False,
        tools=False,
        developer=False,
    ),
    write=write,
    judge=judge,
    form=lambda _value: "chat",
    file=FileRules(names=r"[A-Za-z0-9_\-/.]+"),
    dialects=(dialect_named("nova"),),
)
