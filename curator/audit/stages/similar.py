"""Duplicates of a loaded set: pairs, keepers, and the findings they make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from curator.audit.decided.keeper_order import keeper_rank
from curator.audit.loading.load import Loaded
from curator.audit.stages.similar_pairs import compared, features_key, note_comparison
from curator.data.frames import FOUND, read_frame
from curator.project.cache import Cache, cache_key
from curator.reporting.model import DuplicateSummary

if TYPE_CHECKING:
    from curator.duplicates.conflicts import Conflicts

VERSION = 6
"""Counts up when the findings of unchanged data would change, or what is kept about them."""

_PARTS = ("pairs", "keeper", "findings", "summary")


@dataclass(frozen=True)
class Similar:
    """What is similar in a set.

    Attributes:
        pairs: pairs from the threshold up, left and right as positions; see `curator.duplicates.relations`. Of
            examples with equal words the first represents all.
        keeper: int64, shape (examples,): the position of each example's keeper; its own where it is one.
        first: int64, shape (examples,): see `curator.duplicates.search.Duplicates`.
        exact_first: int64, shape (examples,): see there.
        findings: `FOUND` with keeper; `row` is the position.
        summary: the counts.
    """

    pairs: pl.DataFrame
    keeper: np.ndarray
    first: np.ndarray
    exact_first: np.ndarray
    findings: pl.DataFrame
    summary: DuplicateSummary


def find_similar(
    loaded: Loaded, cache: Cache, findings: pl.DataFrame, decided: np.ndarray, threshold: float
) -> Similar:
    """Find the duplicates of a set whose blocks were prepared, or take them from the cache where nothing changed.

    Args:
        loaded: the set.
        cache: that holds the prepared blocks.
        findings: of the other checks, for the keeper order.
        decided: int8, shape (examples,): see `keeper_rank`.
        threshold: similarity from which two texts are similar.
    """
    rank = rank_of(loaded, findings, decided)
    key = cache_key(VERSION, loaded.fingerprint, threshold, features_key(loaded), rank)
    known = _from_cache(cache, key)
    note_comparison(loaded, cache, threshold)
    if known is None:
        known = _found_anew(loaded, cache, rank, threshold)
        _to_cache(cache, key, known)
    return known


def rank_of(loaded: Loaded, findings: pl.DataFrame, decided: np.ndarray) -> np.ndarray:
    """The keeper order of a set: see `keeper_rank`; a finding without a severity has its check's."""
    if not len(findings):
        return keeper_rank(loaded.facts, findings, decided)
    from curator.checks.catalogue import CHECKS

    severities = {check.name: check.severity for check in CHECKS}
    severity = pl.coalesce("severity", pl.col("check").replace_strict(severities)).alias("severity")
    return keeper_rank(loaded.facts, findings.with_columns(severity), decided)


def _from_cache(cache: Cache, key: str) -> Similar | None:
    paths = [cache.entry(f"{key}-{part}") for part in _PARTS]
    if any(path is None for path in paths):
        return None
    pairs, keeper, findings, summary = (read_frame(path) for path in paths if path is not None)
    return similar_of(pairs, keeper, findings, summary)


def similar_of(pairs: pl.DataFrame, keeper: pl.DataFrame, findings: pl.DataFrame, summary: pl.DataFrame) -> Similar:
    """From the frames of `frames_of`."""
    keepers, first, exact_first = (keeper[name].to_numpy() for name in ("keeper", "first", "exact_first"))
    counts = DuplicateSummary.model_validate_json(summary["summary"].item())
    return Similar(pairs, keepers, first, exact_first, findings, counts)


def frames_of(similar: Similar) -> tuple[pl.DataFrame, ...]:
    """As frames that can be kept: pairs, keeper, findings, summary."""
    keeper = {"keeper": similar.keeper, "first": similar.first, "exact_first": similar.exact_first}
    counts = pl.DataFrame({"summary": [similar.summary.model_dump_json()]})
    return similar.pairs, pl.DataFrame(keeper), similar.findings, counts


def _to_cache(cache: Cache, key: str, similar: Similar) -> None:
    for part, frame in zip(_PARTS, frames_of(similar), strict=True):
        cache.store(f"{key}-{part}", frame.write_ipc)


def _contradictions(loaded: Loaded, cache: Cache, conflicting: "Conflicts") -> pl.Series:
    """Of each pair whether its answers cannot both be right; not looked at where several answers are the habit."""
    from curator.audit.meaning.meaning import views_at
    from curator.checks.languages.open_tasks import contradict

    ends = conflicting.pairs.select("position", "other")
    if conflicting.is_habit:
        return pl.repeat(False, len(ends), dtype=pl.Boolean, eager=True)
    views = views_at(loaded, np.unique(ends.to_numpy()).tolist(), cache)
    wrong = [contradict(*views[left], views[right][1]) for left, right in ends.iter_rows()]
    return pl.Series(wrong, dtype=pl.Boolean)


def _found_anew(loaded: Loaded, cache: Cache, rank: np.ndarray, threshold: float) -> Similar:
    from curator.duplicates.conflicts import conflicts
    from curator.duplicates.findings import conflict_findings, duplicate_findings
    from curator.duplicates.groups import group

    comparison = compared(loaded, cache, threshold)
    corpus, duplicates = comparison.corpus, comparison.duplicates
    groups = group(corpus, duplicates, rank)
    conflicting = conflicts(corpus)
    real = _contradictions(loaded, cache, conflicting)
    found = pl.concat([duplicate_findings(corpus, duplicates, groups), conflict_findings(conflicting, real)])
    every = np.arange(len(corpus))
    exact = groups.exact_keeper != every
    summary = DuplicateSummary(
        threshold=threshold,
        recall=duplicates.recall,
        exact=int(exact.sum()),
        near=int(((groups.keeper != every) & ~exact).sum()),
        groups=len(np.unique(groups.keeper[groups.keeper != every])),
        conflicts=conflicting.conflicting,
        templates=len(duplicates.templates),
        pairs=dict(groups.pairs.group_by(pl.col("relation").cast(pl.String)).len().sort("relation").iter_rows()),
        incomplete=list(duplicates.incomplete),
    )
    findings = _as_findings(found)
    return Similar(groups.pairs, groups.keeper, duplicates.first, duplicates.exact_first, findings, summary)


def _as_findings(found: pl.DataFrame) -> pl.DataFrame:
    """`FOUND` with keeper and related, of what the duplicate engine reports by position."""
    found = found.rename({"position": "row"})
    missing = [pl.lit(None, kind).alias(name) for name, kind in FOUND.items() if name not in found.columns]
    return found.with_columns(missing).select(*FOUND.names(), "keeper", "related")
