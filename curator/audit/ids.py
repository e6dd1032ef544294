"""Between ids and positions in a loaded set."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.loading.load import Loaded
from curator.data.identity import id_column


def ids_of(loaded: Loaded) -> pl.Series:
    """The id of every example, in order."""
    return loaded.facts.select(id_column()).to_series()


def positions_of(loaded: Loaded, ids: pl.Series) -> npt.NDArray[np.int64]:
    """The position of each id, int64, shape (ids,); -1 where the set does not have it.

    Equal keys lie together in the order of their positions, which is that of their occurrences.
    """
    order = loaded.by_key
    keys = loaded.facts["key"].to_numpy()
    parts = pl.DataFrame({"id": ids}, schema={"id": pl.String}).select(
        pl.col("id").str.head(16).str.to_integer(base=16, dtype=pl.UInt64).alias("key"),
        pl.col("id").str.slice(17).cast(pl.UInt32, strict=False).fill_null(1).alias("occurrence"),
    )
    wanted = parts["key"].to_numpy()
    ranked = np.searchsorted(keys, wanted, sorter=order) + parts["occurrence"].to_numpy().astype(np.int64) - 1
    positions = order[np.minimum(ranked, len(order) - 1)] if len(order) else np.zeros(len(wanted), np.int64)
    there = (ranked < len(order)) & (keys[positions] == wanted) if len(order) else np.zeros(len(wanted), bool)
    result: npt.NDArray[np.int64] = np.where(there, positions, -1)
    return result
