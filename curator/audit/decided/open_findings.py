"""The findings that stay open on what is kept: on the examples of the set as they are now, and on what was added."""

from collections.abc import Iterator

import polars as pl

from curator.audit.engine import Audit

Names = tuple[str, ...]
"""Findings of one example, `check/severity` each, every one once."""


def open_findings(audit: Audit) -> Iterator[Names]:
    """What the audit found in each example of the set, in order."""
    together = _names_by("row", audit.findings)
    every = pl.DataFrame({"row": pl.int_range(len(audit.loaded.facts), dtype=pl.UInt32, eager=True)})
    for found in every.join(together, on="row", how="left", maintain_order="left")["names"]:
        yield () if found is None else tuple(found.split("\n"))


def findings_of_added(audit: Audit) -> dict[str, Names]:
    """By id, what the checks that look at one example at a time find in edited and added ones."""
    return {id_: tuple(names.split("\n")) for id_, names in _names_by("id", audit.edited.findings).iter_rows()}


def _names_by(column: str, findings: pl.DataFrame) -> pl.DataFrame:
    """By row or id of an example, the names of its findings, a line each."""
    named = findings.filter(pl.col("row").is_not_null() & pl.col("id").is_not_null()).select(
        column, pl.format("{}/{}", "check", "severity").alias("names")
    )
    return named.unique().sort(column, "names").group_by(column).agg(pl.col("names").str.join("\n"))
