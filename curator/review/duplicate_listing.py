"""The duplicates of opened data at any threshold: pairs by relation, and groups with their keepers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from curator.audit.engine import Audit
from curator.audit.findings import Locations
from curator.audit.ids import ids_of
from curator.audit.loading.load import Loaded, Progress
from curator.audit.open_data import Opened
from curator.audit.reports.outputs import pair_models
from curator.audit.stages.similar import rank_of
from curator.audit.stages.similar_pairs import compared
from curator.data.finding import Pair
from curator.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from curator.duplicates.corpus import Corpus
    from curator.duplicates.groups import Groups
    from curator.duplicates.search import Duplicates, Engine

RELATIONS = ("copy", "same-prompt", "same-answer", "template")
LISTED = RELATIONS[:3]
"""What is listed unless asked for: what only shares a template is no duplicate."""


@dataclass(frozen=True)
class DuplicateListing:
    """What is similar to what.

    Attributes:
        loaded: the set.
        corpus: the set as the duplicate engine sees it.
        duplicates: what was found in it.
        groups: who is kept for whom, at the threshold that was asked for.
        relations: which relations are listed.
        is_checked: whether findings count in who is kept; else only decisions, lengths and places do.
    """

    loaded: Loaded
    corpus: "Corpus"
    duplicates: "Duplicates"
    groups: "Groups"
    relations: tuple[str, ...]
    is_checked: bool

    @property
    def pairs(self) -> pl.DataFrame:
        """The listed pairs, in order of position."""
        return self.groups.pairs.filter(pl.col("relation").is_in(self.relations))

    def members(self) -> pl.DataFrame:
        """`keeper`, `member`, `exact`, `similarity` (to the keeper), `plain` of every example that is not kept."""
        from curator.duplicates.verify.named_pairs import compare_named

        keeper = self.groups.keeper
        member = np.flatnonzero(keeper != np.arange(len(keeper)))
        named = compare_named(
            self.corpus, self.duplicates.template_shingles, member, keeper[member], self.groups.threshold
        )
        return named.select(
            pl.col("right").alias("keeper"),
            pl.col("left").alias("member"),
            "exact",
            pl.when(pl.Series(self.corpus.text_only[member], dtype=pl.Boolean))
            .then("whole")
            .otherwise(pl.min_horizontal("prompt", "answer"))
            .alias("similarity"),
            "plain",
        ).sort("keeper", "member")

    def published(self) -> Iterator[Pair]:
        """The listed pairs as models."""
        return pair_models(self.pairs, Locations(self.loaded))


def relations_named(text: str | None) -> tuple[str, ...]:
    """The relations of a list such as `copy,same-prompt`, or `all`.

    Raises:
        UsageError: there is no such relation.
    """
    if text is None:
        return LISTED
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["all"]:
        return RELATIONS
    unknown = [name for name in names if name not in RELATIONS]
    if unknown or not names:
        hint = did_you_mean(unknown[0], (*RELATIONS, "all")) if unknown else ""
        known = f"There are {', '.join(RELATIONS)}, and all."
        raise UsageError(f"There is no relation '{', '.join(unknown)}'.{hint} {known}")
    return tuple(name for name in RELATIONS if name in names)


def list_duplicates(
    opened: Opened, threshold: float | None, relations: tuple[str, ...], engine: "Engine", progress: Progress
) -> DuplicateListing:
    """Find what is similar from a threshold on. What an audit found of these files is used; none is made for it.

    Raises:
        CuratorError: see `curator.audit.engine.read_examples`.
    """
    from curator.duplicates.groups import group
    from curator.duplicates.search import find

    audit = opened.examples(progress, compare=True)
    usual = audit.options.duplicate_threshold
    threshold = usual if threshold is None else threshold
    progress("finding duplicates", 0, 1)
    comparison = compared(audit.loaded, opened.project.cache, min(threshold, usual))
    duplicates = comparison.duplicates
    if engine != "curator" or "template" in relations:
        duplicates = find(comparison.corpus, threshold, engine=engine, list_templates="template" in relations)
    rank = rank_of(audit.loaded, audit.loaded.findings, _verdicts(opened, audit))
    groups = group(comparison.corpus, duplicates, rank, threshold)
    return DuplicateListing(audit.loaded, comparison.corpus, duplicates, groups, relations, audit.checked)


def _verdicts(opened: Opened, audit: Audit) -> np.ndarray:
    """As `curator.audit.decided.keeper_order.keeper_rank` takes them."""
    state, ids = opened.state(), ids_of(audit.loaded)
    kept = state.filter((pl.col("status") == "keep") & pl.col("by_person"))["id"]
    dropped = state.filter(pl.col("status") == "drop")["id"]
    is_kept, is_dropped = (ids.is_in(some.implode()).to_numpy().astype(np.int8) for some in (kept, dropped))
    return is_kept - is_dropped


def write_index(listing: DuplicateListing, path: str, allowed: int) -> int:
    """Write the set's signatures for datasketch, a new file with at most the permissions `allowed`; how many.

    Raises:
        UsageError: the place cannot be written to.
    """
    from curator.duplicates.minhash.index import save_index

    if Path(path).is_dir() or not Path(path).resolve().parent.is_dir():
        raise UsageError(f"The index cannot be written to {path}: name a file in a folder that exists.")
    return save_index(listing.corpus, ids_of(listing.loaded), Path(path), allowed)
