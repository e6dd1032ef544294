"""Arguments of tool calls against JSON Schema below the first level."""

from functools import cache
from typing import Any

_NOT_ASKED = ("pattern", "patternProperties", "format", "$ref", "$dynamicRef")
"""Keywords that would run a stranger's regular expression, or look elsewhere for a schema."""
_WORDS = {
    "type": "is not of the declared type",
    "enum": "is none of the declared values",
    "const": "is not the declared value",
    "required": "lacks a required field",
    "additionalProperties": "has a field that is not declared",
}


def deep_misfits(value: Any, schema: dict[str, Any]) -> list[tuple[str, str]]:
    """Path and sentence of each place in `value` that the schema refuses; none where the schema itself is no schema."""
    from jsonschema.exceptions import SchemaError

    try:
        validator = _validator()
        validator.check_schema(schema)
        faults = sorted(validator(schema).iter_errors(value), key=lambda fault: list(map(str, fault.absolute_path)))
    except (SchemaError, RecursionError, TypeError, ValueError, AttributeError, KeyError):
        return []
    return [
        (".".join(map(str, fault.absolute_path)), _WORDS.get(fault.validator, f"does not fit '{fault.validator}'"))
        for fault in faults
    ]


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    return extend(Draft202012Validator, dict.fromkeys(_NOT_ASKED))
