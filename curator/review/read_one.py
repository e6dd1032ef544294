"""Read one example at once, whatever the size of its file."""

import bisect
import os
from functools import cached_property
from typing import BinaryIO

import polars as pl

from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import Original, originals_at
from curator.data.batches import read_example
from curator.data.identity import example_key
from curator.data.mapped import mapped
from curator.errors import WorkFailed
from curator.project.cache import Cache


class Reader:
    """The examples of a set, one at a time.

    From a file of JSON an example is read at its place. From another one (compressed, CSV, Parquet) it is read in the
    copy of its elements that an audit with texts keeps; without that, the file is gone through up to it.

    Args:
        loaded: the set.
        cache: where the copies are.
    """

    def __init__(self, loaded: Loaded, cache: Cache) -> None:
        self._loaded = loaded
        self._cache = cache
        self._files: dict[int, BinaryIO] = {}
        self._elements: dict[int, pl.Series] = {}

    def at(self, position: int) -> Original:
        """The example at `position`.

        Raises:
            WorkFailed: the source was changed since it was audited.
        """
        facts = self._loaded.facts
        file, line, key = (int(facts[name][position]) for name in ("file", "line", "key"))
        source = self._loaded.sources[file].source
        raw = self._in_file(file, position) if source.seekable else self._in_copy(position)
        if raw is None:
            return next(iter(originals_at(self._loaded, [position])))
        outcome = read_example(raw, self._loaded.sources[file].recognised.dialect)
        if isinstance(outcome, list) or example_key(outcome[1].identity()) != key:
            raise WorkFailed(f"{source.name} was changed since it was audited. Open it again.")
        return Original(position, file, line, *outcome)

    def is_quick(self, position: int) -> bool:
        """Whether an example can be read without going through its file."""
        source = self._loaded.sources[int(self._loaded.facts["file"][position])].source
        return source.seekable or self._cache.holds(self._loaded.placed[self._block(position)].texts_key)

    def close(self) -> None:
        """Close the files."""
        for stream in self._files.values():
            stream.close()
        self._files.clear()

    def _in_file(self, file: int, position: int) -> bytes:
        if file not in self._files:
            self._files[file] = self._loaded.sources[file].source.path.open("rb")
        facts = self._loaded.facts
        return os.pread(self._files[file].fileno(), int(facts["length"][position]), int(facts["offset"][position]))

    def _in_copy(self, position: int) -> bytes | None:
        index = self._block(position)
        if index not in self._elements:
            path = self._cache.entry(self._loaded.placed[index].texts_key)
            if path is None:
                return None
            self._elements[index] = mapped(path)["element"]
        element: bytes = self._elements[index][position - self._firsts[index]]
        return element

    def _block(self, position: int) -> int:
        return bisect.bisect_right(self._firsts, position) - 1

    @cached_property
    def _firsts(self) -> list[int]:
        """Position of the first example of each block."""
        firsts, position = [], 0
        for placed in self._loaded.placed:
            firsts.append(position)
            position += placed.examples
        return firsts
