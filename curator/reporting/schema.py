"""The published JSON schemas of what the commands write."""

from typing import Any

from pydantic import BaseModel

from curator.data.finding import Finding, Pair
from curator.errors import UsageError
from curator.reporting.model import AuditReport

_PUBLISHED: dict[str, type[BaseModel]] = {"audit": AuditReport, "finding": Finding, "pair": Pair}

PUBLISHED = tuple(_PUBLISHED)
"""Names of the schemas published here."""


def published_schema(name: str) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of `audit`, `finding` or `pair`.

    Raises:
        UsageError: there is no schema of that name.
    """
    model = _PUBLISHED.get(name)
    if model is None:
        raise UsageError(f"There is no schema named {name!r}; there are {', '.join(PUBLISHED)}.")
    schema = model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
