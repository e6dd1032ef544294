"""Findings of all kinds in one frame, in the order of files and lines, and as they are published."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from curator.audit.loading.load import Loaded
from curator.data.finding import Finding, Place
from curator.data.frames import FOUND, SEVERITIES, found, nothing_found
from curator.data.identity import hexadecimal, id_column, unreadable_key

if TYPE_CHECKING:
    from curator.checks.check import Check, CheckSettings

FINDINGS = pl.Schema(
    {
        **dict[str, Any](FOUND),
        "file": pl.UInt16,
        "id": pl.String,  # null: the line is not an example, or the finding is about the whole set
        "keeper": pl.UInt32,  # position of the example that stays, for duplicates
        "related": pl.List(pl.UInt32),  # positions of at most five others
    }
)


_FAMILIES = ("structure", "agents", "reasoning", "rewards", "media")
ADDED = "added"
"""Stands in the place of a file's name where an example was added by a person."""
_MOST, _FEWEST_ALIKE = 0.5, 20
"""Share of the examples, and how many at least, that make one habit of the set of what is said of each."""


def _defaults() -> pl.DataFrame:
    """Severity and suggestion of each check."""
    from curator.checks.catalogue import CHECKS

    columns = {
        "check": [check.name for check in CHECKS],
        "default_severity": [check.severity for check in CHECKS],
        "default_suggestion": [check.suggestion for check in CHECKS],
    }
    return pl.DataFrame(columns)


def all_findings(
    loaded: Loaded, checks: "tuple[Check, ...]", settings: "CheckSettings", more: Iterable[pl.DataFrame] = ()
) -> pl.DataFrame:
    """`FINDINGS` of blocks and judges, and `more` (`FOUND`, perhaps with keeper and related; row is the position)."""
    frames = [loaded.findings]
    frames += [found(check.name, check.judge(loaded.facts, settings)) for check in checks if check.judge is not None]
    frames += more
    together = pl.concat([_complete(frame) for frame in frames if len(frame)] or [_complete(nothing_found())])
    wanted = pl.DataFrame({"check": [check.name for check in checks]}, schema={"check": pl.String})
    habits = [check.name for check in checks if check.family in _FAMILIES and check.severity != "error"]
    of_own = pl.col("check").is_in([check.name for check in checks if check.family == "own"])
    failed = of_own & pl.col("row").is_null() & ~is_on_lines()  # said once, not for each block
    chosen = together.join(wanted, on="check", how="semi")
    chosen = chosen.filter(~failed | (pl.int_range(pl.len()).over("check", failed) == 0))
    chosen = chosen.with_columns(pl.when(~failed).then("file").alias("file"))
    once = _habits_once(chosen, habits, len(loaded.facts))
    return _placed(once, loaded.facts)


def _habits_once(findings: pl.DataFrame, habits: list[str], examples: int) -> pl.DataFrame:
    """`findings` in which what one of the checks `habits` says alike of most examples is one finding on the set."""
    said = ("check", "message", "severity")
    alike = findings.filter(pl.col("check").is_in(habits) & pl.col("row").is_not_null())
    counts = alike.group_by(said, maintain_order=True).agg(pl.col("row").n_unique().alias("examples"))
    shared = counts.filter(pl.col("examples") >= max(_FEWEST_ALIKE, examples * _MOST + 1))
    if shared.is_empty():
        return findings
    sentence = [
        f"{count:,} of {examples:,} examples have this in common: {message}"
        for count, message in shared.select("examples", "message").iter_rows()
    ]
    on_the_set = _complete(shared.select("check", "severity").with_columns(pl.Series("message", sentence)))
    others = findings.join(shared, on=said, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([others, on_the_set.cast(findings.schema)])


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    missing = {name: kind for name, kind in FINDINGS.items() if name not in frame.columns}
    return frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in missing.items()).select(FINDINGS.names())


def _placed(findings: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """With file, line and id of the example, and the check's defaults where the finding says nothing."""
    locations = facts.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        pl.col("file").alias("fact_file"),
        pl.col("line").alias("fact_line"),
        "key",
        "occurrence",
    ).join(findings.select("row").drop_nulls().unique(), on="row", how="semi")
    locations = locations.with_columns(id_column()).drop("key", "occurrence").rename({"id": "fact_id"})
    return (
        findings.join(locations, on="row", how="left")
        .join(_defaults(), on="check", how="left")
        .with_columns(
            pl.coalesce("file", "fact_file").alias("file"),
            pl.coalesce("line", "fact_line").alias("line"),
            pl.col("fact_id").alias("id"),
            pl.coalesce("severity", "default_severity").alias("severity"),
            pl.coalesce("suggestion", "default_suggestion").alias("suggestion"),
        )
        .with_columns(pl.coalesce("key", _key_of_set()).alias("key"))
        .select(FINDINGS.names())
        .cast(FINDINGS)
        .sort("file", "line", "check", "message_index", "start", nulls_last=False, maintain_order=True)
    )


def _key_of_set() -> pl.Expr:
    """The key of a finding on the whole set, by its check; null for any other."""
    from curator.checks.catalogue import CHECKS

    keys = {check.name: unreadable_key(b"", f"the set: {check.name}") for check in CHECKS}
    by_check = pl.col("check").replace_strict(keys, return_dtype=pl.UInt64)
    return pl.when(pl.col("row").is_null() & ~is_on_lines()).then(by_check)


def decided_by() -> pl.Expr:
    """The id under which what a finding is about is decided: of its example, of an unreadable line, of the set."""
    digits = pl.col("key").fill_null(0).map_batches(hexadecimal, pl.String)
    return pl.coalesce("id", pl.when(pl.col("key").is_not_null()).then(digits))


def counted_together(findings: pl.DataFrame, loaded: Loaded) -> pl.DataFrame:
    """`FINDINGS` with one finding for each file and check whose lines are only counted."""
    if findings["more"].null_count() == len(findings):
        return findings
    names = pl.DataFrame({"file": range(len(loaded.sources)), "name": [read.source.name for read in loaded.sources]})
    counted = findings.filter(pl.col("more").is_not_null()).with_columns(pl.col("more").sum().over("file", "check"))
    said = pl.format("{} has {} more such lines, counted and not listed.", "name", "more")
    first = counted.unique(["file", "check"], keep="first", maintain_order=True)
    first = first.join(names.cast({"file": pl.UInt16}), on="file", maintain_order="left")
    first = first.with_columns(said.alias("message"))
    return pl.concat([findings.filter(pl.col("more").is_null()), first.select(findings.columns)])


def lines_found() -> pl.Expr:
    """How many lines some findings are on, those that are only counted among them."""
    listed = pl.struct("file", "line").filter(pl.col("more").is_null()).n_unique()
    return listed + pl.col("more").sum()


def is_on_lines() -> pl.Expr:
    """Whether a finding is on a line, or counts lines, and is not about the whole set."""
    return pl.col("line").is_not_null() | pl.col("more").is_not_null()


def severity_rank() -> pl.Expr:
    """0 for errors, 1 for warnings, 2 for infos."""
    ranks = {name: rank for rank, name in enumerate(SEVERITIES)}
    return pl.col("severity").replace_strict(ranks, return_dtype=pl.UInt8)


def published(findings: pl.DataFrame, loaded: Loaded) -> Iterator[Finding]:
    """The rows of a `FINDINGS` frame as models."""
    locations = Locations(loaded)
    for row in findings.iter_rows(named=True):
        keeper = None if row["keeper"] is None else locations.at(row["keeper"])
        others = [locations.at(position) for position in row["related"] or ()]
        yield Finding(
            check=row["check"],
            severity=row["severity"],
            example=row["id"],
            file=(ADDED if row["id"] else None) if row["file"] is None else locations.file(row["file"]),
            line=row["line"],
            message=row["message"],
            message_index=row["message_index"],
            start=row["start"],
            end=row["end"],
            score=row["score"],
            group=None if keeper is None else keeper.example,
            related=([keeper] if keeper else []) + others[:5],
            suggestion=row["suggestion"],
        )


class Locations:
    """From a position in the set to file, line and id."""

    def __init__(self, loaded: Loaded) -> None:
        self._names = [read.source.name for read in loaded.sources]
        self._files = loaded.facts["file"].to_numpy()
        self._lines = loaded.facts["line"].to_numpy()
        self._keys = loaded.facts["key"].to_numpy()
        self._occurrences = loaded.facts["occurrence"].to_numpy()

    def file(self, number: int) -> str:
        """The name of a source."""
        return self._names[number]

    def at(self, position: int) -> Place:
        """The place of the example at `position`."""
        from curator.data.identity import key_to_id

        example = key_to_id(int(self._keys[position]), int(self._occurrences[position]))
        return Place(file=self._names[self._files[position]], line=int(self._lines[position]), example=example)
