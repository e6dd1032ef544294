"""The JSON schema that an answer has to meet, where the data or the settings name one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from trainer.contract.errors import SettingsError
from trainer.evaluate.answers.generate import Question
from trainer.evaluate.measures.answer_kind import read_json

Schema = dict[str, Any]


def schemas_of(asked: Sequence[Question], setting: str | None, folder: Path) -> list[Schema] | None:
    """The schema of each question; None where not every one has one, for then shares would mean different things.

    In this order: the file that `[evaluation] answer_schema` names, the example's own `response_format`, the parameters
    of the one tool that the reference fits.

    Raises:
        SettingsError: the file is missing, or holds no JSON schema.
    """
    if setting is not None:
        return [_from_file(setting, folder)] * len(asked)
    found = [one.schema or _of_tools(one) for one in asked]
    return [schema for schema in found if schema] if all(found) else None


def fits(value: Any, schema: Schema) -> bool:
    """Whether a JSON value meets a schema; one that cannot be applied forbids nothing."""
    from referencing.exceptions import Unresolvable

    validator = _validator(json.dumps(schema, sort_keys=True))
    try:
        return validator is None or bool(validator.is_valid(value))
    except (Unresolvable, RecursionError):
        return True


def _from_file(setting: str, folder: Path) -> Schema:
    path = folder / setting  # an absolute one stays as it is
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise SettingsError(f"[evaluation] answer_schema: {path} cannot be read as JSON ({problem}).") from problem
    if not isinstance(schema, dict) or _validator(json.dumps(schema, sort_keys=True)) is None:
        raise SettingsError(f"[evaluation] answer_schema: {path} is not a JSON schema.")
    return schema


def _of_tools(question: Question) -> Schema | None:
    value = read_json(question.reference)
    parameters = [tool.get("function", tool).get("parameters") for tool in question.tools or ()]
    fitting = [schema for schema in parameters if isinstance(schema, dict) and schema and fits(value, schema)]
    return fitting[0] if len(fitting) == 1 else None


@lru_cache(maxsize=512)
def _validator(schema: str) -> Any | None:
    """A validator that never fetches what a schema refers to; None where it is no schema."""
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import Draft202012Validator, validator_for
    from referencing import Registry

    value = json.loads(schema)
    kind = validator_for(value, default=Draft202012Validator)
    try:
        kind.check_schema(value)
    except (SchemaError, RecursionError):
        return None
    return kind(value, registry=Registry())
