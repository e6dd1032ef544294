"""The dialect of a file: the one that most of its first examples fit; ties go to the earlier in `DIALECTS`."""

import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NotRequired

from typing_extensions import TypedDict

from curator.data.content import Content
from curator.data.dialects.dialect import DIALECTS, Dialect, dialect_named
from curator.data.dialects.mappings import pair
from curator.data.dialects.published import as_object
from curator.errors import UnreadableInput, UsageError

SAMPLED = 200
"""Examples looked at to recognise a dialect."""
_SPEAKERS = ("role", "from", "speaker", "author", "sender", "type")
_SPOKEN = ("content", "value", "text", "message", "utterance", "body")
"""Names that people give to the speaker and the text of a turn."""


@dataclass(frozen=True)
class Recognised:
    """A dialect and why it was taken."""

    dialect: Dialect
    reason: str


def recognise(values: Iterable[Any], file: str) -> Recognised:
    """The dialect that most of `values` fit, with the reason, and with what makes it doubtful.

    Raises:
        UnreadableInput: there are objects, and none of them fits any dialect.
    """
    first: Counter[str] = Counter()
    fitting: Counter[str] = Counter()
    objects: list[dict[str, Any]] = []
    for value in map(as_object, values):
        if isinstance(value, dict):
            objects.append(value)
            names = [dialect.name for dialect in DIALECTS if dialect.fits(value)]
            first.update(names[:1])
            fitting.update(names)
    if not objects:
        return Recognised(dialect_named("chat"), "nothing in it could be read as an object, so chat is assumed")
    if not first:
        raise UnreadableInput(_unknown(objects, file))
    best = max(DIALECTS, key=lambda dialect: first[dialect.name])
    wanted = ", ".join(f"'{key}'" for key in sorted(best.required))
    sign = f" and {best.sign}" if best.sign else ""
    reason = f"{first[best.name]} of the first {len(objects)} objects have {wanted}{sign}"
    doubts = [
        f"{fitting[other.name]} could be '{other.name}'"
        for other in DIALECTS
        if other.name != best.name and first[other.name] + (not other.required <= best.known) * fitting[other.name]
    ]
    doubt = f"; this is doubtful: {', '.join(doubts[:3])}; --format decides" if doubts else ""
    return Recognised(best, reason + doubt)


def _unknown(objects: list[dict[str, Any]], file: str) -> str:
    """What to do about examples in no known form."""
    from curator.data.column_names import suggested_columns

    keys = Counter(key for value in objects for key in value)
    if "input_ids" in keys:
        return (
            f"{file} holds numbers of tokens (input_ids) and no text, so nothing in it can be checked. Name the data "
            "that it was made from."
        )
    if not keys:
        return f"{file} holds only empty objects where it begins, so its format cannot be told. --format names it."
    sampled = ", ".join(f"'{key}'" for key, _ in keys.most_common(8))
    if converted := _as_known_form(objects[0]):
        return (
            f"{file}: none of the first {len(objects)} objects is a training example in a known format; their keys are "
            f"{sampled}. Convert it first: jq -c {shlex.quote(converted)} {shlex.quote(file)} > converted.jsonl"
        )
    columns = suggested_columns(objects)
    way = ",".join(f"{role}={shlex.quote(key)}" for role, key in columns.items()) or "prompt=KEY,answer=KEY"
    return (
        f"{file}: none of the first {len(objects)} objects is a training example in a known format; their keys are "
        f"{sampled}. Name the columns with --columns {way}, or the format with --format."
    )


def _as_known_form(value: dict[str, Any]) -> str:
    """What jq makes examples of a value with: turns under other names, or an object of examples; "": nothing does."""
    if all(any(dialect.fits(held) for dialect in DIALECTS) for held in value.values()):
        return ".[]"
    for key, held in value.items():
        turn = held[0] if isinstance(held, list) and held else None
        if isinstance(turn, dict):
            role = next((name for name in _SPEAKERS if isinstance(turn.get(name), str)), None)
            text = next((name for name in _SPOKEN if isinstance(turn.get(name), str)), None)
            if role and text:
                return f'{{messages: [.["{key}"][] | {{role: .{role}, content: .{text}}}]}}'
    return ""


def mapped_dialect(columns: dict[str, str]) -> Dialect:
    """A dialect made by a column mapping such as {"prompt": "ask", "answer": "reply", "system": "persona"}.

    Raises:
        UsageError: prompt or answer is not mapped, or there is an unknown role.
    """
    unknown = columns.keys() - {"prompt", "answer", "system"}
    if unknown or not {"prompt", "answer"} <= columns.keys():
        raise UsageError(
            "A column mapping names prompt and answer, and system where there is one: prompt=KEY,answer=KEY."
        )
    prompt, answer, system = columns["prompt"], columns["answer"], columns.get("system")
    fields: dict[str, Any] = {prompt: str, answer: str}
    if system:
        fields[system] = NotRequired[str | None]
    shape = TypedDict("Mapped", fields)  # type: ignore[misc]
    required = frozenset({prompt, answer})

    def content(value: dict[str, Any]) -> Content:
        return pair(value[prompt], value[answer], value.get(system) if system else None)

    return Dialect("mapped", required, shape, "chat", content, frozenset(fields))
