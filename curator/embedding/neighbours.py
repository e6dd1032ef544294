"""The neighbours of every example by meaning: exactly where that is affordable, through an index above."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from curator.embedding.product import BLOCK, SPARE, Positions, Similar, exact_product, nearest_of, pairs_from
from curator.embedding.vectors import Floats, Vectors
from curator.errors import UnreadableInput

NEIGHBOURS = 30
"""Others to which an example is compared in judging whether it stands alone."""

EXACT_UP_TO = 100_000
"""Examples up to which every pair is compared; the time grows by the square. See benchmarks/RESULTS.md."""

_PROBED = 500  # examples whose neighbours are searched exactly to measure the index's recall


@dataclass(frozen=True)
class Neighbours:
    """What is near to what in a set.

    Attributes:
        similar: neighbours and pairs.
        threshold: cosine of the pairs.
        recall: share of the true neighbours that were found; 1 for the exact search, measured for the index.
        note: a sentence on how it was searched.
    """

    similar: Similar
    threshold: float
    recall: float
    note: str


def neighbours(vectors: Vectors, threshold: float, *, exact_up_to: int = EXACT_UP_TO, threads: int = 2) -> Neighbours:
    """Find the 30 nearest others of every example and all pairs from `threshold` up.

    Above `exact_up_to` examples an approximate index proposes and exact cosines decide; pairs are then those among
    listed neighbours, and the recall measured on 500 examples is told.
    """
    whole = vectors.whole()
    if len(whole) <= exact_up_to:
        similar = exact_product(whole, NEIGHBOURS, threshold, threads)
        return Neighbours(similar, threshold, 1.0, f"Every pair of {len(whole):,} examples was compared.")
    near = _proposed(whole, threads)
    positions, cosines = nearest_of(whole, near, NEIGHBOURS)
    rows = np.repeat(np.arange(len(near)), near.shape[1])
    both = np.sort(np.stack([rows, near.reshape(-1)], axis=1)[near.reshape(-1) >= 0], axis=1)
    pairs = pairs_from(whole, np.unique(both, axis=0), threshold)
    recall = _recall(whole, positions)
    note = (
        f"Neighbours of {len(whole):,} examples were found through an index; of the true {NEIGHBOURS} nearest of "
        f"{_PROBED} examples it found {recall:.1%}."
    )
    return Neighbours(Similar(positions, cosines, *pairs), threshold, recall, note)


def save_neighbours(found: Neighbours, path: Path) -> None:
    """Write one file; the caller makes it appear whole."""
    near = found.similar
    about = np.array([found.threshold, found.recall])
    with path.open("wb") as file:
        for part in (near.positions.astype(np.int32), near.cosines, near.pairs, near.pair_cosines, about):
            np.save(file, part, allow_pickle=False)
        file.write(found.note.encode())


def load_neighbours(path: Path) -> Neighbours:
    """Read what `save_neighbours` wrote.

    Raises:
        UnreadableInput: the file is cut off or not of this kind.
    """
    try:
        with path.open("rb") as file:
            positions, cosines, pairs, pair_cosines, about = (np.load(file, allow_pickle=False) for _ in range(5))
            note = file.read().decode()
    except (ValueError, OSError, EOFError) as problem:
        raise UnreadableInput(f"{path} is damaged ({problem}). Delete it: it will be made again.") from problem
    similar = Similar(positions.astype(np.int64), cosines, pairs, pair_cosines)
    return Neighbours(similar, float(about[0]), float(about[1]), note)


def _proposed(whole: Floats, threads: int) -> Positions:
    """The nearest others of every example according to an index; -1 where there are fewer. Itself is left out."""
    from usearch.index import Index

    index = Index(ndim=whole.shape[1], metric="ip", dtype="f16", connectivity=16, expansion_add=64, expansion_search=96)
    index.add(np.arange(len(whole)), whole, threads=threads)
    near = np.full((len(whole), NEIGHBOURS + SPARE), -1, dtype=np.int64)
    for start in range(0, len(whole), 64 * BLOCK):
        matches = index.search(whole[start : start + 64 * BLOCK], NEIGHBOURS + SPARE + 1, threads=threads)
        keys = matches.keys.astype(np.int64)
        keys[np.arange(keys.shape[1]) >= matches.counts[:, None]] = -1
        own = keys == np.arange(start, start + len(keys))[:, None]
        own[~own.any(axis=1), -1] = True  # it did not find itself: leave out the farthest
        near[start : start + len(keys)] = keys[~own].reshape(len(keys), -1)
    return near


def _recall(whole: Floats, positions: Positions) -> float:
    """Share of the exactly nearest others that are listed, over a sample; ties at the end count as found."""
    probed = np.random.default_rng(0).choice(len(whole), _PROBED, replace=False)
    found = 0.0
    for example in probed:
        cosines = whole @ whole[example]
        cosines[example] = -2
        least = np.partition(cosines, -NEIGHBOURS)[-NEIGHBOURS]
        found += float((cosines[positions[example]] >= least - 1e-6).mean())
    return found / _PROBED
