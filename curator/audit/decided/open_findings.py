"""The findings that are still open: on what is kept, and not accepted.

A finding is decided when its example, or its unreadable line, is dropped; when a person accepted it or kept the
example knowing of it; or when everything that it compares the example with is dropped. Only open findings count in a
verdict, in `--fail-on`, in what to do next, and on the card of an export.
"""

from collections.abc import Iterator

import polars as pl

from curator.audit.engine import Audit
from curator.audit.findings import decided_by
from curator.audit.ids import positions_of
from curator.audit.loading.load import Loaded
from curator.project.decisions.decision import EVERY_FINDING

COMPARING = (
    "exact-duplicate", "near-duplicate", "semantic-duplicate", "conflicting-answers", "split-leak",
    "rejected-by-target",
)  # fmt: skip
"""Checks that find an example because of another one of the set; what a target rejects of one alone names no other."""

Names = tuple[str, ...]
"""Findings of one example, `check/severity` each, every one once."""

MOST_RELATED = 5
"""Examples that a finding names at most: where it names so many, there may be more."""


def with_decisions(findings: pl.DataFrame, loaded: Loaded, state: pl.DataFrame) -> pl.DataFrame:
    """`FINDINGS` with `decided`: "drop", "keep" (accepted), or null while the finding is open.

    Args:
        findings: of the set.
        loaded: the set.
        state: `STATE`.
    """
    if not len(state):
        return findings.with_columns(pl.lit(None, pl.String).alias("decided"))
    dropped = state.filter(pl.col("status") == "drop")["id"]
    accepting = state.filter(pl.col("accepted").list.len() > 0).select(pl.col("id").alias("subject"), "accepted")
    named = findings.with_columns(decided_by().alias("subject")).join(
        accepting, on="subject", how="left", maintain_order="left"
    )
    is_kept = pl.col("accepted").list.contains(finding_name()) | pl.col("accepted").list.contains(EVERY_FINDING)
    is_dropped = pl.col("subject").is_in(dropped.implode()) | _is_alone(findings, loaded, dropped)
    decided = pl.when(is_dropped).then(pl.lit("drop")).when(is_kept).then(pl.lit("keep")).alias("decided")
    return named.with_columns(decided).drop("subject", "accepted")


def is_open() -> pl.Expr:
    """Whether a finding of `with_decisions` is open."""
    return pl.col("decided").is_null()


def finding_name() -> pl.Expr:
    """A finding as decisions name it: CHECK/SEVERITY."""
    return pl.format("{}/{}", "check", "severity")


def _is_alone(findings: pl.DataFrame, loaded: Loaded, dropped: pl.Series) -> pl.Series:
    """Whether all that each finding compares its example with is dropped, bool, shape (findings,)."""
    is_dropped = pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(loaded.facts))
    positions = positions_of(loaded, dropped)
    is_dropped[positions[positions >= 0].tolist()] = True
    compared = findings.select(
        pl.int_range(pl.len()).alias("finding"),
        pl.when(pl.col("related").list.len() < MOST_RELATED).then("related").alias("related"),
        "keeper",
    ).filter(findings["check"].is_in(COMPARING))
    related = compared.select("finding", pl.col("related").alias("other")).explode("other")
    others = pl.concat([related, compared.select("finding", pl.col("keeper").alias("other"))]).drop_nulls()
    others = others.with_columns(is_dropped.gather(others["other"]).alias("gone"))
    alone = others.group_by("finding").agg(pl.col("gone").all()).filter("gone")["finding"]
    return pl.int_range(len(findings), eager=True).is_in(alone.implode())


def names_known(audit: Audit, ids: list[str]) -> dict[str, list[str]]:
    """By id, what was found in some examples and unreadable lines: what a person who decides about them knows."""
    found = pl.concat([audit.findings, audit.edited.findings]).with_columns(decided_by().alias("subject"))
    wanted = found.filter(pl.col("subject").is_in(pl.Series(ids, dtype=pl.String).implode()))
    names = wanted.select("subject", finding_name().alias("name")).unique().sort("subject", "name")
    known: dict[str, list[str]] = {id_: [] for id_ in ids}
    return known | dict(names.group_by("subject").agg("name").iter_rows())


def open_findings(audit: Audit, state: pl.DataFrame) -> Iterator[Names]:
    """What the audit found in each example of the set and is still open, in order; `state` is `STATE`."""
    decided = with_decisions(audit.findings, audit.loaded, state)
    together = _names_by("row", decided.filter(is_open()))
    every = pl.DataFrame({"row": pl.int_range(len(audit.loaded.facts), dtype=pl.UInt32, eager=True)})
    for found in every.join(together, on="row", how="left", maintain_order="left")["names"]:
        yield () if found is None else tuple(found.split("\n"))


def findings_of_added(audit: Audit) -> dict[str, Names]:
    """By id, what the checks that look at one example at a time find in edited and added ones."""
    return {id_: tuple(names.split("\n")) for id_, names in _names_by("id", audit.edited.findings).iter_rows()}


def _names_by(column: str, findings: pl.DataFrame) -> pl.DataFrame:
    """By row or id of an example, the names of its findings, a line each."""
    named = findings.filter(pl.col("row").is_not_null() & pl.col("id").is_not_null()).select(
        column, finding_name().alias("names")
    )
    return named.unique().sort(column, "names").group_by(column).agg(pl.col("names").str.join("\n"))
