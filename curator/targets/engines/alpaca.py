"""Alpaca: instruction, input, output, with `system` and `history` for what came before.

Sources: tatsu-lab/stanford_alpaca; hiyouga/LLaMA-Factory data/README.md (system, history).
"""

from collections.abc import Iterator
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.target import CannotCarry, FileRules, Target, text_of
from curator.targets.violation import Value, Violation, error, warning


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    for key in ("instruction", "output"):
        if key not in value:
            yield error("unrecognised-example", f"There is no '{key}'.", key)
        elif not isinstance(value[key], str):
            yield error("missing-content", f"{key} is not text.", key)
        elif not value[key].strip():
            yield warning("empty-content", f"{key} is empty.", key)
    for key in ("input", "system"):
        if value.get(key) is not None and not isinstance(value[key], str):
            yield error("missing-content", f"{key} is not text.", key)
    history = value.get("history")
    if history is None:
        return
    if not isinstance(history, list):
        yield error("unrecognised-example", "history is not a list of pairs.", "history")
        return
    for position, turn in enumerate(history):
        if not (isinstance(turn, list) and len(turn) == 2 and all(isinstance(text, str) for text in turn)):
            yield error(
                "role-order", "A turn of the history is a prompt and an answer, both text.", f"history[{position}]"
            )


def write(content: Content, _kind: str) -> dict[str, Any]:
    """One example as a line."""
    messages = content.messages
    line: dict[str, Any] = {"instruction": "", "input": "", "output": ""}
    start = 0
    if messages and messages[0]["role"] == "system":
        line["system"] = text_of(messages[0], 0)
        start = 1
    turns = messages[start:]
    if not turns or len(turns) % 2:
        raise _misfit("A conversation for Alpaca is prompts and answers in pairs; this one has an odd turn.")
    texts = []
    for position, message in enumerate(turns, start):
        expected = "assistant" if (position - start) % 2 else "user"
        if message["role"] != expected:
            place = f"messages[{position}]"
            raise _misfit(f"Alpaca has prompts and answers in turn; here {expected} should speak.", place)
        texts.append(text_of(message, position))
    line["instruction"], line["output"] = texts[-2:]
    if len(texts) > 2:
        line["history"] = [texts[index : index + 2] for index in range(0, len(texts) - 2, 2)]
    return line


def part_prompt(line: dict[str, Any], instruction: str, given: str) -> None:
    """`instruction` and `input` as the source has them, unless an edit changed the prompt."""
    joined = instruction if given.isspace() else f"{instruction}\n{given}"
    if line["instruction"] == joined:
        line["instruction"], line["input"] = instruction, given


def _misfit(sentence: str, path: str = "messages") -> CannotCarry:
    return CannotCarry(error("role-order", sentence, path))


TARGET = Target(
    name="alpaca",
    title="Alpaca",
    carries=Carries(
        kinds=frozenset({"chat"}),
        weights="none",
        reasoning=False,
        names=frozenset(),
        parts=False,
        tools=False,
        developer=False,
        empty_system=False,
        extra=True,
    ),
    write=write,
    judge=judge,
    form=lambda _value: "alpaca",
    file=FileRules(endings=(".jsonl", ".json")),
    part_prompt=part_prompt,
    remarks=("Where the source has no `input` (or Dolly's `context`) the whole prompt is in `instruction`.",),
)
