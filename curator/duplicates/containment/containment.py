"""Which examples contain a question or an answer of an evaluation set: exact, from shingles.

What is sought is a part of an item: its question, or its answer. An inverted index over the parts' shingles is walked
by every example once, counting what it has of each part.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.containment.inverted_index import look_up, table_of
from curator.duplicates.corpus import Corpus
from curator.duplicates.intrinsics import load
from curator.duplicates.text.shingles import ANSWER, PROMPT, TAG_BITS, WORDS
from curator.duplicates.text.words import Hashes
from curator.jit import kernel, signed

QUESTION_PART, ANSWER_PART = 0, 1

CONTAINMENT = 0.7
"""Share of a part's shingles that an example must have; the threshold of similarity of the whole product."""

FREQUENT_LEAST, FREQUENT_SHARE = 20, 0.01
"""A shingle in so many different questions (or answers) of the benchmark is its form, not an item's content."""

FOUND_PARTS = pl.Schema({"position": pl.UInt32(), "item": pl.UInt32(), "part": pl.UInt8(), "share": pl.Float64()})
"""A position in the set, an item of the benchmark, which part of it is contained, and how much of that."""

Positions = npt.NDArray[np.int64]


class EvaluationParts(NamedTuple):
    """What is looked for: the texts of some items, the turns of a question one by one.

    Attributes:
        corpus: a row per turn of a question (as its prompt), and a row per answer (as its answer).
        item: int64 [rows], whose each is; numbers from 0.
        items: how many there are.
    """

    corpus: Corpus
    item: Positions
    items: int

    def words(self) -> npt.NDArray[np.int64]:
        """Words of question and answer, int64 [items, 2]."""
        counts = [np.bincount(self.item, self.corpus.words[:, part], self.items) for part in range(2)]
        return np.stack(counts, axis=1).astype(np.int64)


class _Index(NamedTuple):
    """Postings of shingles: `parts[begins[k] : begins[k + 1]]` have shingle k; part = 2 x item + which."""

    keys: Hashes
    numbers: Positions
    begins: Positions
    parts: Positions
    sizes: Positions


def containment(searched: EvaluationParts, corpus: Corpus) -> pl.DataFrame:
    """`FOUND_PARTS`: every question and answer of which an example has `CONTAINMENT` or more.

    The context of the examples is not searched.
    """
    index = _index(searched)
    positions, parts, shares = _found(corpus.addresses, corpus.counts, index)
    columns = {"position": positions, "item": parts // 2, "part": parts % 2, "share": shares}
    return pl.DataFrame(columns).cast(FOUND_PARTS).sort("position", "item", "part")


def _index(searched: EvaluationParts) -> _Index:
    rows = _with_shingles(searched)
    corpus = searched.corpus.at(rows)
    shingles, row, part = _entries(corpus.addresses, corpus.counts)
    parts = 2 * searched.item[rows][row] + part
    parts, shingles = np.unique(np.stack([parts.astype(np.uint64), shingles]), axis=1)
    known, numbers, counts = np.unique(shingles, return_inverse=True, return_counts=True)
    specific = counts[numbers] < max(FREQUENT_LEAST, FREQUENT_SHARE * searched.items)
    numbers, parts = numbers[specific], parts[specific].astype(np.int64)
    order = np.argsort(numbers, kind="stable")
    begins = np.searchsorted(numbers[order], np.arange(len(known) + 1)).astype(np.int64)
    keys, slots = table_of(known)
    sizes = np.bincount(parts, minlength=2 * searched.items).astype(np.int64)
    return _Index(keys, slots, begins, parts[order], sizes)


def _with_shingles(searched: EvaluationParts) -> Positions:
    """The rows to look for: a turn of a few words is skipped where its question has a longer one."""
    words = searched.corpus.words
    longest = np.zeros(searched.items, dtype=np.int64)
    np.maximum.at(longest, searched.item, words[:, QUESTION_PART])
    is_few = (words[:, QUESTION_PART] < WORDS) & (words[:, ANSWER_PART] == 0)
    return np.flatnonzero(~(is_few & (longest[searched.item] >= WORDS)))


@kernel
def _entries(addresses: Hashes, counts: npt.NDArray[np.uint32]) -> tuple[Hashes, Positions, Positions]:
    """Every shingle of a question and every one of an answer, its row, and which of the two it is of."""
    total = 2 * np.sum(counts)
    shingles = np.empty(total, dtype=np.uint64)
    rows = np.empty(total, dtype=np.int64)
    parts = np.empty(total, dtype=np.int64)
    at = 0
    for row in range(addresses.size):
        for step in range(counts[row]):
            value = load(addresses[row] + np.uint64(8) * np.uint64(step))
            for part, view in ((QUESTION_PART, PROMPT), (ANSWER_PART, ANSWER)):
                if value & view:
                    shingles[at], rows[at], parts[at] = value >> TAG_BITS, row, part
                    at += 1
    return shingles[:at], rows[:at], parts[:at]


@kernel
def _found(
    addresses: Hashes, counts: npt.NDArray[np.uint32], index: _Index
) -> tuple[Positions, Positions, npt.NDArray[np.float64]]:
    keys, numbers, begins, parts, sizes = index
    shared = np.zeros(sizes.size, dtype=np.int64)
    touched = np.empty(max(sizes.size, 1), dtype=np.int64)
    positions = np.empty(256, dtype=np.int64)
    found = np.empty(256, dtype=np.int64)
    shares = np.empty(256, dtype=np.float64)
    count = 0
    for example in range(addresses.size):
        met = 0
        for step in range(counts[example]):
            value = load(addresses[example] + np.uint64(8) * np.uint64(step))
            number = look_up(keys, numbers, value >> TAG_BITS)
            if number < 0:
                continue
            for at in range(begins[number], begins[number + 1]):
                part = parts[at]
                if shared[part] == 0:
                    touched[met] = part
                    met += 1
                shared[part] += 1
        for at in range(met):
            part = touched[at]
            share = signed(shared[part]) / signed(sizes[part])
            shared[part] = 0
            if share < CONTAINMENT:
                continue
            if count == positions.size:
                positions = np.concatenate((positions, np.empty_like(positions)))
                found = np.concatenate((found, np.empty_like(found)))
                shares = np.concatenate((shares, np.empty_like(shares)))
            positions[count], found[count], shares[count] = example, part, share
            count += 1
    return positions[:count], found[:count], shares[:count]
