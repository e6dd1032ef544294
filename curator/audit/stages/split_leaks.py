"""What leaks in a split that is there already: a saved one, or files that are one by their names."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from curator.data.frames import FOUND, read_frame
from curator.project.cache import Cache, cache_key
from curator.project.saved_split import TEST, TRAIN, VALIDATION, Splits

if TYPE_CHECKING:
    from collections.abc import Callable

    from curator.duplicates.corpus import Corpus
    from curator.embedding.paraphrases import Prompts

VERSION = 4
"""Counts up when the findings of an unchanged split would change."""

LEAKS = pl.Schema({**FOUND, "related": pl.List(pl.UInt32)})
_BEFORE = {VALIDATION: ((TRAIN,), "training"), TEST: ((TRAIN, VALIDATION), "training or validation")}


def leak_findings(
    corpus: "Corpus",
    splits: Splits,
    threshold: float,
    cache: Cache,
    key: str,
    *,
    taken_apart: bool,
    prompts: "Callable[[], Prompts] | None" = None,
) -> pl.DataFrame:
    """`LEAKS` with `split-leak`, for every held-out example that leaks; `row` is the position.

    Args:
        corpus: the set.
        splits: int8 [n], -1 for an example without a side.
        threshold: similarity from which an example leaks.
        cache: keeps the outcome.
        key: equal where set and threshold are.
        taken_apart: whether the split divided what was too large to keep together: then similarity alone is a warning.
        prompts: gives those of the set; None: meaning is not compared.
    """
    key = cache_key(VERSION, key, threshold, taken_apart, prompts is not None, splits)
    known = cache.entry(f"{key}-leaks")
    if known is not None:
        return read_frame(known)
    asked = None if prompts is None else prompts()
    frames = [_of_side(corpus, splits, side, threshold, asked) for side in (VALIDATION, TEST)]
    leaking = pl.concat(frames).filter("leaks")
    by_prompt = pl.col("same_prompt").is_not_null()
    found = leaking.select(
        pl.lit("split-leak").alias("check"),
        pl.when(by_prompt | pl.lit(not taken_apart))
        .then(pl.lit(None, pl.String))
        .otherwise(pl.lit("warning"))
        .alias("severity"),
        pl.col("position").alias("row"),
        pl.when(by_prompt)
        .then(pl.format("It asks the same as an example in {}.", "where"))
        .when(pl.col("paraphrase").is_not_null())
        .then(
            pl.format(
                "It asks in other words what an example in {} asks (cosine {}).", "where", pl.col("cosine").round(2)
            )
        )
        .otherwise(
            pl.format(
                "It is {} % the same as an example in {}.", (pl.col("similarity") * 100).floor().cast(pl.Int32), "where"
            )
        )
        .alias("message"),
        pl.coalesce("cosine", "similarity").alias("score"),
        pl.concat_list(pl.coalesce("same_prompt", "paraphrase", "nearest")).alias("related"),
    )
    missing = [pl.lit(None, kind).alias(name) for name, kind in LEAKS.items() if name not in found.columns]
    result = found.with_columns(missing).select(LEAKS.names()).cast(LEAKS)
    cache.store(f"{key}-leaks", result.write_ipc)
    return result


def _of_side(corpus: "Corpus", splits: Splits, side: int, threshold: float, prompts: "Prompts | None") -> pl.DataFrame:
    """`NEAREST` by position in the set, and `where` it was looked up."""
    from curator.audit.runners.local import cores
    from curator.duplicates.containment.leaks import leaks
    from curator.embedding.paraphrases import paraphrases_of

    before, where = _BEFORE[side]
    held, others = np.flatnonzero(splits == side), np.flatnonzero(np.isin(splits, before))
    found = leaks(corpus.at(others), corpus.at(held), threshold)
    if prompts is not None:
        checked = held[found.nearest["position"].to_numpy()]
        found = found.with_paraphrases(*paraphrases_of(prompts.at(others), prompts.at(checked), cores()))
    nearest = found.nearest
    there = pl.Series(others, dtype=pl.UInt32)
    return nearest.with_columns(
        pl.Series("position", held[nearest["position"].to_numpy()], dtype=pl.UInt32),
        there.gather(nearest["nearest"]).alias("nearest"),
        there.gather(nearest["same_prompt"]).alias("same_prompt"),
        there.gather(nearest["paraphrase"]).alias("paraphrase"),
        pl.lit(where).alias("where"),
    )
