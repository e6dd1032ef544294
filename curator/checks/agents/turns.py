"""The messages of the examples that use tools; most sets have none, and cost nothing."""

import polars as pl

from curator.data.frames import Batch

_SPOKEN = pl.col("part") != "rejected"


def with_tools(batch: Batch) -> pl.DataFrame:
    """The messages of examples with a tool call or a tool's result, of a pair those with the chosen answer."""
    uses = (pl.col("role") == "tool") | pl.col("tool_calls").is_not_null()
    rows = batch.messages.filter(uses & _SPOKEN).select("row").unique()
    if rows.is_empty():
        return batch.messages.clear()
    return batch.messages.filter(_SPOKEN).join(rows, on="row", how="semi", maintain_order="left")
