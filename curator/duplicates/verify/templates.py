"""Template shingles: what the prompts of a set share because they were made from a form.

A template shingle is in the prompts of at least max(20, 1 %) of the examples, exact duplicates counted once. In a set
of one fixed instruction it is the instruction; prompts are then compared by what is left.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from curator.duplicates.corpus import Corpus
from curator.duplicates.intrinsics import load
from curator.duplicates.text.shingles import PROMPT, TAG_BITS, VIEWS
from curator.duplicates.text.words import Hashes, mix
from curator.duplicates.verify.bitmap import flip
from curator.jit import inner_kernel, kernel, signed

LEAST = 20
SHARE = 0.01
_SKETCH_BITS = 22  # 16 MiB of counters
_SPARSE = 16

_EIGHT = np.uint64(8)
_NONE = np.uint64(0)


def template_shingles(corpus: Corpus, unique: npt.NDArray[np.bool_], threads: int = 2) -> Hashes:
    """The template shingles of a set, sorted.

    They are counted in two passes: counters shared by several shingles leave few that can be frequent, and only those
    are counted one by one. There are so many counters that on average each comes to a sixteenth of what is frequent.
    Memory does not grow with the set.

    Args:
        corpus: the set.
        unique: [n] which examples count.
        threads: so many parts of the set are counted at once; the result does not depend on it.
    """
    chosen = np.flatnonzero(unique)
    least = max(LEAST, math.ceil(SHARE * len(chosen)))
    total = int(corpus.sizes[chosen, 1].sum(dtype=np.int64))
    if len(chosen) < least or total == 0:
        return np.empty(0, dtype=np.uint64)
    bits = min(_SKETCH_BITS, max(10, (_SPARSE * total // least).bit_length()))
    parts = np.array_split(chosen, threads)
    with ThreadPoolExecutor(threads) as pool:
        sketches = pool.map(lambda part: _sketch(corpus.addresses, corpus.counts, part, bits), parts)
        frequent = np.sum(list(sketches), axis=0) >= least
        if not frequent.any():
            return np.empty(0, dtype=np.uint64)
        counted = list(pool.map(lambda part: _counted(corpus, part, frequent), parts))
    keys, numbers = np.unique(np.concatenate([keys for keys, _ in counted]), return_inverse=True)
    return keys[np.bincount(numbers, np.concatenate([counts for _, counts in counted]), len(keys)) >= least]


def _counted(
    corpus: Corpus, chosen: npt.NDArray[np.int64], frequent: npt.NDArray[np.bool_]
) -> tuple[Hashes, npt.NDArray[np.uint32]]:
    """The shingles with a high counter, and how many of `chosen` have each."""
    room = 1 << (int(frequent.sum()) * 4 + 1024).bit_length()
    while True:
        keys, counts, fits = _count(corpus.addresses, corpus.counts, chosen, frequent, room)
        if fits:
            return keys[counts > 0], counts[counts > 0]
        room *= 2


def lookup_table(shingles: Hashes) -> Hashes:
    """A table for `contains`; of one empty place where there are no shingles."""
    table = np.zeros(1 << (2 * len(shingles)).bit_length(), dtype=np.uint64)
    _fill(table, shingles)
    return table


@inner_kernel
def _place(key: np.uint64, slots: int) -> int:
    return signed(key & np.uint64(slots - 1))  # a shingle is a hash already


@kernel
def _fill(table: Hashes, keys: Hashes) -> None:
    for key in keys:
        at = _place(key, table.size)
        while table[at] != _NONE:
            at = (at + 1) & (table.size - 1)
        table[at] = key


@inner_kernel
def contains(table: Hashes, key: np.uint64) -> bool:
    """Whether `key`, a shingle without its views, is in `table`."""
    at = _place(key, table.size)
    while table[at] != _NONE:
        if table[at] == key:
            return True
        at = (at + 1) & (table.size - 1)
    return False


@kernel
def _sketch(
    addresses: Hashes, sizes: npt.NDArray[np.uint32], chosen: npt.NDArray[np.int64], bits: int
) -> npt.NDArray[np.uint32]:
    counters = np.zeros(1 << bits, dtype=np.uint32)
    mask = np.uint64((1 << bits) - 1)
    for example in chosen:
        for step in range(sizes[example]):
            value = load(addresses[example] + _EIGHT * np.uint64(step))
            counters[(value >> TAG_BITS) & mask] += np.uint32(value & PROMPT)  # 1 or 0: nothing to guess
    return counters


@kernel
def _count(
    addresses: Hashes,
    sizes: npt.NDArray[np.uint32],
    chosen: npt.NDArray[np.int64],
    frequent: npt.NDArray[np.bool_],
    room: int,
) -> tuple[Hashes, npt.NDArray[np.uint32], bool]:
    """Count the shingles whose shared counter is high. False where `room` places did not do."""
    keys = np.zeros(room, dtype=np.uint64)
    counts = np.zeros(room, dtype=np.uint32)
    mask = np.uint64(frequent.size - 1)
    used = 0
    for example in chosen:
        for step in range(sizes[example]):
            value = load(addresses[example] + _EIGHT * np.uint64(step))
            key = value >> TAG_BITS
            if frequent[key & mask] and value & PROMPT:
                at = _place(key, room)
                while keys[at] != _NONE and keys[at] != key:
                    at = (at + 1) & (room - 1)
                if keys[at] == _NONE:
                    keys[at] = key
                    used += 1
                    if 2 * used > room:
                        return keys, counts, False
                counts[at] += np.uint32(1)
    return keys, counts, True


def without_templates(corpus: Corpus, table: Hashes, threads: int = 2) -> tuple[npt.NDArray[np.uint32], Hashes, Hashes]:
    """What is left of each prompt without the template shingles in `table`.

    Args:
        corpus: the set.
        table: template shingles, as `contains` takes them.
        threads: so many parts of the set are walked through at once.

    Returns:
        without_template: [n], prompt shingles that are no template shingles.
        keys: [n], 0 where a prompt has no template shingles, and equal where two have the same ones: they come from
            the same form.
        bitmaps: [n, `PARITIES`], those of the examples, without the template shingles of the prompt.
    """
    without_template = np.ascontiguousarray(corpus.sizes[:, 1])
    keys = np.zeros(len(corpus), dtype=np.uint64)
    if table.size == 1:
        return without_template, keys, corpus.bitmaps
    bitmaps = corpus.bitmaps.copy()
    parts = np.array_split(np.arange(len(corpus)), threads)
    with ThreadPoolExecutor(threads) as pool:
        walks = pool.map(
            lambda part: _take_out(corpus.addresses, corpus.counts, part, table, without_template, keys, bitmaps), parts
        )
        for _ in walks:
            pass
    return without_template, keys, bitmaps


@kernel
def _take_out(
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    chosen: npt.NDArray[np.int64],
    table: Hashes,
    without_template: npt.NDArray[np.uint32],
    keys: Hashes,
    bitmaps: Hashes,
) -> None:
    for example in chosen:
        for step in range(counts[example]):
            value = load(addresses[example] + _EIGHT * np.uint64(step))
            if value & PROMPT and contains(table, value >> TAG_BITS):
                keys[example] += mix(value >> TAG_BITS)
                without_template[example] -= np.uint32(1)
                flip(bitmaps[example], (value & ~VIEWS) | PROMPT)
