"""The rules of tools: definitions, calls and their arguments, and the results that answer them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from curator.data.identity import canonical_json
from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json
from curator.data.safe_text import visible
from curator.targets.call_ids import SHORT_ID
from curator.targets.rules.policy import ChatRules
from curator.targets.violation import Value, Violation, error, warning

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""OpenAI's rule for function names, which mistral-common shares."""

Schemas = dict[str, Value]
"""Parameter schemas by function name."""


def definition_violations(tools: Value, path: str, rules: ChatRules) -> Iterator[Violation]:
    """What is wrong with the `tools` (or legacy `functions`) of an example."""
    if isinstance(tools, str) and rules.tools_text:
        tools = _decoded(tools)
    if not isinstance(tools, list):
        yield error("invalid-tool-call", "The tools are not a list.", path)
        return
    for position, tool in enumerate(tools):
        place = f"{path}[{position}]"
        function = tool.get("function", tool if path == "functions" else None) if isinstance(tool, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            yield error("invalid-tool-call", "The tool has no function with a name.", place)
            continue
        yield from _name_violations(function["name"], f"{place}.function.name", rules)
        parameters = function.get("parameters", function.get("input_schema"))
        if parameters is not None and not isinstance(parameters, dict):
            yield error("invalid-tool-call", "The parameters are not a JSON schema.", f"{place}.function.parameters")
        if rules.described_tools:
            for key in ("description", "parameters"):
                if function.get(key) is None:
                    sentence = f"{rules.target} needs the function's {key}."
                    yield error("invalid-tool-call", sentence, f"{place}.function.{key}")


def _name_violations(name: str, path: str, rules: ChatRules) -> Iterator[Violation]:
    if rules.tool_names and not _NAME.fullmatch(name):
        sentence = f"'{visible(name[:70], one_line=True)}' is no function name: 1 to 64 of a-z, A-Z, 0-9, _ and -."
        yield Violation("tool-name", rules.tool_names, sentence, path)


def schemas_of(tools: Value) -> Schemas:
    """The parameter schema of each function that is properly defined."""
    schemas: Schemas = {}
    tools = _decoded(tools) if isinstance(tools, str) else tools
    for tool in tools if isinstance(tools, list) else ():
        function = tool.get("function", tool) if isinstance(tool, dict) else None
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            schemas[function["name"]] = function.get("parameters")
    return schemas


def call_violations(messages: list[Value], path: str, schemas: Schemas, rules: ChatRules) -> Iterator[Violation]:
    """What is wrong with the calls and their results, in the order in which they stand."""
    open_calls: dict[str, str] = {}
    for position, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        place = f"{path}[{position}]"
        role, calls = message.get("role"), message.get("tool_calls")
        if role == "tool":
            yield from _result_violations(message, place, open_calls, rules)
            continue
        if role == "function" and rules.pairing and not _calls_function(messages[:position]):
            sentence = "The function's message answers a call that was not made."
            yield Violation("unanswered-tool-call", rules.pairing, sentence, place)
        if open_calls and rules.pairing and role in ("assistant", "user"):
            for call_id, where in open_calls.items():
                sentence = f"The call '{visible(call_id[:40], one_line=True)}' has no result before the next turn."
                yield Violation("unanswered-tool-call", rules.pairing, sentence, where)
            open_calls = {}
        if calls is not None:
            yield from _calls_violations(calls, role, place, schemas, rules)
            open_calls.update(_ids(calls, place))
            if calls and message.get("content") and rules.call_with_text:
                sentence = "The message has both a text and tool calls; older tokenisers refuse that."
                yield Violation("invalid-tool-call", rules.call_with_text, sentence, place)
        if rules.legacy_functions and message.get("function_call") is not None:
            yield from _function_violations(message["function_call"], f"{place}.function_call", schemas, rules)


def _calls_function(before: list[Value]) -> bool:
    """Whether the last message calls a function in the older form."""
    return bool(before) and isinstance(before[-1], dict) and before[-1].get("function_call") is not None


def _result_violations(
    message: dict[str, Value], path: str, open_calls: dict[str, str], rules: ChatRules
) -> Iterator[Violation]:
    call_id = message.get("tool_call_id")
    if not rules.pairing:
        return
    if call_id is None:
        sentence = "The tool message does not say which call it answers (tool_call_id)."
        yield Violation("unanswered-tool-call", rules.pairing, sentence, path)
    elif not isinstance(call_id, str) or call_id not in open_calls:
        sentence = "The tool message answers a call that was not made, or was answered before."
        yield Violation("unanswered-tool-call", rules.pairing, sentence, f"{path}.tool_call_id")
    else:
        del open_calls[call_id]


def _ids(calls: Value, path: str) -> dict[str, str]:
    return {
        call["id"]: f"{path}.tool_calls[{position}]"
        for position, call in enumerate(calls if isinstance(calls, list) else ())
        if isinstance(call, dict) and isinstance(call.get("id"), str)
    }


def _calls_violations(calls: Value, role: Value, path: str, schemas: Schemas, rules: ChatRules) -> Iterator[Violation]:
    if not isinstance(calls, list):
        yield error("invalid-tool-call", "The tool calls are not a list.", f"{path}.tool_calls")
        return
    if calls and role != "assistant":
        yield error("invalid-tool-call", "Only the assistant calls tools.", f"{path}.tool_calls")
    for position, call in enumerate(calls):
        place = f"{path}.tool_calls[{position}]"
        if not isinstance(call, dict):
            yield error("invalid-tool-call", "The tool call is not an object.", place)
            continue
        call_id = call.get("id")
        if not isinstance(call_id, str) or not call_id:
            if rules.call_ids:
                yield Violation("invalid-tool-call", rules.call_ids, "The tool call has no id.", f"{place}.id")
        elif rules.short_ids and not SHORT_ID.fullmatch(call_id):
            sentence = "The id of a tool call is nine letters and digits for this target."
            yield error("invalid-tool-call", sentence, f"{place}.id")
        if call.get("type", "function") != "function":
            yield error("invalid-tool-call", "The tool call's type is not 'function'.", f"{place}.type")
        yield from _function_violations(call.get("function"), f"{place}.function", schemas, rules)


def _function_violations(function: Value, path: str, schemas: Schemas, rules: ChatRules) -> Iterator[Violation]:
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        yield error("invalid-tool-call", "The tool call has no function name.", path)
        return
    name = function["name"]
    yield from _name_violations(name, f"{path}.name", rules)
    wrong = _what_is_wrong(function.get("arguments"), schemas.get(name), rules.arguments)
    if wrong and rules.arguments_wrong:
        yield Violation("tool-arguments", rules.arguments_wrong, wrong, f"{path}.arguments")
    if schemas and name not in schemas:
        sentence = f"The tool '{visible(name[:64], one_line=True)}' is called but not among the tools."
        yield warning("unknown-tool", sentence, f"{path}.name")


def _what_is_wrong(arguments: Value, schema: Value, form: str) -> str | None:
    """Why the arguments are not what the target and the tool want; None when they are."""
    if isinstance(arguments, str) and form != "object":
        arguments = _decoded(arguments)
        if arguments is None:
            return "The arguments are not JSON."
        if not isinstance(arguments, dict):
            return "The arguments are not a JSON object."
    elif not isinstance(arguments, dict):
        return "The arguments are not an object." if form != "text" else "The arguments are not JSON in a string."
    elif form == "text":
        return "The arguments are an object; they should be JSON in a string."
    if not isinstance(schema, dict):
        return None
    return _misfit(arguments, canonical_json(schema))


def _decoded(text: str) -> Value:
    """The value of a JSON text; None where it is none."""
    try:
        return decode_json(text.encode("utf-8", "surrogatepass"))
    except (InvalidJson, InvalidEncoding):
        return None


def _misfit(arguments: dict[str, Value], schema: bytes) -> str | None:
    from jsonschema.exceptions import SchemaError
    from referencing.exceptions import Unresolvable

    validator = _validator(schema)
    if validator is None:
        return None
    try:
        fault = next(iter(validator.iter_errors(arguments)), None)
    except (SchemaError, Unresolvable, RecursionError, TypeError, ValueError):
        return None  # a schema that cannot be applied forbids nothing
    if fault is None:
        return None
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.absolute_path).lstrip(".")
    reason = visible(fault.message[:200], one_line=True)
    return f"The arguments do not fit the tool's schema: {f'{visible(where[:60])}: ' if where else ''}{reason}."


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> Any | None:
    """A validator for a schema; it never fetches what a schema refers to."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry

    value = msgspec.json.decode(schema)
    try:
        Draft202012Validator.check_schema(value)
    except (SchemaError, RecursionError):
        return None
    return Draft202012Validator(value, registry=Registry())
