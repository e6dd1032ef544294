"""All pairs that banding proposes, compared exactly, band after band.

Work is shared between threads within a band, and a pair is compared in the first band it shares, so that the result is
the same for any number of threads. A bucket that would be too much work in full is hot: its members are compared with
representatives.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from curator.duplicates.candidates.buckets import (
    Buckets,
    buckets_of,
    compare_buckets,
    compare_by_answer,
    compare_with_representatives,
    forget_bucket,
    hash_keys,
    keys_with_fresh,
)
from curator.duplicates.corpus import Corpus, first_equal
from curator.duplicates.verify.jaccard import Kept, PairFeatures, Pairs

LEAST_WORK = 500_000
WORK_EACH = 4
"""Pairs that one band may compare in full: `LEAST_WORK`, and `WORK_EACH` for every example. Larger buckets are hot."""

SMALLEST_OVERSIZED = 33
"""Buckets up to 32 are always compared in full."""

WORTH_SHARING = 5_000
"""Pairs of one band from which it is quicker to compare them by several threads."""

VIEW_NAMES = ("whole", "prompt", "answer", "prompt with its template")


@dataclass(frozen=True)
class Columns:
    """The band hashes of a set, and who takes part in which.

    Attributes:
        hashes: uint32 [n, views x bands]; changed as oversized buckets are met.
        bands: how many belong to one view.
        taking_part: for each view the examples (int64) whose bands of this view are compared.
        order: arrays [n], the last counts most; members of an oversized bucket represent it in ascending order.
        fresh: bool [n], examples that an earlier run did not compare.
    """

    hashes: npt.NDArray[np.uint32]
    bands: int
    taking_part: tuple[npt.NDArray[np.int64], ...]
    order: tuple[npt.NDArray[Any], ...]
    fresh: npt.NDArray[np.bool_]

    @cached_property
    def fresh_part(self) -> tuple[npt.NDArray[np.int64], ...]:
        """For each view, who of those taking part is fresh."""
        return tuple(examples[self.fresh[examples]] for examples in self.taking_part)


@dataclass
class Compared:
    """What comparing came to.

    Attributes:
        ids: uint32 [pairs, 2] arrays, positions, smaller first; pairs of oversized buckets may come again.
        similarities: float64 [pairs, 4] arrays: whole, prompt, prompt outside templates, answer.
        candidates: pairs that were compared.
        oversized: for each view, how many buckets were hot, and how many examples the largest held.
    """

    ids: list[npt.NDArray[np.uint32]] = field(default_factory=list)
    similarities: list[npt.NDArray[np.float64]] = field(default_factory=list)
    candidates: int = 0
    oversized: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, part: tuple[Pairs, int]) -> None:
        """Take in what a kernel returned."""
        (ids, similarities, count), compared = part
        self.ids.append(ids[: 2 * count].reshape(-1, 2))
        self.similarities.append(similarities[: 4 * count].reshape(-1, 4))
        self.candidates += compared


@dataclass(frozen=True)
class ComparisonSettings:
    """How pairs are compared, by how many threads, and which are kept."""

    kept: Kept
    features: PairFeatures
    threads: int


def compare_candidates(columns: Columns, how: ComparisonSettings, pool: Executor) -> Iterator[Compared]:
    """Compare the candidates of every band; yields what each band came to.

    While one band is compared, the buckets of the next ones are made.
    """
    ahead: deque[tuple[int, Future[Buckets]]] = deque()
    for view, examples in enumerate(columns.fresh_part):
        for column in range(view * columns.bands, (view + 1) * columns.bands if len(examples) else 0):
            ahead.append((column, pool.submit(_buckets, columns, column)))
            if len(ahead) > how.threads:
                yield _compare_band(columns, *_made(ahead), how, pool)
    while ahead:
        yield _compare_band(columns, *_made(ahead), how, pool)


def _made(ahead: deque[tuple[int, Future[Buckets]]]) -> tuple[int, Buckets]:
    column, buckets = ahead.popleft()
    return column, buckets.result()


def _buckets(columns: Columns, column: int) -> Buckets:
    view = column // columns.bands
    taking_part, fresh = columns.taking_part[view], columns.fresh_part[view]
    if 8 * len(fresh) >= len(taking_part):
        keys = hash_keys(columns.hashes, column, taking_part)
    else:
        bits = min(26, (16 * len(fresh) + 1024).bit_length())
        keys = keys_with_fresh(columns.hashes, column, taking_part, fresh, bits)
    keys.sort()
    return buckets_of(keys)


def _compare_band(columns: Columns, column: int, buckets: Buckets, how: ComparisonSettings, pool: Executor) -> Compared:
    compared = Compared()
    sizes = buckets.ends - buckets.begins
    is_oversized = sizes > _full_up_to(sizes, len(columns.fresh))
    for begin, end in zip(buckets.begins[is_oversized], buckets.ends[is_oversized], strict=True):
        _compare_oversized(columns, column, buckets.members[begin:end], how, compared)
    rest = Buckets(buckets.members, buckets.begins[~is_oversized], buckets.ends[~is_oversized])
    edges = _fair_shares(sizes[~is_oversized], how.threads)
    run = map if len(edges) == 2 else pool.map
    for part in run(
        lambda first, last: compare_buckets(
            rest, first, last, columns.hashes, column, columns.fresh, how.kept, how.features
        ),
        edges[:-1],
        edges[1:],
    ):
        compared.add(part)
    return compared


def _full_up_to(sizes: npt.NDArray[np.int64], examples: int) -> int:
    """The largest size of a bucket that is compared in full, so that all such buckets together stay within bounds."""
    ordered = np.sort(sizes)
    work = np.cumsum(ordered * (ordered - 1) // 2)
    affordable = int(np.searchsorted(work, LEAST_WORK + WORK_EACH * examples, side="right"))
    if affordable == len(ordered):
        return int(ordered[-1]) if len(ordered) else 0
    return max(int(ordered[affordable]) - 1, SMALLEST_OVERSIZED - 1)


def _fair_shares(sizes: npt.NDArray[np.int64], shares: int) -> list[int]:
    """Where to cut a list of buckets so that every thread compares about as many pairs; nowhere if there are few."""
    work = np.cumsum(sizes * (sizes - 1) // 2)
    total = int(work[-1]) if len(work) else 0
    if total < WORTH_SHARING:
        return [0, len(sizes)]
    return [0, *(int(np.searchsorted(work, total * k // shares)) for k in range(1, shares)), len(sizes)]


def _compare_oversized(
    columns: Columns, column: int, members: npt.NDArray[np.int64], how: ComparisonSettings, compared: Compared
) -> None:
    view = column // columns.bands
    number, largest = compared.oversized.get(VIEW_NAMES[view], (0, 0))
    compared.oversized[VIEW_NAMES[view]] = (number + 1, max(largest, len(members)))
    forget_bucket(members, columns.hashes, column)
    if not columns.fresh[members].any():
        return
    ordered = members[np.lexsort([key[members] for key in columns.order])]
    found = compare_with_representatives(ordered, view, how.kept, columns.fresh, how.features)
    compared.add(found)
    if VIEW_NAMES[view] == "prompt":
        answers = np.asfortranarray(columns.hashes[ordered, 2 * columns.bands : 3 * columns.bands])
        without = how.kept._replace(prompts_too=False)
        compared.add(compare_by_answer(ordered, answers, columns.fresh, without, how.features))


Positions = npt.NDArray[np.int64]


def equal_examples(corpus: Corpus) -> tuple[Positions, Positions]:
    """For every example, the first exact duplicate of it, and the first example with the same words.

    Words say nothing of a part that has none (`✓`, `<`): examples with such a part are the same only when exact
    duplicates are.

    Returns: two arrays int64 [n].
    """
    exact_first = first_equal(corpus.exact)
    has_words = corpus.words[exact_first] > 0
    worded = has_words[:, 1] & (has_words[:, 0] | corpus.text_only[exact_first])
    by_words = first_equal(
        np.where(worded, corpus.equal_words[exact_first, 0], corpus.exact),
        np.where(worded, corpus.equal_words[exact_first, 1], np.uint64(0)),
        np.where(worded, corpus.context[exact_first], np.uint64(0)),
        corpus.text_only[exact_first].astype(np.uint64) * np.uint64(2) + worded.astype(np.uint64),
    )
    return exact_first, by_words


def equal_pairs(
    corpus: Corpus, exact_first: Positions, first: Positions
) -> tuple[Positions, Positions, npt.NDArray[np.bool_]]:
    """Every example that is not the first of its kind, with the first that is most like it.

    Returns: that first one's position, its own, and whether they are exact duplicates.
    """
    every = np.arange(len(corpus))
    exact = np.flatnonzero(exact_first != every)
    words = np.flatnonzero((exact_first == every) & (first != every))
    left = np.concatenate([exact_first[exact], first[words]])
    return left, np.concatenate([exact, words]), np.repeat([True, False], [len(exact), len(words)])
