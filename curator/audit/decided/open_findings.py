"""The findings that stay open on what is kept: of the audit, and anew of what was edited or added."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import polars as pl

from curator.audit.engine import Audit
from curator.audit.loading.derive import DerivePlan, derive
from curator.checks.catalogue import CHECKS, chosen
from curator.data.batches import batch_of
from curator.data.content import content_of
from curator.targets.capabilities import kind_of

Names = tuple[str, ...]
"""Findings of one example, `check/severity` each, every one once."""

_TOGETHER = 1000
"""Edited or added examples that are checked at once."""


def open_findings(audit: Audit) -> Iterator[Names]:
    """What the audit found in each example, in order."""
    named = audit.findings.filter(pl.col("row").is_not_null() & pl.col("id").is_not_null()).select(
        "row", pl.format("{}/{}", "check", "severity").alias("name")
    )
    together = named.unique().sort("row", "name").group_by("row").agg(pl.col("name").str.join("\n"))
    every = pl.DataFrame({"row": pl.int_range(len(audit.loaded.facts), dtype=pl.UInt32, eager=True)})
    for found in every.join(together, on="row", how="left", maintain_order="left")["name"]:
        yield () if found is None else tuple(found.split("\n"))


def findings_as_written(audit: Audit, contents: Mapping[str, str]) -> dict[str, Names]:
    """What the checks of the audit find in examples as they were edited or added; `contents` is JSON by id.

    Only checks that look at one example at a time can say something of them.
    """
    options = audit.options
    checks = tuple(check.name for check in chosen(options.select, options.ignore) if check.find is not None)
    plan = DerivePlan("chat", (), checks, options.settings, options.tokenizer, False, False, elements=False)
    default = {check.name: check.severity for check in CHECKS}
    by_kind = defaultdict(list)
    for id_, text in contents.items():
        content = content_of(text)
        by_kind[kind_of(content)].append((id_, content))
    result: dict[str, Names] = dict.fromkeys(contents, ())
    for kind, examples in by_kind.items():
        for first in range(0, len(examples), _TOGETHER):
            some = examples[first : first + _TOGETHER]
            found = derive(batch_of([content for _, content in some], kind), plan).findings
            names: dict[int, set[str]] = defaultdict(set)
            for row, check, severity in found.select("row", "check", "severity").iter_rows():
                names[row].add(f"{check}/{severity or default[check]}")
            result |= {id_: tuple(sorted(names[row])) for row, (id_, _) in enumerate(some)}
    return result
