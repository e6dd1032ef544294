"""What a set means: topics, outliers, semantic duplicates and the map, from the vectors of its examples.

Everything is kept on disk by content and encoder. What hangs on decisions (who of two paraphrases stays) is made anew
each time from what is kept, which takes milliseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.loading.load import Loaded, Progress
from curator.audit.loading.reread import originals_at
from curator.data.batches import batch_of
from curator.data.frames import read_frame
from curator.data.mapped import mapped
from curator.data.text import view_texts
from curator.project.cache import Cache, cache_key

if TYPE_CHECKING:
    from curator.audit.meaning.cached_vectors import Embedded
    from curator.embedding.encoders.encoder import Encoder
    from curator.embedding.neighbors.nearest import Neighbours
    from curator.embedding.topics.assignment import Topics

VERSION = 9
"""Counts up when what is found in unchanged data would change, or what is kept about it."""

MapKind = Literal["pca", "umap"]
MEANING_CHECKS = ("semantic-duplicate", "outlier", "thin-topic", "dominant-topic")

EXAMPLES = pl.Schema(
    {
        "topic": pl.Int32(),  # its number; -1 for an example without text
        "x": pl.Float32(),  # place on the map, 0 to 1
        "y": pl.Float32(),
        "unusual": pl.Float32(),  # outlier score, in deviations; null for an example without text
    }
)
"""A row per example, in order of position."""

TOPICS = pl.Schema(
    {
        "topic": pl.Int32(),
        "title": pl.String(),
        "examples": pl.UInt32(),
        "share": pl.Float64(),  # of the examples with text
        "thin": pl.Boolean(),
        "dominant": pl.Boolean(),
        "add": pl.UInt32(),  # examples that bring a thin topic to half the average size; 0 for others
        "typical": pl.List(pl.UInt32()),  # positions of the examples nearest to its middle, nearest first
    }
)
"""A row per topic, the largest first."""


@dataclass(frozen=True)
class Meaning:
    """What a set means.

    Attributes:
        examples: `EXAMPLES`.
        topics: `TOPICS`.
        pairs: `PAIRS` of kind semantic, sorted: what says the same; see `semantic_pairs`.
        found: findings of outliers and topics, `FOUND` with keeper and related; `row` is the position.
        encoder: its name.
        threshold: cosine of the pairs.
        note: a sentence on how neighbours were searched.
        key: of the vectors in the cache.
        unread: examples that the encoder does not read, by script.
    """

    examples: pl.DataFrame
    topics: pl.DataFrame
    pairs: pl.DataFrame
    found: pl.DataFrame
    encoder: str
    threshold: float
    note: str
    key: str
    unread: dict[str, int]


def map_coordinates(examples: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Where each of `EXAMPLES` is on the map: from the left and from below, in percent; NaN where it has no topic."""
    coordinates = np.where(examples["topic"].to_numpy()[:, None] >= 0, examples.select("x", "y").to_numpy(), np.nan)
    if np.isnan(coordinates).all():
        return coordinates
    low, high = np.nanmin(coordinates, axis=0), np.nanmax(coordinates, axis=0)
    percent: npt.NDArray[np.float64] = (coordinates - low) / np.where(high > low, high - low, 1) * 100
    return percent


_PARTS = ("examples", "topics", "pairs", "found", "about")


def find_meaning(loaded: Loaded, cache: Cache, encoder: "Encoder", kind: MapKind, progress: Progress) -> Meaning:
    """What the set means to `encoder`; from the cache where nothing changed.

    Raises:
        MissingDependency: the map is to be made by UMAP, which is not installed.
        WorkFailed: the disk is full, or a source was changed.
    """
    from curator.audit.meaning.cached_vectors import VERSION as VECTORS
    from curator.audit.meaning.cached_vectors import note_vectors

    note_vectors(loaded, encoder, cache)
    key = cache_key(VERSION, VECTORS, encoder.key, encoder.threshold, kind, loaded.facts["key"].to_numpy())
    paths = [cache.entry(f"{key}-{part}") for part in _PARTS]
    if all(path is not None for path in paths):
        return meaning_of(*(read_frame(path) for path in paths if path is not None))
    known = _found_anew(loaded, cache, encoder, kind, progress)
    for part, frame in zip(_PARTS, frames_of(known), strict=True):
        cache.store(f"{key}-{part}", frame.write_ipc)
    return known


def frames_of(meaning: Meaning) -> tuple[pl.DataFrame, ...]:
    """As frames that can be kept: examples, topics, pairs, found, about."""
    about = {name: [getattr(meaning, name)] for name in ("encoder", "threshold", "note", "key")}
    unread = {"unread": [msgspec.json.encode(meaning.unread).decode()]}
    return meaning.examples, meaning.topics, meaning.pairs, meaning.found, pl.DataFrame(about | unread)


def meaning_of(
    examples: pl.DataFrame, topics: pl.DataFrame, pairs: pl.DataFrame, found: pl.DataFrame, about: pl.DataFrame
) -> Meaning:
    """From the frames of `frames_of`."""
    known = about.row(0, named=True)
    return Meaning(examples, topics, pairs, found, **known | {"unread": msgspec.json.decode(known["unread"])})


def _found_anew(loaded: Loaded, cache: Cache, encoder: "Encoder", kind: MapKind, progress: Progress) -> Meaning:
    from curator.audit.meaning.cached_vectors import embedded
    from curator.audit.runners.local import cores
    from curator.embedding.neighbors.exact_knn import neighbours_of_some
    from curator.embedding.outliers.detection import outliers, surprisal
    from curator.embedding.projection import layout
    from curator.embedding.semantic_duplicates import semantic_pairs
    from curator.embedding.semantic_findings import RELATED, outlier_findings, topic_findings
    from curator.embedding.topics.assignment import topics
    from curator.embedding.topics.titles import titled

    embedded_set = embedded(loaded, encoder, cache, progress)
    examined = outliers(embedded_set.vectors, surprisal(embedded_set.words))
    pairs, note = semantic_pairs(embedded_set.vectors, embedded_set.words.numbers, encoder.threshold, cores())
    about = topics(embedded_set.vectors)
    views = views_at(
        loaded, [*examined.flagged, *(at for topic in about.topics for at in topic.representatives)], cache
    )
    texts = {at: f"{prompt}\n{answer}".strip() for at, (prompt, answer) in views.items()}
    about = titled(about, texts)
    coordinates = layout(embedded_set.vectors, kind)
    examples = pl.DataFrame(
        {"topic": about.label, "x": coordinates[:, 0], "y": coordinates[:, 1], "unusual": examined.score},
        nan_to_null=True,
    ).cast(EXAMPLES)
    others = neighbours_of_some(embedded_set.vectors.full_text, examined.flagged, RELATED)
    return Meaning(
        examples=examples,
        topics=_topic_frame(about),
        pairs=pairs,
        found=pl.concat([outlier_findings(examined, *others, encoder.threshold, about, texts), topic_findings(about)]),
        encoder=encoder.name,
        threshold=encoder.threshold,
        note=note,
        key=embedded_set.key,
        unread=embedded_set.unread,
    )


def neighbours_of(embedded_set: "Embedded", cache: Cache) -> "Neighbours":
    """The 30 nearest others of every example; from the cache where possible."""
    from curator.audit.meaning.cached_vectors import NEAREST
    from curator.audit.runners.local import cores
    from curator.embedding.neighbors.nearest import load_neighbours, neighbours, save_neighbours

    key = f"{embedded_set.key}-{NEAREST}"
    path = cache.entry(key)
    if path is not None:
        return load_neighbours(path)
    found = neighbours(embedded_set.vectors, threads=cores())
    cache.store(key, partial(save_neighbours, found))
    return found


def views_at(loaded: Loaded, positions: Iterable[int], cache: Cache | None = None) -> dict[int, tuple[str, str]]:
    """Prompt and answer of the examples at `positions`, by position: from the cache while it has the set's views."""
    views: dict[int, tuple[str, str]] = {}
    wanted = {int(at) for at in positions}
    kept = [] if cache is None else [cache.entry(placed.views_key) for placed in loaded.placed]
    if kept and all(path is not None for path in kept):
        first = 0
        for path, placed in zip(kept, loaded.placed, strict=True):
            here = [at for at in wanted if first <= at < first + placed.examples]
            if here and path is not None:
                rows = mapped(path).select("prompt", "answer")[[at - first for at in here]].iter_rows()
                views |= zip(here, rows, strict=True)
            first += placed.examples
        return views
    for file, found in groupby(originals_at(loaded, wanted), lambda original: original.file):
        some = list(found)
        batch = batch_of([original.content for original in some], loaded.sources[file].recognised.dialect.kind)
        rows = view_texts(batch).select("prompt", "answer").iter_rows()
        views |= zip((original.position for original in some), rows, strict=True)
    return views


def _topic_frame(about: "Topics") -> pl.DataFrame:
    from curator.embedding.semantic_findings import what_to_add

    rows = [
        (
            topic.number,
            topic.title,
            topic.size,
            topic.share,
            topic.is_thin,
            topic.is_dominant,
            what_to_add(about, topic),
            topic.representatives[:20],
        )
        for topic in about.topics
    ]
    return pl.DataFrame(rows, schema=TOPICS, orient="row")
