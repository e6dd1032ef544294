"""The split as it was saved: an example keeps its side, whatever is added later."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.project.database import Database

SPLITS = pl.Schema({"id": pl.String, "side": pl.Int8})
"""An example's id, and 0 for train, 1 for validation, 2 for test."""

TRAIN, VALIDATION, TEST = 0, 1, 2
NAMES = ("train", "validation", "test")

Splits = npt.NDArray[np.int8]
"""The split of each example; -1 for none."""

_SETTINGS = "split"


def saved_splits(database: Database) -> pl.DataFrame:
    """`SPLITS` of every example that was ever split, sorted by id; empty where there is no split."""
    rows = database.rows("SELECT example, side FROM side ORDER BY example")
    return pl.DataFrame(rows, schema=SPLITS, orient="row")


def saved_settings(database: Database) -> dict[str, Any] | None:
    """What the saved split was asked for, and what it came to; None where there is none."""
    rows = database.rows("SELECT value FROM session WHERE name = ?", [_SETTINGS])
    settings: dict[str, Any] | None = json.loads(rows[0][0]) if rows else None
    return settings


def save_splits(
    database: Database, split_by_id: Iterable[tuple[str, int]], settings: dict[str, Any], *, anew: bool = False
) -> None:
    """Save the sides of some examples; those of others stay, unless the split is made `anew`.

    Raises:
        DecisionConflict, WorkFailed, UsageError: as `Database.transaction`.
    """
    with database.transaction() as connection:
        if anew:
            connection.execute("DELETE FROM side")
        connection.executemany("INSERT OR REPLACE INTO side VALUES (?, ?)", split_by_id)
        connection.execute("INSERT OR REPLACE INTO session VALUES (?, ?)", (_SETTINGS, json.dumps(settings)))
