"""The pairs of a set: from the cache where nothing changed, and only what is new compared where little did."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from curator.audit.loading.load import Loaded
from curator.data.frames import Batch, read_frame
from curator.duplicates.versions import RESULT
from curator.project.cache import Cache, cache_key

if TYPE_CHECKING:
    from curator.duplicates.corpus import Corpus
    from curator.duplicates.search import Duplicates, Earlier

_IDENTITY = ("key", "occurrence", "is_text")


@dataclass(frozen=True)
class ComparedCorpus:
    """A set as the duplicate engine sees it, and the pairs in it.

    Attributes:
        corpus: the examples by position.
        duplicates: what was found.
        key: equal where set and threshold are.
    """

    corpus: "Corpus"
    duplicates: "Duplicates"
    key: str


def compared(loaded: Loaded, cache: Cache, threshold: float) -> ComparedCorpus:
    """Compare the examples of a set whose blocks were prepared.

    Examples that were there when a set of this project was last compared are not compared with each other again.

    Args:
        loaded: the set.
        cache: that holds the prepared blocks, and what was compared before.
        threshold: similarity from which two texts are similar.
    """
    from curator.duplicates import stored
    from curator.duplicates.search import find

    corpus = corpus_of(loaded, cache)
    key, latest = _names(loaded, threshold)
    known = cache.entry(f"{key}-compared")
    if known is not None:
        return ComparedCorpus(corpus, stored.load(known), key)
    identity = _identity(loaded)
    then, earlier = _earlier(identity, cache, latest)
    duplicates = find(corpus, threshold, earlier=earlier)
    cache.store(f"{key}-compared", lambda path: stored.save(duplicates, path))
    cache.store(latest, identity.with_columns(pl.lit(key).alias("compared")).write_ipc)
    if then is not None:
        cache.remove(then)
    return ComparedCorpus(corpus, duplicates, key)


def note_comparison(loaded: Loaded, cache: Cache, threshold: float) -> None:
    """Note in the cache that the comparison of a set is still needed, without looking at it."""
    key, latest = _names(loaded, threshold)
    cache.used |= {f"{key}-compared", latest}


def _names(loaded: Loaded, threshold: float) -> tuple[str, str]:
    """The key of a comparison, and the name under which the latest one at this threshold is found."""
    return cache_key(RESULT, threshold, features_key(loaded)), f"latest-{RESULT}-{cache_key(threshold)}"


def compared_with(comparison: ComparedCorpus, batches: Iterable[Batch]) -> ComparedCorpus:
    """The comparison of a set and, after its last position, the examples of `batches`; only those are compared."""
    from curator.data.text import view_texts
    from curator.duplicates.block_features import block_features
    from curator.duplicates.corpus import assemble
    from curator.duplicates.search import Earlier, find

    added = [block_features(view_texts(batch)) for batch in batches]
    corpus = assemble([*comparison.corpus.blocks, *added])
    before = comparison.duplicates
    duplicates = find(corpus, before.threshold, earlier=Earlier(before, np.arange(before.examples)))
    made_of = (part for block in added for part in (block.shingles, block.equal_text))
    return ComparedCorpus(corpus, duplicates, cache_key(comparison.key, *made_of))


def corpus_of(loaded: Loaded, cache: Cache) -> "Corpus":
    """The prepared blocks of a set as one."""
    from curator.duplicates.block_features import BlockFeatures
    from curator.duplicates.corpus import assemble

    return assemble(BlockFeatures.load(cache.required(placed.features_key or "")) for placed in loaded.placed)


def has_features(loaded: Loaded, cache: Cache) -> bool:
    """Whether all blocks of a set are prepared for comparing examples."""
    keys = (placed.features_key for placed in loaded.placed)
    return all(key is not None and cache.entry(key) is not None for key in keys)


def features_key(loaded: Loaded) -> str:
    """Equal where the prepared blocks of two sets are."""
    return cache_key([placed.features_key for placed in loaded.placed])


def _identity(loaded: Loaded) -> pl.DataFrame:
    """What tells an example from all others, and finds it again in another version of the set."""
    is_text = (pl.col("kind") == "text").alias("is_text")
    return loaded.facts.select("key", "occurrence", is_text)


def _earlier(identity: pl.DataFrame, cache: Cache, latest: str) -> "tuple[str | None, Earlier | None]":
    """What the latest comparison under this name found, its key, and where its examples are now."""
    from curator.duplicates import stored
    from curator.duplicates.search import Earlier

    path = cache.entry(latest)
    then = None if path is None else read_frame(path)
    if then is None or not len(then):
        return None, None
    key = f"{then['compared'][0]}-compared"
    compared = cache.entry(key)
    if compared is None:
        return None, None
    now = identity.with_row_index("position")
    found = then.join(now, on=_IDENTITY, how="left", maintain_order="left")["position"]
    return key, Earlier(stored.load(compared), found.cast(pl.Int64).fill_null(-1).to_numpy())
