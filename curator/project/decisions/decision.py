"""A decision: what a person or a policy did about one example.

Actions and their values (JSON):

- `keep`: `{"findings": ["refusal/warning"]}`, what was known of the example, so that it no longer counts; a later
  finding does. Without a value all of it was.
- `accept`: the same value. The findings no longer count; the example stays undecided.
- `drop`, `flag`: no value. A flag asks for another look.
- `clear`: no value. Takes back the annotator's keep, drop, flag and accept.
- `edit`: the new content (messages, tools, chosen, rejected, label), or nothing to return to the original.
- `add`: the content of a new example; the example's id is that of its content.
- `label`: `{"name": "tone", "value": "warm"}`; the value is a text, a number, a list of texts, or null to remove it.
- `undo`: `undoes` names the unit that is undone; there is no example.

The example's id is also that of a line that could not be read, or of what is found of the whole set.

Decisions made together are one unit and are undone as one. Their ids are the unit's and a number, `UNIT:07`; a decision
made alone has its unit's id. Ids made here sort by time.
"""

import math
import re
import secrets
import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec

from curator.data.dialects.dialect import dialect_named
from curator.data.validation import judge

Action = Literal["keep", "drop", "flag", "accept", "edit", "add", "label", "clear", "undo"]
ACTIONS: tuple[str, ...] = get_args(Action)
VERDICTS = ("keep", "drop", "flag", "clear")
EVERY_FINDING = "*"
"""Means all that was found of an example, in the list of what a person accepted."""

VERSION = 2
"""Of the form above; counts up when it changes."""

_EXAMPLE_ID = re.compile(r"[0-9a-f]{16}(-[1-9][0-9]{0,9})?")
_LONGEST_NAME = 200
_LONGEST_REASON = 100_000
_CONTENT_KEYS = frozenset({"messages", "tools", "chosen", "rejected", "label"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to be decided about an example; `value` is JSON text."""

    example: str
    action: Action
    value: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, as it is kept. `time` is microseconds since 1970 in UTC; `value` is JSON text."""

    id: str
    example: str | None
    action: Action
    value: str | None
    reason: str | None
    policy: str | None
    annotator: str
    time: int
    undoes: str | None
    version: int = VERSION

    @property
    def unit(self) -> str:
        """The id of the unit it was made in."""
        return unit_of(self.id)


def unit_of(decision_id: str) -> str:
    """The unit that a decision's id belongs to."""
    return decision_id.partition(":")[0]


def new_unit(time: int) -> str:
    """An id nobody else makes: 14 digits of time, so that ids sort by it, and 10 of chance."""
    return f"{time:014x}{secrets.token_hex(5)}"


def unit_ids(unit: str, count: int) -> list[str]:
    """Ids of the decisions of a unit, in order."""
    if count == 1:
        return [unit]
    width = len(str(count - 1))
    return [f"{unit}:{number:0{width}d}" for number in range(count)]


def now() -> int:
    """Microseconds since 1970 in UTC."""
    return clock.time_ns() // 1000


def fault_of(decision: Decision) -> str | None:
    """What is wrong with a decision, as a sentence; None when nothing is."""
    return _fault_of_words(decision) or _fault_of_action(decision)


def _fault_of_words(decision: Decision) -> str | None:
    if decision.version > VERSION:
        return f"It is of version {decision.version}; this curator knows {VERSION}. Update curator."
    if decision.version < 1:
        return f"There is no version {decision.version}; versions begin with 1."
    names = {"id": decision.id, "annotator": decision.annotator, "policy": decision.policy, "undoes": decision.undoes}
    for name, text in names.items():
        if text is not None and not is_name(text):
            return f"Its {name} is empty, longer than {_LONGEST_NAME} characters, or has invisible characters."
    if not is_name(decision.unit):
        return "Its id has nothing, or white space, before the colon; that part names what is undone at once."
    if decision.reason is not None and not _is_storable(decision.reason):
        return f"Its reason is not sound text, or longer than {_LONGEST_REASON:,} characters."
    return None


def _fault_of_action(decision: Decision) -> str | None:
    if decision.action not in ACTIONS:
        return f"There is no action '{decision.action}'; there are {', '.join(ACTIONS)}."
    if decision.action == "undo":
        if decision.undoes is None or decision.example is not None or decision.value is not None:
            return "An undo names what it undoes, and neither an example nor a value."
        if decision.undoes != unit_of(decision.undoes):
            return "An undo names a whole unit, the part of an id before the colon."
        return None
    if decision.undoes is not None:
        return "Only an undo undoes something."
    if decision.example is None or not _EXAMPLE_ID.fullmatch(decision.example):
        return "Its example is not an id: 16 hexadecimal digits, perhaps with -2, -3 and so on."
    return fault_of_value(decision.action, decision.value)


def fault_of_value(action: str, value: str | None) -> str | None:
    """What is wrong with a decision's value; None when nothing is."""
    if action in VERDICTS and action != "keep":
        return None if value is None else f"'{action}' takes no value."
    if value is None:
        return None if action in ("edit", "keep") else f"'{action}' needs a value."
    try:
        decoded = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return "Its value is not JSON."
    if action in ("keep", "accept"):
        return _fault_of_findings(decoded)
    return _fault_of_label(decoded) if action == "label" else _fault_of_content(decoded)


def _fault_of_findings(value: Any) -> str | None:
    names = value.get("findings") if isinstance(value, dict) and len(value) == 1 else None
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return None
    return 'Its value is not a list of findings: {"findings": ["refusal/warning"]}.'


def _fault_of_content(value: Any) -> str | None:
    if not isinstance(value, dict) or not isinstance(value.get("messages"), list):
        return "Its value is not an example's content: an object with a list of messages."
    unknown = value.keys() - _CONTENT_KEYS
    if unknown:
        return f"Its value has '{min(unknown)}', which an example's content does not have."
    if not isinstance(value.get("label"), bool | None):
        return "The label in its value is not true or false."
    if not isinstance(value.get("tools"), list | None):
        return "The tools in its value are not a list."
    for part in ("messages", "chosen", "rejected"):
        if (messages := value.get(part)) is None:
            continue
        for refusal in judge({"messages": messages, "tools": value.get("tools")}, dialect_named("chat")):
            return f"Its value is not an example's content: {refusal.message}"
        if not all(_has_arguments(call) for message in messages for call in message.get("tool_calls") or ()):
            return "Its value is not an example's content: a tool call has no arguments."
    return None


def _has_arguments(call: dict[str, Any]) -> bool:
    return call["function"].get("arguments") is not None


def _fault_of_label(value: Any) -> str | None:
    if not isinstance(value, dict) or value.keys() != {"name", "value"} or not isinstance(value["name"], str):
        return 'Its value is not a label: {"name": ..., "value": ...}.'
    if not is_name(value["name"]):
        return f"Its label's name is empty, longer than {_LONGEST_NAME} characters, or has invisible characters."
    given = value["value"]
    is_list_of_texts = isinstance(given, list) and all(isinstance(text, str) for text in given)
    if given is None or is_list_of_texts or isinstance(given, str) or _is_plain_number(given):
        return None
    return "A label's value is a text, a number of at most 64 bits, a list of texts, or null."


def _is_plain_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def is_name(text: str) -> bool:
    """Whether a text may name something: an annotator, a policy, a unit."""
    return 0 < len(text) <= _LONGEST_NAME and text.isprintable() and text.strip() == text


def _is_storable(text: str) -> bool:
    """Half of a surrogate pair, which a terminal can deliver, is no character and cannot be kept; NUL ends a text."""
    return len(text) <= _LONGEST_REASON and not re.search("[\0\ud800-\udfff]", text)


def findings_value(names: Sequence[str]) -> str:
    """The value of a `keep` or `accept`: findings as CHECK/SEVERITY."""
    return msgspec.json.encode({"findings": list(names)}).decode()


def label_value(name: str, value: str | int | float | Sequence[str] | None) -> str:
    """The value of a `label` decision."""
    return msgspec.json.encode({"name": name, "value": value}).decode()
