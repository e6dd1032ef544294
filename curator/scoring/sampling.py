"""A sample in proportion to its strata, and the same for the same examples."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

_SEED = 0
LENGTHS = 3
"""Groups of length: short, middle and long, equally many of each."""


def strata(
    topics: npt.NDArray[np.int64] | None, lengths: npt.NDArray[np.int64], found: npt.NDArray[np.bool_]
) -> pl.DataFrame:
    """A row per example: its topic, its third by length, whether a check found anything above information in it.

    Args:
        topics: int64 [n]; None: they are not known.
        lengths: of the examples, in characters.
        found: bool [n].
    """
    third = np.zeros(len(lengths), np.int64)
    if len(lengths):
        order = np.argsort(lengths, kind="stable")
        third[order] = np.arange(len(lengths)) * LENGTHS // len(lengths)
    topic = np.zeros(len(lengths), np.int64) if topics is None else topics
    return pl.DataFrame({"topic": topic, "length": third, "found": found})


def sample(strata: pl.DataFrame, keys: Sequence[int] | npt.NDArray[np.uint64], count: int) -> npt.NDArray[np.int64]:
    """Positions of `count` rows, in ascending order: of each stratum its share, to the nearest whole number.

    Within a stratum the draw goes by the examples' keys, so that it does not hang on the order of the file.

    Args:
        strata: a row per example; equal rows are one stratum.
        keys: of the examples.
        count: how many; all where there are fewer.
    """
    size = len(strata)
    if count >= size:
        return np.arange(size)
    drawn = np.random.default_rng(_SEED).integers(0, 2**63, dtype=np.uint64)
    mixed = pl.Series("key", np.asarray(keys, np.uint64)).hash(int(drawn))
    rows = strata.with_row_index("position").with_columns(mixed.alias("order"))
    rows = rows.sort(*strata.columns, "order", "position")
    # Every size/count-th row of the list sorted by stratum: no stratum gets more or less than its share by one.
    at = ((np.arange(count) + 0.5) * size / count).astype(np.int64)
    return np.sort(rows["position"].to_numpy()[at].astype(np.int64))
