"""An inverted index over the shingles of a set, ordered so that a search stops early and misses nothing.

Every example's shingles are ordered from rare to frequent. Two sets with Jaccard similarity t or more share one of the
first |x| - ceil(t |x|) + 1 of each (prefix filtering: Chaudhuri, Ganti and Kaushik 2006), and where the first one they
share stands bounds what they can share in all (positional filtering: Xiao, Wang, Lin and Yu 2008).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.duplicates.corpus import Corpus
from curator.duplicates.intrinsics import load
from curator.duplicates.text.shingles import FULL_TEXT, TAG_BITS
from curator.duplicates.text.words import Hashes
from curator.jit import inner_kernel, kernel, signed

_EIGHT = np.uint64(8)

Positions = npt.NDArray[np.int64]


class InvertedIndex(NamedTuple):
    """The index.

    Attributes:
        keys: uint64, hash table of shingles; 0 is an empty place.
        ranks: int64, for each place of the table the rank of its shingle, rare first.
        begins: int64 [shingles + 1], where the postings of each rank begin.
        examples: int64, positions; within a shingle, those that can share most come first.
        slots: int64, where the shingle stands in the example's order.
    """

    keys: Hashes
    ranks: Positions
    begins: Positions
    examples: Positions
    slots: Positions


class Known(NamedTuple):
    """The whole-text shingles of a validation set, and how frequent they are.

    Attributes:
        shingles: uint64, each once.
        keys: a hash table of them, for `look_up`.
        numbers: int64, for each place of the table the place in `shingles`.
        here: int64, examples of the validation set that have each.
        there: int64, training examples that have each.
    """

    shingles: Hashes
    keys: Hashes
    numbers: Positions
    here: Positions
    there: Positions

    def meetings(self) -> int:
        """How often an example of one set meets one of the other in a shingle: what walking all postings takes."""
        return int((self.here * self.there).sum())


def known_shingles(validation: Corpus, train: Corpus) -> Known:
    """The shingles of `validation`, counted in both sets."""
    shingles = _all_shingles(validation.addresses, validation.counts, int(validation.sizes[:, 0].sum(dtype=np.int64)))
    known = np.unique(shingles)
    keys, numbers = table_of(known)
    counts = np.zeros((2, len(known)), dtype=np.int64)
    for corpus, totals in zip((validation, train), counts, strict=True):
        _count(corpus.addresses, corpus.counts, keys, numbers, totals)
    return Known(known, keys, numbers, counts[0], counts[1])


def index(validation: Corpus, counted: Known, threshold: float) -> InvertedIndex:
    """Index the full texts of `validation` for finding what reaches `threshold`."""
    known, keys, numbers = counted.shingles, counted.keys, counted.numbers
    rank_of = np.empty(len(known), dtype=np.int64)
    rank_of[np.lexsort((known, counted.here + counted.there))] = np.arange(len(known))
    ranks = np.where(keys > 0, rank_of[numbers], -1) if len(known) else numbers
    entries = _entries(validation.addresses, validation.counts, validation.sizes, keys, ranks, threshold)
    rank, example, place = entries
    size = validation.sizes[example, 0].astype(np.int64)
    share = threshold / (1 + threshold)
    order = np.lexsort((example, -(size * (1 - share) - place), rank))
    begins = np.searchsorted(rank[order], np.arange(len(known) + 1))
    return InvertedIndex(keys, ranks, begins.astype(np.int64), example[order], place[order])


def table_of(known: Hashes) -> tuple[Hashes, Positions]:
    """A hash table for `look_up` from each of some different shingles to its place among them."""
    return _table(known, 1 << (2 * len(known) + 1).bit_length())


@kernel
def _all_shingles(addresses: Hashes, counts: npt.NDArray[np.uint32], total: int) -> Hashes:
    found = np.empty(total, dtype=np.uint64)
    at = 0
    for example in range(addresses.size):
        for step in range(counts[example]):
            value = load(addresses[example] + _EIGHT * np.uint64(step))
            if value & FULL_TEXT:
                found[at] = value >> TAG_BITS
                at += 1
    return found


@kernel
def _table(known: Hashes, room: int) -> tuple[Hashes, Positions]:
    keys = np.zeros(room, dtype=np.uint64)
    numbers = np.zeros(room, dtype=np.int64)
    for number in range(known.size):
        at = signed(known[number] & np.uint64(room - 1))
        while keys[at] != np.uint64(0):
            at = (at + 1) & (room - 1)
        keys[at] = known[number]
        numbers[at] = number
    return keys, numbers


@inner_kernel
def look_up(keys: Hashes, ranks: Positions, key: np.uint64) -> int:
    """What `ranks` holds for `key`; -1 where the table does not have it."""
    at = signed(key & np.uint64(keys.size - 1))
    while keys[at] != np.uint64(0):
        if keys[at] == key:
            return signed(ranks[at])
        at = (at + 1) & (keys.size - 1)
    return -1


@kernel
def _count(
    addresses: Hashes, counts: npt.NDArray[np.uint32], keys: Hashes, numbers: Positions, totals: Positions
) -> None:
    for example in range(addresses.size):
        for step in range(counts[example]):
            value = load(addresses[example] + _EIGHT * np.uint64(step))
            if value & FULL_TEXT:
                number = look_up(keys, numbers, value >> TAG_BITS)
                if number >= 0:
                    totals[number] += 1


@inner_kernel
def prefix(size: int, threshold: float) -> int:
    """How many of its rarest shingles an example of `size` must be sought by."""
    return size - signed(np.ceil(threshold * size - 1e-9)) + 1


@kernel
def ranked(address: np.uint64, count: int, keys: Hashes, ranks: Positions, out: Positions) -> int:
    """Write the ranks of an example's whole-text shingles to `out`, rare first; how many. Unknown ones are -1."""
    size = 0
    for step in range(count):
        value = load(address + _EIGHT * np.uint64(step))
        if value & FULL_TEXT:
            out[size] = look_up(keys, ranks, value >> TAG_BITS)
            size += 1
    out[:size].sort()
    return size


@kernel
def _entries(
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    sizes: npt.NDArray[np.uint32],
    keys: Hashes,
    ranks: Positions,
    threshold: float,
) -> tuple[Positions, Positions, Positions]:
    """Rank, example and place of every shingle that examples are sought by."""
    total = 0
    largest = 1
    for example in range(addresses.size):
        if sizes[example, 0] > 0:
            total += prefix(signed(sizes[example, 0]), threshold)
            largest = max(largest, signed(sizes[example, 0]))
    rank = np.empty(total, dtype=np.int64)
    example_of = np.empty(total, dtype=np.int64)
    place = np.empty(total, dtype=np.int64)
    own = np.empty(largest, dtype=np.int64)
    at = 0
    for example in range(addresses.size):
        size = ranked(addresses[example], counts[example], keys, ranks, own)
        if size > 0:
            for step in range(prefix(size, threshold)):
                rank[at] = own[step]
                example_of[at] = example
                place[at] = step
                at += 1
    return rank, example_of, place
