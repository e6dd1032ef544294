"""The ids of a loaded set."""

import polars as pl

from curator.examples.identity import id_column
from curator.workflow.loading import Loaded


def ids_of(loaded: Loaded) -> pl.Series:
    """The id of every example, in order."""
    return loaded.facts.select(id_column()).to_series()
