"""What is near by meaning: exactly where that is affordable, among those that share a cell above."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from curator.embedding.neighbors.exact_knn import SPARE, exact_neighbours, nearest_of, neighbours_of_some
from curator.embedding.neighbors.ivf import PROBED, near_in_lists, pairs_in_lists, share_found
from curator.embedding.neighbors.pairs import Criterion, NearPairs, exact_pairs
from curator.embedding.vectors import Floats, FullTextVectors, Positions, Vectors
from curator.errors import UnreadableInput

NEIGHBOURS = 30
"""Nearest others that are listed of an example."""

EXACT_UP_TO = 100_000
"""Examples up to which every cosine is computed; the time grows by the square. See benchmarks/RESULTS.md."""

EXACT_PAIRS_UP_TO = 250_000
"""Examples up to which every pair above a threshold is found exactly: a bound spares most cosines."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest others of every example.

    Attributes:
        positions: int64 [n, 30], nearest first, ties by position; -1 where there are fewer.
        cosines: float32 [n, 30]; -1 where there are fewer.
        recall: share of the true neighbours that were found; 1 for the exact search, measured above it.
    """

    positions: Positions
    cosines: Floats
    recall: float


def neighbours(vectors: Vectors, *, exact_up_to: int = EXACT_UP_TO, threads: int = 2) -> Neighbours:
    """Find the 30 nearest others of every example.

    Above `exact_up_to` examples those that share a cell are proposed and exact cosines decide; the recall is measured
    on 500 examples; and of copies (the same vectors) the first alone is listed.
    """
    if len(vectors) <= exact_up_to:
        return Neighbours(*exact_neighbours(vectors.full_text, NEIGHBOURS, threads), 1.0)
    first = vectors.first_of_copies
    some = np.flatnonzero((first == np.arange(len(vectors))) & vectors.with_text)
    near, recall = _among(FullTextVectors(vectors, some), exact_up_to, threads)
    positions = np.full((len(vectors), NEIGHBOURS), -1, dtype=np.int64)
    cosines = np.full((len(vectors), NEIGHBOURS), -1, dtype=np.float32)
    positions[some], cosines[some] = np.where(near[0] < 0, -1, some[near[0]]), near[1]
    copies = np.flatnonzero((first != np.arange(len(vectors))) & vectors.with_text)
    positions[copies, 0], cosines[copies, 0] = first[copies], 1
    positions[copies, 1:], cosines[copies, 1:] = positions[first[copies], :-1], cosines[first[copies], :-1]
    return Neighbours(positions, cosines, recall)


def _among(full_text: FullTextVectors, exact_up_to: int, threads: int) -> tuple[tuple[Positions, Floats], float]:
    """The nearest of examples with different vectors among one another, and the recall."""
    if len(full_text) <= exact_up_to:
        return exact_neighbours(full_text, NEIGHBOURS, threads), 1.0
    wide = full_text[:]
    proposed = near_in_lists(full_text, wide, NEIGHBOURS + SPARE, threads)
    near = nearest_of(wide, full_text.with_text, np.arange(len(wide)), proposed, NEIGHBOURS)
    del wide  # a gigabyte of a million, and as much is mapped in a moment
    return near, _recall(full_text, near[1])


def all_pairs(
    full_text: FullTextVectors,
    criterion: Criterion,
    *,
    exact_up_to: int = EXACT_PAIRS_UP_TO,
    threads: int = 2,
    begin: int = 0,
) -> tuple[NearPairs, str]:
    """Find the pairs that meet a criterion: every one, or above `exact_up_to` examples those in common cells.

    Pairs whose right end is before `begin` may be skipped.

    What share of the pairs is found in cells is measured on 500 examples. The second result says in a sentence how the
    pairs were searched.
    """
    if len(full_text) <= exact_up_to:
        found = exact_pairs(full_text, criterion, threads, begin)
        note = f"Every pair of {len(full_text):,} examples with different vectors was compared."
    else:
        found = pairs_in_lists(full_text, criterion, threads)
        known, true = share_found(full_text, found, criterion)
        note = (
            f"Of {len(full_text):,} examples with different vectors those were compared that share a cell of near "
            f"ones; of {true:,} true pairs of {PROBED} examples {known:,} were found."
        )
    if len(found.cut):
        note += f" Of {len(found.cut):,} examples with very many like them, not all pairs are listed."
    return found, note


def save_neighbours(found: Neighbours, path: Path) -> None:
    """Write one file; the caller makes it appear whole."""
    with path.open("wb") as file:
        for part in (found.positions.astype(np.int32), found.cosines, np.array(found.recall)):
            np.save(file, part, allow_pickle=False)


def load_neighbours(path: Path) -> Neighbours:
    """Read what `save_neighbours` wrote.

    Raises:
        UnreadableInput: the file is cut off or not of this kind.
    """
    try:
        with path.open("rb") as file:
            positions, cosines, recall = (np.load(file, allow_pickle=False) for _ in range(3))
    except (ValueError, OSError, EOFError) as problem:
        raise UnreadableInput(f"{path} is damaged ({problem}). Delete it: it will be made again.") from problem
    return Neighbours(positions.astype(np.int64), cosines, float(recall))


def _recall(full_text: FullTextVectors, cosines: Floats) -> float:
    """Share of the exactly nearest others that are listed, over a sample; ties at the end count as found."""
    probed = np.random.default_rng(0).choice(len(full_text), PROBED, replace=False)
    _, true = neighbours_of_some(full_text, probed, NEIGHBOURS)
    return float((cosines[probed] >= true[:, -1:]).mean())
