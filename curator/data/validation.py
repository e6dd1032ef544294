"""Accept or refuse one value of a dialect exactly as pydantic would, and say why in its words."""

from functools import cache
from typing import Any, NamedTuple

import msgspec
from pydantic import TypeAdapter, ValidationError

from curator.data.content import Refused
from curator.data.dialects.dialect import DIALECTS, Dialect
from curator.data.safe_text import visible

_CHECKS_BY_KEY = {
    "role": "unknown-role",
    "from": "unknown-role",
    "weight": "invalid-weight",
    "loss_weight": "invalid-weight",
    "content": "missing-content",
    "value": "missing-content",
    "tool_calls": "invalid-tool-call",
    "function_call": "invalid-tool-call",
    "tool_call_id": "invalid-tool-call",
    "tools": "invalid-tool-call",
    "functions": "invalid-tool-call",
}
"""Which check a refusal belongs to, by the outermost of these keys on the way to the fault."""


class Refusal(NamedTuple):
    """One reason for which a line is not an example."""

    check: str
    message: str
    message_index: int | None = None
    suggestion: str | None = None


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def judge(value: Any, dialect: Dialect, *, is_long: bool = False) -> list[Refusal]:
    """Why `value` does not have the dialect's shape; empty when it has. Of one that `is_long` the first reason."""
    try:
        msgspec.convert(value, dialect.shape, strict=True)
    except msgspec.ValidationError as error:
        # pydantic keeps a note of every fault, and a line can have millions of them.
        first = _ask_pydantic(_up_to(value, _steps_to_fault(error)), dialect) if is_long else []
        return first or _ask_pydantic(value, dialect)
    return []


def _steps_to_fault(error: msgspec.ValidationError) -> list[str]:
    """The keys and indices on the way to what msgspec found first, from the outermost."""
    _, _, path = str(error).rpartition(" - at `$")
    return path.rstrip("`").replace("[", ".").replace("]", "").split(".")[1:]


def _up_to(value: Any, steps: list[str] | None) -> Any:
    """`value` up to the place that `steps` lead to; lists elsewhere (None) are cut down to their first element."""
    step, rest = (steps[0], steps[1:]) if steps else (None, None if steps is None else [])
    if isinstance(value, dict):
        return {key: _up_to(inner, rest if key == step else None) for key, inner in value.items()}
    if isinstance(value, list) and value:
        last = int(step) if step is not None and step.isdigit() and int(step) < len(value) else 0
        return [*value[:last], _up_to(value[last], rest if step is not None else None)]
    return value


def _ask_pydantic(value: Any, dialect: Dialect) -> list[Refusal]:
    if not isinstance(value, dict):
        return [Refusal("unrecognised-example", f"The line holds {_described(value)}, not an object.")]
    missing = dialect.required - value.keys()
    if missing:
        wanted = " and ".join(f"'{key}'" for key in sorted(missing))
        sentence = f"There is no {wanted}, which the format '{dialect.name}' needs."
        other = next((one for one in DIALECTS if one.name != dialect.name and one.fits(value)), None)
        if other is None:
            return [Refusal("unrecognised-example", sentence)]
        sentence += f" The line is in the format '{other.name}': put such lines into a file of their own."
        return [Refusal("unrecognised-example", sentence, None, "fix")]
    try:
        _adapter(dialect.shape).validate_python(value, strict=True)
    except ValidationError as error:
        return _worded(error)
    return []


def _worded(error: ValidationError) -> list[Refusal]:
    """One refusal per faulty place: the alternatives of a union are one fault."""
    by_place: dict[tuple[int | str, ...], tuple[list[str], Any]] = {}
    for fault in error.errors(include_url=False):
        place = tuple(_without_union_tags(fault["loc"]))
        words, _ = by_place.setdefault(place, ([], fault["input"]))
        words.append(fault["msg"])
    return [_refusal(place, words, given) for place, (words, given) in by_place.items()]


def _without_union_tags(location: tuple[int | str, ...]) -> list[int | str]:
    """A place without the alternatives that were tried ('str', 'list[ContentPart]'), which pydantic writes into it."""
    return [step for step in location if isinstance(step, int) or not (step in ("str", "int", "float") or "[" in step)]


def _refusal(place: tuple[int | str, ...], words: list[str], given: Any) -> Refusal:
    check = next((_CHECKS_BY_KEY[step] for step in place if step in _CHECKS_BY_KEY), "unrecognised-example")
    message_index = next((step for step in place if isinstance(step, int)), None)
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
    reasons = "; ".join(dict.fromkeys(word.removeprefix("Input ") for word in words))
    if "Field required" in words:
        return Refusal(check, f"{path} is missing.", message_index)
    return Refusal(check, f"{visible(path, one_line=True)} {reasons}, and it is {_described(given)}.", message_index)


def _described(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}" if len(str(value)) < 25 else "a number"
        case str():
            return f"the text '{visible(value[:40], one_line=True)}'"
        case list():
            return "a list"
    return "an object"


def refusal_of_meaning(refused: Refused) -> Refusal:
    """The refusal for a value that has the shape but no meaning."""
    return Refusal(refused.check, str(refused), refused.message_index)
