"""Groups of copies, each around the example that is kept."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.corpus import Corpus
from curator.duplicates.relations import related, with_relations
from curator.duplicates.search import Duplicates
from curator.jit import kernel

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Who is kept for whom.

    Attributes:
        keeper: int64 [n], the keeper of each example's group; itself where it is a keeper or has no copy.
        exact_keeper: int64 [n], of its exact duplicates the one that is kept.
        pairs: the pairs from the threshold up, with relations; see `with_relations`.
        threshold: the similarity that makes a copy.
    """

    keeper: Positions
    exact_keeper: Positions
    pairs: pl.DataFrame
    threshold: float


def default_rank(corpus: Corpus) -> Positions:
    """Keeper order where nothing else is known: the longer answer in words, then the earlier position."""
    rank = np.empty(len(corpus), dtype=np.int64)
    rank[np.argsort(-corpus.words[:, 1].astype(np.int64), kind="stable")] = np.arange(len(corpus))
    return rank


def group(corpus: Corpus, duplicates: Duplicates, rank: Positions, threshold: float | None = None) -> Groups:
    """Group the copies of a set around keepers: nobody is in a group whose keeper it does not itself resemble.

    Args:
        corpus: the set.
        duplicates: what was found in it.
        rank: [n], lower is kept; ties go to the earlier position.
        threshold: at least `duplicates.threshold`, which it is unless given.

    Raises:
        ValueError: a threshold below the one for which pairs were sought.
    """
    threshold = duplicates.threshold if threshold is None else threshold
    if threshold < duplicates.threshold:
        raise ValueError(f"Pairs were sought from {duplicates.threshold} up: {threshold} needs a new search.")
    pairs = with_relations(duplicates.pairs, corpus, threshold)
    return regroup(pairs, duplicates.first, duplicates.exact_first, rank, threshold)


def regroup(pairs: pl.DataFrame, first: Positions, exact_first: Positions, rank: Positions, threshold: float) -> Groups:
    """Group by pairs that are known already: what `group` does, without the texts.

    Args:
        pairs: `COMPARED` and `PAIR_FACTS`, of a search at `threshold` or below.
        first: [n], see `Duplicates`.
        exact_first: [n], see `Duplicates`.
        rank: [n], lower is kept; ties go to the earlier position.
        threshold: the similarity that makes a copy.
    """
    pairs = related(pairs, threshold).filter(pl.col("relation").is_not_null())
    order = np.lexsort((np.arange(len(rank)), rank)).astype(np.int64)
    copies = pairs.filter(relation="copy").select("left", "right").to_numpy().astype(np.int64)
    between = copies[first[copies[:, 0]] != first[copies[:, 1]]]
    classes = _copy_classes(first, exact_first, pairs)
    return Groups(
        keeper=_keepers(classes, order, between),
        exact_keeper=_best(exact_first, order),
        pairs=pairs,
        threshold=threshold,
    )


def _copy_classes(first: Positions, exact_first: Positions, pairs: pl.DataFrame) -> Positions:
    """For each example the first that has its words, where equal words make a copy; else its first exact duplicate."""
    classes = exact_first.copy()
    equal = pairs.filter(~pl.col("exact") & (pl.col("relation") == "copy")).select("left", "right").to_numpy()
    equal = equal[first[equal[:, 1]] == equal[:, 0]].astype(np.int64)
    classes[equal[:, 1]] = equal[:, 0]
    return classes[classes]


@kernel
def _best(classes: Positions, order: Positions) -> Positions:
    """For each example, the one of its class that comes first in `order`."""
    best = np.full(classes.size, -1, dtype=np.int64)
    for example in order:
        if best[classes[example]] < 0:
            best[classes[example]] = example
    return best[classes]


@kernel
def _keepers(classes: Positions, order: Positions, between: npt.NDArray[np.int64]) -> Positions:
    """Walk the examples in `order`; the first free one keeps every free copy of itself.

    Examples of one class are copies of the same examples, so that a class is free as a whole or not at all.

    Args:
        classes: [n], the first example of each one's class.
        order: [n], best first.
        between: [edges, 2], firsts of classes that are copies of each other.
    """
    begins = np.zeros(classes.size + 1, dtype=np.int64)
    for edge in range(between.shape[0]):
        begins[between[edge, 0] + 1] += 1
        begins[between[edge, 1] + 1] += 1
    for place in range(classes.size):  # np.cumsum would take a second to compile
        begins[place + 1] += begins[place]
    ends = begins[:-1].copy()
    others = np.empty(2 * between.shape[0], dtype=np.int64)
    for edge in range(between.shape[0]):
        for side in range(2):
            here = between[edge, side]
            others[ends[here]] = between[edge, 1 - side]
            ends[here] += 1
    keeper = np.full(classes.size, -1, dtype=np.int64)
    for example in order:
        here = classes[example]
        if keeper[here] >= 0:
            continue
        keeper[here] = example
        for at in range(begins[here], ends[here]):
            if keeper[others[at]] < 0:
                keeper[others[at]] = example
    return keeper[classes]
