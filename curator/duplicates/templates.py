"""Template shingles: what the prompts of a set share because they were made from a form.

A template shingle is in the prompts of at least max(20, 1 %) of the examples, exact duplicates counted once. In a set
of one fixed instruction it is the instruction; prompts are then compared by what is left.
"""

import math

import numpy as np
import numpy.typing as npt

from curator.duplicates.compiled import inner_kernel, kernel, signed
from curator.duplicates.instructions import load
from curator.duplicates.shingles import PROMPT, TAG_BITS
from curator.duplicates.whole import Whole
from curator.duplicates.words import Hashes, mix

LEAST = 20
SHARE = 0.01
_SKETCH_BITS = 22  # 16 MiB of counters

_EIGHT = np.uint64(8)
_NONE = np.uint64(0)


def template_shingles(whole: Whole, unique: npt.NDArray[np.bool_]) -> Hashes:
    """The template shingles of a set, sorted.

    They are counted in two passes: counters shared by several shingles leave few that can be frequent, and only those
    are counted one by one. Memory does not grow with the set.

    Args:
        whole: the set.
        unique: [n] which examples count.
    """
    chosen = np.flatnonzero(unique)
    least = max(LEAST, math.ceil(SHARE * len(chosen)))
    total = int(whole.sizes[chosen, 1].sum(dtype=np.int64))
    if len(chosen) < least or total == 0:
        return np.empty(0, dtype=np.uint64)
    bits = min(_SKETCH_BITS, max(10, (4 * total).bit_length()))
    counters = _sketch(whole.addresses, whole.counts, chosen, bits)
    frequent = counters >= least
    room = 1 << (int(frequent.sum()) * 4 + 1024).bit_length()
    while True:
        keys, counts, fits = _count(whole.addresses, whole.counts, chosen, frequent, room)
        if fits:
            return np.sort(keys[counts >= least])
        room *= 2


def lookup_table(shingles: Hashes) -> Hashes:
    """A table for `contains`; of one empty place where there are no shingles."""
    table = np.zeros(1 << (2 * len(shingles)).bit_length(), dtype=np.uint64)
    _fill(table, shingles)
    return table


@inner_kernel
def _place(key: np.uint64, places: int) -> int:
    return signed(mix(key) & np.uint64(places - 1))


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
            if value & PROMPT:
                counters[(value >> TAG_BITS) & mask] += np.uint32(1)
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
            if value & PROMPT and frequent[key & mask]:
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


@kernel
def outside_templates(
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    sizes: npt.NDArray[np.uint32],
    chosen: npt.NDArray[np.int64],
    table: Hashes,
) -> tuple[npt.NDArray[np.uint32], Hashes]:
    """For each of `chosen`: prompt shingles that are no template shingles, and a key of the template shingles.

    The key is 0 where there are none, and equal where two prompts have the same ones: they come from the same form.
    """
    left = np.zeros(chosen.size, dtype=np.uint32)
    keys = np.zeros(chosen.size, dtype=np.uint64)
    for index in range(chosen.size):
        example = chosen[index]
        if table.size == 1:
            left[index] = sizes[example, 1]
            continue
        for step in range(counts[example]):
            value = load(addresses[example] + _EIGHT * np.uint64(step))
            if value & PROMPT:
                if contains(table, value >> TAG_BITS):
                    keys[index] += mix(value >> TAG_BITS)
                else:
                    left[index] += np.uint32(1)
    return left, keys
