"""The vectors of a set: kept on disk by content and encoder, so that only what is new is encoded."""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from curator.embedding.encoder import Encoder, encode_views
from curator.embedding.rarity import WordPieces, joined_pieces, word_pieces
from curator.embedding.vectors import Vectors, joined
from curator.examples.batches import read_batch
from curator.examples.dialects import MAPPING_VERSION
from curator.examples.frames import read_frame
from curator.examples.views import view_texts
from curator.project.cache import Cache
from curator.workflow.loading import Loaded, Progress
from curator.workflow.texts import source_blocks

VERSION = 1
"""Counts up when the vectors of unchanged texts would change."""

STEP = 2048
"""Examples that are encoded and kept together: with a slow encoder, what an interruption loses at most."""

WORTH_KEEPING = 2.0
"""Seconds from which a step's vectors are kept at once; with a fast encoder only the whole set's are."""

_PARTS = ("vectors", "pieces")


@dataclass(frozen=True)
class Embedded:
    """A set as an encoder sees it.

    Attributes:
        vectors: of all examples by position, mapped from the disk.
        pieces: their word pieces.
        key: equal where examples and encoder are; part of the cache keys of whatever is made of the vectors.
    """

    vectors: Vectors
    pieces: WordPieces
    key: str


def embedded(loaded: Loaded, encoder: Encoder, cache: Cache, progress: Progress) -> Embedded:
    """Vectors and word pieces of a set; examples that were in the set when it was last encoded are not encoded again.

    Raises:
        WorkFailed: the disk is full, or a source was changed; what was encoded is reused by the next run.
    """
    basis = f"{VERSION}|{MAPPING_VERSION}|{encoder.key}"
    keys = loaded.facts["key"].to_numpy()
    key = xxhash.xxh3_128_hexdigest(basis.encode() + keys.tobytes())
    stored = _stored(cache, key)
    if stored is None:
        latest = f"latest-vectors-{xxhash.xxh3_64_hexdigest(basis.encode())}"
        before = _Before(cache, latest)
        vectors, pieces, parts = _gathered(loaded, encoder, cache, progress, before, basis)
        cache.store(f"{key}-vectors", vectors.save)
        cache.store(f"{key}-pieces", pieces.save)
        cache.store(latest, pl.DataFrame({"key": keys, "set": [key] * len(keys)}).write_ipc)
        for part in {*parts, *(f"{before.set}-{name}" for name in _PARTS if before.set not in ("", key))}:
            cache.remove(part)
        del vectors
        stored = _stored(cache, key)
    assert stored is not None, "it was stored just now"
    return Embedded(*stored, key)


def _stored(cache: Cache, key: str) -> tuple[Vectors, WordPieces] | None:
    vectors, pieces = (cache.entry(f"{key}-{part}") for part in _PARTS)
    if vectors is None or pieces is None:
        return None
    return Vectors.load(vectors), WordPieces.load(pieces)


class _Before:
    """The set as it was when it was last encoded: where in it an example stood."""

    def __init__(self, cache: Cache, latest: str) -> None:
        path = cache.entry(latest)
        listed = None if path is None else read_frame(path)
        self.set = "" if listed is None or not len(listed) else str(listed["set"][0])
        self.stored = _stored(cache, self.set) if self.set else None
        keys = np.empty(0, np.uint64) if listed is None or self.stored is None else listed["key"].to_numpy()
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def positions(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Where each example stood; -1 for a new one."""
        if not len(self._sorted):
            return np.full(len(keys), -1)
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        return np.where(self._sorted[at] == keys, self._order[at], -1)


def _gathered(
    loaded: Loaded, encoder: Encoder, cache: Cache, progress: Progress, before: _Before, basis: str
) -> tuple[Vectors, WordPieces, list[str]]:
    """Vectors and word pieces of all examples in order, and the cache entries that hold those encoded now."""
    vectors, pieces, entries, first = [], [], [], 0
    keys = loaded.facts["key"].to_numpy()
    for (number, block), placed in zip(source_blocks(loaded), loaded.placed, strict=True):
        stood = before.positions(keys[first : first + placed.examples])
        views = None
        for start in range(0, placed.examples, STEP):
            part = stood[start : start + STEP]
            if (part >= 0).all() and before.stored is not None:
                vectors.append(Vectors(before.stored[0].parts[part]))
                pieces.append(before.stored[1].at(part))
                continue
            part_keys = keys[first + start : first + start + len(part)]
            # Not the key of the whole set, even where that is one step: what a step kept goes when the set is stored.
            entry = xxhash.xxh3_128_hexdigest(f"step|{basis}".encode() + part_keys.tobytes())
            known = _stored(cache, entry)
            if known is None:
                if views is None:
                    views = view_texts(read_batch(block, loaded.sources[number].recognised.dialect))
                began = time.perf_counter()
                known = _encoded(views[start : start + STEP], part, encoder, before)
                if time.perf_counter() - began > WORTH_KEEPING:
                    cache.store(f"{entry}-vectors", known[0].save)
                    cache.store(f"{entry}-pieces", known[1].save)
                    entries += [f"{entry}-{name}" for name in _PARTS]
            vectors.append(known[0])
            pieces.append(known[1])
            progress("reading meaning", first + start + len(part), len(keys))
        first += placed.examples
    return joined(vectors), joined_pieces(pieces), entries


def _encoded(
    views: pl.DataFrame, stood: npt.NDArray[np.int64], encoder: Encoder, before: _Before
) -> tuple[Vectors, WordPieces]:
    """A step's vectors and word pieces: those of examples that were there before copied, the others encoded."""
    new = np.flatnonzero(stood < 0)
    fresh = encode_views(views[new], encoder)
    parts = np.empty((len(stood), 2, encoder.dimensions), dtype=np.float16)
    parts[new] = fresh.parts
    if before.stored is not None:
        old = np.flatnonzero(stood >= 0)
        parts[old] = before.stored[0].parts[stood[old]]
    return Vectors(parts), word_pieces(views)
