"""Search by meaning, and a subset that stands for the whole."""

import heapq
from dataclasses import dataclass

import numpy as np

from curator.embedding.encoder import Encoder
from curator.embedding.product import DECIMALS, Positions, exact_cosines
from curator.embedding.vectors import Floats, Vectors

_STEP = 16_384
_SEED = 0


def query_vector(text: str, encoder: Encoder) -> Floats:
    """The unit vector of what a person typed, float32 [dimensions]."""
    vector: Floats = encoder.encode([text])[0]
    return vector


def similar(vectors: Vectors, query: Floats | int, count: int = 10) -> tuple[Positions, Floats]:
    """The nearest examples, nearest first, and their cosines.

    Args:
        vectors: of the set.
        query: a unit vector, compared with the best fitting of prompt, answer and whole; or the position of an
            example, compared as a whole and left out itself.
        count: how many.
    """
    whole = vectors.whole()
    if isinstance(query, int):
        cosines = exact_cosines(whole, np.arange(len(whole)), np.full(len(whole), query))
        cosines[query] = -2
    else:
        wanted = query.astype(np.float64)
        cosines = np.full(len(whole), -2.0)
        for part in (whole, vectors.prompt, vectors.answer):
            for at in range(0, len(part), _STEP):
                products = part[at : at + _STEP].astype(np.float64) @ wanted
                np.maximum(cosines[at : at + _STEP], products.round(DECIMALS), out=cosines[at : at + _STEP])
    cosines[~whole.any(axis=1)] = -2
    order = np.lexsort((np.arange(len(whole)), -cosines))[:count]
    order = order[cosines[order] > -2]
    return order, cosines[order].astype(np.float32)


@dataclass(frozen=True)
class Subset:
    """A subset chosen for diversity.

    Attributes:
        chosen: int64, positions in the order in which they were chosen: the first ones matter most.
        coverage: mean over all examples of the cosine to the nearest chosen one.
        coverage_random: the same for as many examples drawn at random.
    """

    chosen: Positions
    coverage: float
    coverage_random: float


def diverse_subset(vectors: Vectors, positions: Positions, cosines: Floats, count: int) -> Subset:
    """Choose `count` examples so that every example has a chosen one near it: facility location, greedy and lazy.

    An example serves itself (1) and those that list it among their neighbours (their cosine). The example that adds
    most is chosen next; once nothing adds, the worst served follow.

    Args:
        vectors: of the set.
        positions: int64 [n, k], neighbours; -1 for none.
        cosines: float32 [n, k], theirs.
        count: how many; all where there are fewer.
    """
    whole = vectors.whole()
    present = np.flatnonzero(whole.any(axis=1))
    count = min(count, len(present))
    served = np.zeros(len(whole))
    begins, clients, values = _clients(positions, cosines)

    def gain(example: int) -> float:
        members = clients[begins[example] : begins[example + 1]]
        added = np.maximum(values[begins[example] : begins[example + 1]] - served[members], 0).sum()
        return float(added + 1 - served[example])

    waiting = [(-gain(int(example)), int(example)) for example in present]
    heapq.heapify(waiting)
    chosen: list[int] = []
    while len(chosen) < count:
        _, example = heapq.heappop(waiting)
        now = (-gain(example), example)
        if waiting and now > waiting[0]:  # gains only fall: the head is the best once it is up to date
            heapq.heappush(waiting, now)
            continue
        chosen.append(example)
        members = slice(begins[example], begins[example + 1])
        np.maximum.at(served, clients[members], values[members])
        served[example] = 1
    drawn = np.random.default_rng(_SEED).choice(present, count, replace=False)
    return Subset(
        np.array(chosen, dtype=np.int64),
        _coverage(whole[present], whole[chosen]),
        _coverage(whole[present], whole[drawn]),
    )


def _clients(positions: Positions, cosines: Floats) -> tuple[Positions, Positions, Floats]:
    """For each example those that list it as a neighbour, and their cosines."""
    rows, ranks = np.nonzero((positions >= 0) & (cosines > 0))
    served_by = positions[rows, ranks]
    order = np.argsort(served_by, kind="stable")
    begins = np.searchsorted(served_by[order], np.arange(len(positions) + 1))
    return begins, rows[order], cosines[rows, ranks][order]


def _coverage(whole: Floats, chosen: Floats) -> float:
    if len(whole) == 0 or len(chosen) == 0:
        return 0.0
    best = [(whole[at : at + _STEP // 8] @ chosen.T).max(axis=1) for at in range(0, len(whole), _STEP // 8)]
    return round(float(np.concatenate(best).mean(dtype=np.float64)), 4)
