"""The vectors of a set: kept on disk by content and encoder, so that only what is new is encoded."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.loading.load import MEANING, BlockEntry, Loaded, Progress
from curator.audit.loading.reread import source_blocks
from curator.data.batches import read_batch
from curator.data.dialects.dialect import MAPPING_VERSION
from curator.data.frames import read_frame
from curator.data.text import view_texts
from curator.embedding.encoders.encoder import Encoder, encode_views
from curator.embedding.encoders.scripts import SCRIPTS
from curator.embedding.encoders.subwords import Subwords, joined_words, words_of
from curator.embedding.vectors import Vectors, save_joined
from curator.project.cache import Cache, cache_key

VERSION = 8
"""Counts up when the vectors or the words of unchanged texts would change."""

STEP = 2048
"""Examples that are encoded and kept together: with a slow encoder, what an interruption loses at most."""

WORTH_KEEPING = 2.0
"""Seconds from which a step's vectors are kept at once; with a fast encoder only the whole set's are."""

_PARTS = ("vectors", "words")

NEAREST = "nearest-1"
"""Cache entry of the neighbours of a set; the number counts up when those of unchanged vectors would change."""


@dataclass(frozen=True)
class Embedded:
    """A set as an encoder sees it.

    Attributes:
        vectors: of all examples by position, mapped from the disk.
        words: what else there is of their texts.
        key: equal where examples and encoder are; part of the cache keys of whatever is made of the vectors.
    """

    vectors: Vectors
    words: Subwords
    key: str

    @property
    def unread(self) -> dict[str, int]:
        """Examples that the encoder does not read, by script, the most frequent first; they have no vector."""
        numbers, counts = np.unique(self.words.scripts[~self.vectors.with_text], return_counts=True)
        by_script = {SCRIPTS[at]: int(count) for at, count in zip(numbers, counts, strict=True) if at > 0}
        return dict(sorted(by_script.items(), key=lambda one: (-one[1], one[0])))


def embedded(loaded: Loaded, encoder: Encoder, cache: Cache, progress: Progress) -> Embedded:
    """Vectors and words of a set; examples that were in the set when it was last encoded are not encoded again.

    Raises:
        WorkFailed: the disk is full, or a source was changed; what was encoded is reused by the next run.
    """
    basis, key, latest = _names(loaded, encoder)
    keys = loaded.facts["key"].to_numpy()
    stored = _stored(cache, key)
    if stored is None:
        before = _Before(cache, latest)
        steps = _Steps(loaded, encoder, cache, progress, before, basis)
        try:
            cache.store(f"{key}-vectors", partial(save_joined, steps, len(keys)))
        except _Refused as refused:
            raise refused.problem from None
        cache.store(f"{key}-words", joined_words(steps.words).save)
        cache.store(latest, pl.DataFrame({"key": keys, "set": [key] * len(keys)}).write_ipc)
        for part in {
            *steps.kept,
            *(f"{before.set}-{name}" for name in (*_PARTS, NEAREST) if before.set not in ("", key)),
        }:
            cache.remove(part)
        stored = _stored(cache, key)
    assert stored is not None, "it was stored just now"
    return Embedded(*stored, key)


def note_vectors(loaded: Loaded, encoder: Encoder, cache: Cache) -> None:
    """Note in the cache that the vectors of a set are still needed, without looking at them."""
    _, key, latest = _names(loaded, encoder)
    cache.used |= {latest, *(f"{key}-{part}" for part in (*_PARTS, NEAREST))}


def _names(loaded: Loaded, encoder: Encoder) -> tuple[str, str, str]:
    """What vectors hang on besides the texts, the key of a set, and the name under which the latest set is found."""
    basis = f"{VERSION}|{MAPPING_VERSION}|{encoder.key}"
    return basis, cache_key(basis, loaded.facts["key"].to_numpy()), f"latest-vectors-{cache_key(basis)}"


def _stored(cache: Cache, key: str) -> tuple[Vectors, Subwords] | None:
    vectors, words = (cache.entry(f"{key}-{part}") for part in _PARTS)
    if vectors is None or words is None:
        return None
    return Vectors.load(vectors), Subwords.load(words)


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

    def at(self, stood: npt.NDArray[np.int64]) -> tuple[Vectors, Subwords]:
        """Vectors and words of examples that stood there."""
        assert self.stored is not None, "none stands in a set that is not stored"
        return Vectors(self.stored[0].parts[stood]), self.stored[1].at(stood)


class _Refused(Exception):
    """What the system refused while steps were read and encoded: it is not the file's fault that they go into."""

    def __init__(self, problem: OSError) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass
class _Steps:
    """The vectors of all examples in order, `STEP` at a time.

    Attributes:
        words: of the steps so far.
        kept: cache entries of single steps.
    """

    loaded: Loaded
    encoder: Encoder
    cache: Cache
    progress: Progress
    before: _Before
    basis: str
    words: list[Subwords] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Vectors]:
        """Of each step; only one is held.

        Raises:
            _Refused: the system refused something else than what is being written meanwhile.
        """
        try:
            yield from self._vectors()
        except OSError as problem:
            raise _Refused(problem) from problem

    def _vectors(self) -> Iterator[Vectors]:
        first, keys = 0, self.loaded.facts["key"].to_numpy()
        source = _SourceViews(self.loaded)
        for index, placed in enumerate(self.loaded.placed):
            texts = _Texts(self.cache, placed, partial(source.at, index))
            for start in range(0, placed.examples, STEP):
                rows = slice(start, min(start + STEP, placed.examples))
                vectors, words = self._step(keys[first:][rows], texts, rows)
                self.words.append(words)
                yield vectors
                self.progress(MEANING, first + rows.stop, len(keys))
            first += placed.examples

    def _step(self, keys: npt.NDArray[np.uint64], texts: "_Texts", rows: slice) -> tuple[Vectors, Subwords]:
        """From the set as it was, from what an interrupted run kept, or encoded now."""
        stood = self.before.positions(keys)
        if (stood >= 0).all():
            return self.before.at(stood)
        # Not the key of the whole set, even where that is one step: what a step kept goes when the set is stored.
        entry = cache_key("step", self.basis, keys)
        known, began = _stored(self.cache, entry), time.perf_counter()
        if known is None:
            known = self._encoded(texts.views[rows], stood)
            if time.perf_counter() - began <= WORTH_KEEPING:
                return known
            self.cache.store(f"{entry}-vectors", known[0].save)
            self.cache.store(f"{entry}-words", known[1].save)
        self.kept += [f"{entry}-{name}" for name in _PARTS]
        return known

    def _encoded(self, views: pl.DataFrame, stood: npt.NDArray[np.int64]) -> tuple[Vectors, Subwords]:
        """Those that were there before are copied, the others encoded."""
        is_new = stood < 0
        fresh = encode_views(views.filter(is_new), self.encoder)
        parts = np.empty((len(stood), 2, self.encoder.dimensions), dtype=np.float16)
        parts[is_new] = fresh.parts
        if not is_new.all():
            parts[~is_new] = self.before.at(stood[~is_new])[0].parts
        return Vectors(parts), words_of(views)


@dataclass(frozen=True)
class _Texts:
    """The views of a block, looked up when they are first asked for: as it was derived, else in the source again."""

    cache: Cache
    placed: BlockEntry
    in_source: Callable[[], pl.DataFrame]

    @cached_property
    def views(self) -> pl.DataFrame:
        kept = self.cache.entry(self.placed.views_key) if self.placed.views_key else None
        return self.in_source() if kept is None else read_frame(kept)


class _SourceViews:
    """The views of the blocks of a set, read again from the source; it is opened when one is first asked for."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._blocks = enumerate(source_blocks(loaded))

    def at(self, index: int) -> pl.DataFrame:
        """Of the block of that number; later ones are asked for later."""
        number, block = next(found for at, found in self._blocks if at == index)
        return view_texts(read_batch(block, self._loaded.sources[number].recognised.dialect))
