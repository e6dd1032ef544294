"""The built-in trainer: what `curator train` hands over. What it refuses, its own reader says: `trainer.contract`.

It is no target of an export, which is why `--target` does not name it; without a target the audit asks it.
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.target import FileRules, Target
from curator.targets.violation import Value, Violation, error
from trainer.contract.examples import LineError, conversation_of


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    try:
        conversation = conversation_of(value, "")
    except LineError as problem:
        path = "" if problem.message_index is None else f"messages[{problem.message_index}]"
        sentence = f"{problem}."
        yield error("unrecognised-example", sentence[0].upper() + sentence[1:], path)
        return
    if not any(message["role"] == "assistant" for message in conversation.messages):
        yield error("no-assistant-message", "It has no assistant turn, so there is nothing to learn.", "messages")
    elif not conversation.teaches:
        yield error("nothing-to-learn", "No answer has a weight above 0, so nothing is learned.", "messages")


def form(value: dict[str, Value]) -> str:
    """`preference`, `rating` or `chat`: a run learns from one of them."""
    return "preference" if "chosen" in value else "rating" if "label" in value else "chat"


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line: messages, a pair of answers, or messages with a rating."""
    line: dict[str, Any] = {"messages": content.messages}
    if kind == "preference":
        line = {"prompt": content.messages, "chosen": content.chosen or [], "rejected": content.rejected or []}
    elif kind == "kto":
        line["label"] = content.label
    if content.tools:
        line["tools"] = content.tools
    return line


BUILT_IN = Target(
    name="trainer",
    title="The built-in trainer",
    carries=Carries(arguments="as they are"),
    write=write,
    judge=judge,
    form=form,
    file=FileRules(duplicates=None),
)
