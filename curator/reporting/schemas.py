"""The JSON schemas of everything that is written for programs to read."""

from typing import Any

from pydantic import BaseModel

from curator.data.finding import Finding, Pair
from curator.errors import UsageError
from curator.reporting.model import AuditReport

SCHEMAS = ("audit", "finding", "pair", "events")


def published_schema(name: str) -> dict[str, Any]:
    """The schema of that name.

    Raises:
        UsageError: there is none.
    """
    models: dict[str, type[BaseModel]] = {"audit": AuditReport, "finding": Finding, "pair": Pair}
    if name in models:
        return models[name].model_json_schema()
    if name == "events":
        from pydantic import TypeAdapter

        from trainer.contract.events import Event

        return TypeAdapter(Event).json_schema()
    raise UsageError(f"There is no schema '{name}'. There are {', '.join(SCHEMAS)}.")
