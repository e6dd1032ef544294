"""Fields of the source that say what belongs together, or what is to be shared out evenly."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import originals
from curator.data.identity import canonical_json
from curator.data.safe_text import visible
from curator.errors import UsageError

CONVERSATION_FIELDS = ("message_tree_id", "conversation_id", "conversation_hash", "tree_id", "thread_id", "dialogue_id")
"""Fields that name the conversation (or, in OASST, the tree) that an example was cut from."""

_LOOKED_AT = 200

Numbers = npt.NDArray[np.int64]


def conversation_field(loaded: Loaded) -> str | None:
    """The first of `CONVERSATION_FIELDS` that the first examples have."""
    present = {key for original in islice(originals(loaded), _LOOKED_AT) for key in original.value}
    return next((field for field in CONVERSATION_FIELDS if field in present), None)


def numbered_values(loaded: Loaded, fields: Sequence[str]) -> dict[str, Numbers]:
    """For each field an int64 [examples]: a number per value, in the values' order; -1 where an example lacks it.

    Args:
        loaded: the set.
        fields: names; a dot leads into an object (`meta.source`).

    Raises:
        UsageError: no example has the field.
    """
    values: dict[str, list[str | None]] = {field: [] for field in fields}
    keys: dict[str, None] = {}
    for original in originals(loaded):
        for field, found in values.items():
            found.append(_value(original.value, field))
        if len(keys) < _LOOKED_AT:
            keys |= dict.fromkeys(original.value)
    return {field: _numbered(found, field, list(keys)) for field, found in values.items()}


def _value(value: Any, field: str) -> str | None:
    if isinstance(value, dict) and field in value:
        found = value[field]
        return found if found is None or isinstance(found, str) else canonical_json(found).decode()
    head, dot, rest = field.partition(".")
    return _value(value.get(head), rest) if dot and isinstance(value, dict) else None


def _numbered(values: list[str | None], field: str, keys: list[str]) -> Numbers:
    number = {value: at for at, value in enumerate(sorted({value for value in values if value is not None}))}
    if not number:
        known = visible(", ".join(keys[:20]), one_line=True)
        raise UsageError(f"No example has a field '{field}'. Their fields are: {known}.")
    return np.array([-1 if value is None else number[value] for value in values], dtype=np.int64)
