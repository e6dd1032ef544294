"""Tool calls and definitions that a template or a provider could not use."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
import polars as pl

from curator.checks.check import Check, CheckSettings, Severity
from curator.data.frames import Batch, found
from curator.data.safe_text import visible

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""OpenAI's rule for function names (openai-openapi)."""
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
Fault = tuple[str, Severity]


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    tools = batch.examples.select("row", "tools")
    calls = batch.messages.drop_nulls("tool_calls").join(tools, on="row", how="left", maintain_order="left")
    spans: list[tuple[int, int | None, str, str]] = [
        (row, None, sentence, severity)
        for row, text in tools.drop_nulls().iter_rows()
        for sentence, severity in _definition_faults(text)
    ]
    for row, index, text, definitions in calls.select("row", "index", "tool_calls", "tools").iter_rows():
        for sentence, severity in _call_faults(text, _declared(definitions)):
            spans.append((row, index, sentence, severity))
    schema = {"row": pl.UInt32, "message_index": pl.Int32, "message": pl.String, "severity": pl.String}
    return found("invalid-tool-call", pl.DataFrame(spans, schema=schema, orient="row"))


@lru_cache(maxsize=512)
def _declared(tools: str | None) -> dict[str, Any] | None:
    """The declared functions by name; None where no tools are given."""
    if tools is None:
        return None
    functions = (tool.get("function") for tool in msgspec.json.decode(tools))
    return {
        function["name"]: function
        for function in functions
        if isinstance(function, dict) and _is_text(function.get("name"))
    }


@lru_cache(maxsize=512)
def _definition_faults(tools: str) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    for number, tool in enumerate(msgspec.json.decode(tools), 1):
        function = tool.get("function")
        if not isinstance(function, dict) or not _is_text(function.get("name")):
            faults.append((f"Tool definition {number} has no function name.", "error"))
        elif not isinstance(function.get("parameters") or {}, dict):
            faults.append((f"The parameters of the tool {_shown(function['name'])} are not a JSON schema.", "error"))
    return tuple(faults)


def _call_faults(tool_calls: str, declared: dict[str, Any] | None) -> Iterator[Fault]:
    for call in msgspec.json.decode(tool_calls):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        if not _NAME.fullmatch(name):
            yield f"The function name {_shown(name)} is not 1 to 64 letters, digits, '_' or '-'.", "warning"
        elif declared is not None and name not in declared:
            yield f"The call names {_shown(name)}, which the example's tools do not declare.", "warning"
        if isinstance(arguments, str):
            try:
                arguments = msgspec.json.decode(arguments or "{}")
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                yield f"The arguments of the call to {_shown(name)} are not JSON.", "error"
                continue
        if not isinstance(arguments, dict):
            yield f"The arguments of the call to {_shown(name)} are not a JSON object.", "error"
        elif declared is not None and name in declared:
            yield from _misfits(name, arguments, declared[name].get("parameters"))


def _misfits(name: str, arguments: dict[str, Any], schema: Any) -> Iterator[Fault]:
    """Where arguments do not fit the declared parameters, at any depth."""
    if not isinstance(schema, dict):
        return
    required = schema.get("required")
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    for key in required if isinstance(required, list) else ():
        if _is_text(key) and key not in arguments:
            yield f"The call to {_shown(name)} lacks the required argument {_shown(key)}.", "warning"
    for key, value in arguments.items():
        described = properties.get(key)
        if key not in properties and schema.get("additionalProperties") is False:
            yield f"The call to {_shown(name)} has the argument {_shown(key)}, which is not declared.", "warning"
        elif isinstance(described, dict) and not _has_type(value, described.get("type")):
            yield f"The argument {_shown(key)} of the call to {_shown(name)} is not of the declared type.", "warning"
        elif isinstance(described, dict) and isinstance(described.get("enum"), list) and value not in described["enum"]:
            yield f"The argument {_shown(key)} of the call to {_shown(name)} is none of the declared values.", "warning"
        elif isinstance(described, dict) and isinstance(value, dict | list):
            yield from _misfits_within(name, key, value, described)


def _misfits_within(name: str, key: str, value: Any, described: dict[str, Any]) -> Iterator[Fault]:
    """Where an argument that is an object or a list does not fit its own description; the first five places."""
    from curator.checks.structure.deep_arguments import deep_misfits

    for path, what in deep_misfits(value, described)[:5]:
        place = f"{_shown(key)} → {visible(path[:80], one_line=True)}" if path else _shown(key)
        yield f"The argument {place} of the call to {_shown(name)} {what}.", "warning"


def _has_type(value: Any, declared: Any) -> bool:
    names = declared if isinstance(declared, list) else [declared]
    if not all(_is_text(name) and name in _TYPES for name in names):
        return True
    if isinstance(value, bool):
        return "boolean" in names
    if isinstance(value, float) and value.is_integer() and "integer" in names:
        return True
    return any(isinstance(value, _TYPES[name]) for name in names)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _shown(name: str) -> str:
    return f"'{visible(name[:64], one_line=True)}'"


INVALID_TOOL_CALL = Check(
    name="invalid-tool-call",
    family="structure",
    severity="error",
    suggestion="fix",
    version=2,
    title="a tool call that could not be carried out",
    find=_find,
)
