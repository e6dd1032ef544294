"""LLaMA-Factory: ShareGPT turns in strict order, with dataset_info.json and a configuration beside.

Sources: hiyouga/LLaMA-Factory 0.9.5 data/converter.py (odd turns human or observation, even turns gpt or
function_call, an even number of turns; others are skipped with a warning) and data/README.md.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from curator.data.content import Content
from curator.targets.capabilities import Carries
from curator.targets.engines import sharegpt
from curator.targets.lines import plain_text
from curator.targets.target import CannotCarry, FileRules, Target
from curator.targets.violation import Value, Violation, error

_ODD = frozenset({"human", "observation"})
_EVEN = frozenset({"gpt", "function_call"})
_ROLES = {"user": "human", "tool": "observation", "assistant": "gpt", "system": "system"}


def form(value: dict[str, Value]) -> str:
    """`alpaca`, `text`, `rating`, `preference` or `chat`."""
    if "instruction" in value:
        return "alpaca"
    if "text" in value and not value.keys() & {"conversations", "messages"}:
        return "text"
    if "kto_tag" in value:
        return "rating"
    return "preference" if sharegpt.is_preference(value) else "chat"


def judge(value: dict[str, Value]) -> Iterator[Violation]:
    """What is wrong with one line."""
    match form(value):
        case "text":
            if not isinstance(value["text"], str):
                yield error("missing-content", "text is not text.", "text")
        case "alpaca":
            from curator.targets.engines import alpaca

            yield from alpaca.judge(value)
        case "rating":
            yield from _rating_violations(value)
        case found:
            yield from sharegpt.judge(value)
            turns = value.get("conversations")
            if isinstance(turns, list) and turns:
                speakers = [turn.get("from") if isinstance(turn, dict) else None for turn in turns]
                yield from _order_violations(speakers, "conversations", is_prompt=found == "preference")
                yield from _second_system(value, speakers)


def _second_system(value: dict[str, Value], speakers: list[Value]) -> Iterator[Violation]:
    """Of a system turn and the column, LLaMA-Factory reads the turn alone."""
    if speakers[0] == "system" and value.get("system"):
        yield error("role-order", "LLaMA-Factory does not read `system` beside a system turn.", "system")


def _order_violations(speakers: list[Value], path: str, *, is_prompt: bool = False) -> Iterator[Violation]:
    start = 1 if speakers[0] == "system" else 0
    for position in range(start, len(speakers)):
        wanted = _EVEN if (position - start) % 2 else _ODD
        if not isinstance(speakers[position], str) or speakers[position] not in wanted:
            sentence = f"LLaMA-Factory wants {' or '.join(sorted(wanted))} here and skips the example otherwise."
            yield error("role-order", sentence, f"{path}[{position}]")
            return
    if (len(speakers) - start) % 2 != is_prompt:
        what = "a prompt ends with the user" if is_prompt else "a conversation ends with an answer"
        yield error("role-order", f"For LLaMA-Factory {what}; it skips the example otherwise.", path)


def _rating_violations(value: dict[str, Value]) -> Iterator[Violation]:
    if not isinstance(value["kto_tag"], bool):
        yield error("unrecognised-example", "kto_tag is neither true nor false.", "kto_tag")
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        yield error("unrecognised-example", "There is no list of messages with a message in it.", "messages")
        return
    for position, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("content"), str):
            yield error("missing-content", "The message has no text.", f"messages[{position}].content")
        elif message.get("tool_calls") or message.get("function_call") or message.get("role") == "tool":
            yield _no_calls(position)
    roles = [message.get("role") if isinstance(message, dict) else None for message in messages]
    speakers = [_ROLES.get(role) if isinstance(role, str) else None for role in roles]
    yield from _order_violations(speakers, "messages")
    yield from _second_system(value, speakers)
    yield from sharegpt.tools_violations(value.get("tools"))


def write(content: Content, kind: str) -> dict[str, Any]:
    """One example as a line."""
    if kind == "text":
        return plain_text(content)
    if kind == "kto":
        return _rating(content)
    messages = content.messages
    line: dict[str, Any] = {}
    has_system = bool(messages) and messages[0]["role"] == "system" and isinstance(messages[0].get("content"), str)
    turns = sharegpt.turns(messages[1:] if has_system else messages, int(has_system))
    line["conversations"] = turns
    if kind == "preference":
        line.update(sharegpt.answers(content))
    line["system"] = messages[0]["content"] if has_system else ""
    line["tools"] = _tools_text(content)
    return line


def _tools_text(content: Content) -> str:
    """Every line has every column: LLaMA-Factory looks for it in each, and a table takes its columns from the first."""
    return "" if content.tools is None else sharegpt.tools_text(content)


def _rating(content: Content) -> dict[str, Any]:
    """Rated answers are read with role and content; a tool call has no place in them."""
    for position, message in enumerate(content.messages):
        if message.get("tool_calls") or message["role"] == "tool":
            raise CannotCarry(_no_calls(position))
    return {"messages": content.messages, "kto_tag": content.label, "tools": _tools_text(content)}


def _no_calls(position: int) -> Violation:
    sentence = "LLaMA-Factory has no place for tool calls in rated answers."
    return error("invalid-tool-call", sentence, f"messages[{position}]")


CARRIES: Carries = replace(
    sharegpt.TARGET.carries,
    kinds=frozenset({"chat", "text", "preference", "kto"}),
    weights="none",
    names=frozenset(),
    empty_system=False,
)

TARGET = Target(
    name="llama-factory",
    title="LLaMA-Factory",
    carries=CARRIES,
    write=write,
    judge=judge,
    form=form,
    file=FileRules(endings=(".jsonl", ".json", ".parquet")),
    remarks=("`dataset_info.json` names the files for LLaMA-Factory: `dataset_dir` is this folder.",),
)
