"""Findings about meaning: outliers, topics, and what says the same as its keeper in other words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.embedding.encoder import DEFAULT_ENCODER, encoder_named
from curator.errors import MissingDependency
from curator.project.cache import Cache
from curator.workflow.loading import Loaded, Progress
from curator.workflow.meaning import MapKind, Meaning, find_meaning
from curator.workflow.similar import Similar, rank_of

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
    kept: npt.NDArray[np.bool_],
    progress: Progress,
) -> Meant:
    """Topics, outliers and semantic duplicates of a set.

    Args:
        loaded: the set.
        cache: where vectors and results are kept.
        options: with which encoder.
        similar: what the duplicate engine told; its copies are not told again. None: it did not run.
        kept: bool [n], whether a person decided to keep the example; of two paraphrases it is the keeper.
        progress: is told how far it is.

    Raises:
        WorkFailed: the disk is full, or a source was changed.
    """
    from curator.embedding.layout import require

    try:
        require(options.map)
        encoder = encoder_named(options.embedder, allow_download=options.allow_download)
        meaning = find_meaning(loaded, cache, encoder, options.map, progress)
    except MissingDependency as problem:
        return Meant(None, None, str(problem))
    lexical = None if similar is None else told_already(meaning, similar.pairs, similar.keeper)
    rank = rank_of(loaded, loaded.findings, kept)
    return Meant(meaning, pl.concat([meaning.found, semantic_findings(meaning, rank, lexical)]))


def semantic_findings(meaning: Meaning, rank: npt.NDArray[np.int64], lexical: pl.DataFrame | None) -> pl.DataFrame:
    """`FOUND` with keeper and related, for every example that says the same as its keeper in other words.

    Args:
        meaning: of the set.
        rank: int64 [n], lower is kept.
        lexical: left, right and keeper of what the duplicate engine has told already; see `told_already`.
    """
    from curator.embedding.duplicates import keepers
    from curator.embedding.finding import semantic_duplicate_findings

    pairs = meaning.pairs if lexical is None else meaning.pairs.join(lexical, on=["left", "right"], how="anti")
    pairs = pairs.sort("left", "right")
    order = np.argsort(rank, kind="stable")
    return semantic_duplicate_findings(pairs, keepers(order, pairs.select("left", "right").to_numpy()))


def told_already(meaning: Meaning, pairs: pl.DataFrame, keeper: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Those of the semantic pairs that the duplicate engine compared (it knows their relation), or dropped an end of.

    Args:
        meaning: of the set.
        pairs: lexical pairs, left and right as positions.
        keeper: int64 [n], each example's lexical keeper.
    """
    ends = meaning.pairs.select("left", "right").to_numpy().astype(np.int64)
    is_dropped = (keeper[ends] != ends).any(axis=1)
    known = pairs.select(pl.col("left").cast(pl.UInt32), pl.col("right").cast(pl.UInt32), told=True)
    joined = meaning.pairs.select("left", "right").join(known, on=["left", "right"], how="left", maintain_order="left")
    return joined.filter(pl.col("told").fill_null(value=False) | pl.Series(is_dropped)).select("left", "right").unique()


def semantic_edges(meaning: Meaning | None) -> npt.NDArray[np.int64] | None:
    """int64 [pairs, 2], left < right: what must stay on one side of a split. None where meaning was not looked at."""
    return None if meaning is None else meaning.pairs.select("left", "right").to_numpy().astype(np.int64)
