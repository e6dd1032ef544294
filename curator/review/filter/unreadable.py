"""Which lines that could not be read as examples a filter finds.

They are asked as examples are, by what was found on them, where they are and what was decided about them. A filter
finds one only because of that: what any example without findings fits, such as `not check:refusal`, is no reason.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from curator.audit.decided.open_findings import with_decisions
from curator.audit.engine import Audit
from curator.audit.findings import decided_by
from curator.data.frames import KINDS
from curator.review.filter.evaluate import Mask, Searched, matching
from curator.review.filter.language import keys_asked

_ASKED = {"is", "check", "severity", "decided"}
"""Keys without which a filter finds no unreadable line."""


@dataclass(frozen=True)
class UnreadableLines:
    """Lines that are no examples.

    Attributes:
        findings: `FINDINGS` on them, with `decided`.
        ids: under which they are decided about, each once; lines of equal bytes have one together.
        lines: how many lines these are, those that are only counted among them.
    """

    findings: pl.DataFrame
    ids: list[str]
    lines: int


def unreadable_found(where: str | None, audit: Audit, state: pl.DataFrame) -> UnreadableLines:
    """The unreadable lines that a filter finds; without a filter none.

    Raises:
        FilterError, UsageError: as `curator.review.filter.evaluate.matching`.
    """
    is_unreadable = pl.col("row").is_null() & (pl.col("line").is_not_null() | pl.col("more").is_not_null())
    found = with_decisions(audit.source_findings.filter(is_unreadable), audit.loaded, state)
    if where is None or not keys_asked(where) & _ASKED or not len(found):
        return UnreadableLines(found.clear(), [], 0)
    place = ["file", "line", "key", "more"]
    lines = found.select(place).unique(maintain_order=True).with_row_index("row")
    found = found.drop("row").join(lines, on=place, nulls_equal=True, maintain_order="left")
    facts = lines.select(
        "file",
        "key",
        pl.col("line").fill_null(0),
        pl.lit("").alias("shape"),
        pl.lit(None, pl.Enum(KINDS)).alias("kind"),
        pl.lit(1, pl.UInt32).alias("occurrence"),
        *(pl.lit(0).alias(name) for name in ("tokens", "answer_tokens", "characters", "answer_words", "length")),
    )
    asked = Searched(
        replace(audit.loaded, facts=facts),
        found,
        state,
        _NoTexts(len(facts)),
        pl.DataFrame(schema={"id": pl.String, "side": pl.Int8}),
        _none,
        _none,
        unreadable=True,
    )
    blank = replace(asked, findings=found.clear(), state=state.clear(), unreadable=False)
    mask = matching(where, asked) & ~matching(where, blank)
    chosen = lines.filter(pl.Series(mask, dtype=pl.Boolean))
    findings = found.filter(pl.col("row").is_in(chosen["row"].implode())).with_columns(row=pl.lit(None, pl.UInt32))
    ids = findings.select(decided_by().alias("id"))["id"].unique(maintain_order=True).to_list()
    return UnreadableLines(findings, ids, int(chosen["more"].fill_null(1).sum()))


def _none(_: str) -> pl.Series:
    return pl.Series([], dtype=pl.String)


class _NoTexts:
    """What is no example has no messages to look for words in."""

    def __init__(self, lines: int) -> None:
        self._lines = lines

    def containing(self, pattern: str) -> Mask:  # noqa: ARG002
        """See `SearchableTexts`."""
        return np.zeros(self._lines, dtype=bool)
