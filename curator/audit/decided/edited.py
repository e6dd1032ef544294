"""What was edited or added, as it is now, beside what its source says."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.findings import FINDINGS
from curator.audit.ids import positions_of
from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import Original
from curator.data.content import content_of


@dataclass(frozen=True)
class Edited:
    """The edited and added examples of a set, a row each.

    Attributes:
        contents: JSON by id, in the order of the rows.
        positions: int64, shape (rows,): where each is in the set; -1: it was added.
        facts: as `Loaded.facts` has them.
        findings: `FINDINGS`; `row` is the row here.
        derived: by text, what was derived from it alone; see `curator.audit.decided.checking`.
    """

    contents: dict[str, str] = field(default_factory=dict)
    positions: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    facts: pl.DataFrame = field(default_factory=pl.DataFrame)
    findings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FINDINGS))
    derived: pl.DataFrame = field(default_factory=pl.DataFrame)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each id."""
        return {id_: row for row, id_ in enumerate(self.contents)}

    @cached_property
    def by_position(self) -> dict[int, str]:
        """The content (JSON) of each example of the set that was edited."""
        return {
            position: content
            for position, content in zip(self.positions.tolist(), self.contents.values(), strict=True)
            if position >= 0
        }

    def with_added(self, findings: pl.DataFrame) -> pl.DataFrame:
        """`FINDINGS` and those of the examples that were added, whose `row` and `file` are null; `line` counts them."""
        added = pl.DataFrame({"row": np.flatnonzero(self.positions < 0)}, schema={"row": pl.UInt32})
        lines = added.with_columns(line=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32))
        found = self.findings.drop("line").join(lines, on="row", maintain_order="left")
        nowhere = found.with_columns(pl.lit(None, pl.UInt32).alias("row"), pl.lit(None, pl.UInt16).alias("file"))
        return pl.concat([findings, nowhere.select(FINDINGS.names())])

    def in_place_of(self, source: pl.DataFrame) -> pl.DataFrame:
        """`FINDINGS` of the set, those of each edited example in the place of those of its source."""
        is_in_set = self.positions >= 0
        if not is_in_set.any():
            return source
        located = pl.DataFrame({"row": np.flatnonzero(is_in_set), "position": self.positions[is_in_set]}).cast(
            pl.UInt32
        )
        fresh = self.findings.join(located, on="row").with_columns(row="position").select(FINDINGS.names())
        others = source.filter(~pl.col("row").is_in(located["position"].implode()).fill_null(value=False))
        return pl.concat([others, fresh]).sort(
            "file", "line", "check", "message_index", "start", nulls_last=False, maintain_order=True
        )


def now(original: Original, edited: Edited) -> Original:
    """An example of the set as it is now, edited where it was."""
    content = edited.by_position.get(original.position)
    return original if content is None else replace(original, content=content_of(content))


def contents_of(state: pl.DataFrame, loaded: Loaded) -> dict[str, str]:
    """JSON by id of the examples of a set that were edited, and of those that were added; `state` is `STATE`."""
    changed = state.filter(pl.col("content").is_not_null())
    there = (positions_of(loaded, changed["id"]) >= 0) | changed["added"].to_numpy()
    return dict(changed.filter(pl.Series(there, dtype=pl.Boolean)).select("id", "content").iter_rows())
