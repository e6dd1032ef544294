"""Findings about meaning: outliers, topics, and what says the same as its keeper in other words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.loading.load import Loaded, Progress
from curator.audit.meaning.meaning import MapKind, Meaning, find_meaning
from curator.audit.stages.similar import Similar, rank_of
from curator.embedding.encoders.encoder import DEFAULT_ENCODER, encoder_named
from curator.errors import MissingDependency
from curator.project.cache import Cache
from curator.reporting.model import MeaningSummary, TopicSummary

NO_EMBEDDER = "none"
"""What a person says who wants no meaning looked at."""


@dataclass(frozen=True)
class MeaningOptions:
    """How to look at meaning.

    Attributes:
        embedder: "default", "none", or a model's name or folder.
        map: how examples are laid out.
        allow_download: a model that is not on this machine may be fetched.
        demanded: a person asked for this embedder, so that its absence is a failure and not only a remark.
    """

    embedder: str = DEFAULT_ENCODER
    map: MapKind = "pca"
    allow_download: bool = False
    demanded: bool = False


@dataclass(frozen=True)
class Meant:
    """Outcome of looking at meaning.

    Attributes:
        meaning: None where it was not looked at.
        findings: `FOUND` with keeper and related; None where it was not looked at.
        missing: what was missing on this machine, as a sentence; "" where nothing was.
    """

    meaning: Meaning | None
    findings: pl.DataFrame | None
    missing: str = ""


def look_at_meaning(
    loaded: Loaded,
    cache: Cache,
    options: MeaningOptions,
    similar: Similar | None,
    decided: npt.NDArray[np.int8],
    progress: Progress,
) -> Meant:
    """Topics, outliers and semantic duplicates of a set.

    Args:
        loaded: the set.
        cache: where vectors and results are kept.
        options: with which encoder.
        similar: what the duplicate engine told; its copies are not told again. None: it did not run.
        decided: int8 [n], see `curator.audit.decided.keeper_order.keeper_rank`.
        progress: is told how far it is.

    Raises:
        WorkFailed: the disk is full, or a source was changed.
    """
    from curator.embedding.projection import require

    try:
        require(options.map)
        encoder = encoder_named(options.embedder, allow_download=options.allow_download)
        meaning = find_meaning(loaded, cache, encoder, options.map, progress)
    except MissingDependency as problem:
        return Meant(None, None, str(problem))
    rank = rank_of(loaded, loaded.findings, decided)
    return Meant(meaning, pl.concat([meaning.found, semantic_findings(meaning, rank, similar)]))


def semantic_findings(meaning: Meaning, rank: npt.NDArray[np.int64], similar: Similar | None) -> pl.DataFrame:
    """`FOUND` with keeper and related, for every example that says the same as its keeper in other words.

    Args:
        meaning: of the set.
        rank: int64 [n], lower is kept.
        similar: what the duplicate engine told: what it dropped is out, and pairs that it compared are not told again.
            None: it did not run.
    """
    from curator.embedding.keepers import between_stands, keepers, stands
    from curator.embedding.semantic_findings import semantic_duplicate_findings

    every = np.arange(len(rank))
    is_out = np.zeros(len(rank), np.bool_) if similar is None else similar.keeper != every
    stand = stands(meaning.pairs, rank, is_out)
    pairs = between_stands(meaning.pairs, stand)
    edges = pairs.select("left", "right").to_numpy().astype(np.int64)
    is_reported, is_apart = is_out[edges].any(axis=1), is_out
    if similar is not None:
        is_reported = is_reported | _compared(edges, similar)
        is_apart = is_apart | _compared(np.sort(np.stack([stand, every], axis=1), axis=1), similar)
    keeper = keepers(np.argsort(rank, kind="stable"), edges[~is_reported])[stand]
    return semantic_duplicate_findings(pairs, np.where(is_apart, every, keeper), stand)


def _compared(pairs: npt.NDArray[np.int64], similar: Similar) -> npt.NDArray[np.bool_]:
    """Which of the pairs, int64 [pairs, 2], left < right, the duplicate engine compared.

    Of examples with equal words the first represents all of them there.
    """
    known = similar.pairs.select(pl.col("left", "right").cast(pl.Int64)).with_columns(known=True)
    firsts = pl.DataFrame(np.sort(similar.first[pairs], axis=1), schema=["left", "right"]).cast(pl.Int64)
    found = firsts.join(known, on=["left", "right"], how="left", maintain_order="left")["known"]
    return found.fill_null(value=False).to_numpy()


def summary_of(meaning: Meaning, facts: pl.DataFrame, findings: pl.DataFrame) -> MeaningSummary:
    """The counts for a report.

    Args:
        meaning: of the set.
        facts: of the set.
        findings: `FINDINGS` of the set.
    """
    count = len(facts)
    rows = findings.filter(pl.col("row").is_not_null())
    about = np.bincount(rows["row"].to_numpy(), minlength=count)
    copies = rows.filter(pl.col("check").is_in(["exact-duplicate", "near-duplicate", "semantic-duplicate"]))
    tokens = facts["tokens"].cast(pl.Float64) if "tokens" in facts.columns else pl.Series(np.zeros(count))
    is_copy = np.bincount(copies["row"].unique().to_numpy(), minlength=count)
    counted = (
        pl.DataFrame({"topic": meaning.examples["topic"], "tokens": tokens, "duplicates": is_copy, "findings": about})
        .group_by("topic")
        .agg(pl.col("tokens").sum(), pl.col("duplicates").sum(), pl.col("findings").sum())
    )
    table = meaning.topics.join(counted, on="topic", how="left", maintain_order="left")
    total = max(float(tokens.sum()), 1.0)
    return MeaningSummary(
        encoder=meaning.encoder,
        threshold=meaning.threshold,
        note=meaning.note,
        unread=meaning.unread,
        pairs=len(meaning.pairs),
        semantic_duplicates=int((rows["check"] == "semantic-duplicate").sum()),
        outliers=int((rows["check"] == "outlier").sum()),
        topics=[
            TopicSummary(
                title=row["title"],
                examples=row["examples"],
                share=row["share"],
                token_share=row["tokens"] / total,
                mean_tokens=row["tokens"] / max(row["examples"], 1),
                duplicates=row["duplicates"],
                findings=row["findings"],
                thin=row["thin"],
                dominant=row["dominant"],
                add=row["add"],
            )
            for row in table.iter_rows(named=True)
        ],
    )
