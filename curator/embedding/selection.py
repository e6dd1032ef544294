"""Search by meaning, and a subset that represents the set."""

import heapq
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.embedding.encoders.encoder import Encoder
from curator.embedding.neighbors.exact_knn import DECIMALS
from curator.embedding.vectors import Floats, FullTextVectors, Positions, Vectors

_STEP = 2048
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
            example, compared by its full text, itself excluded.
        count: how many.
    """
    example = query if isinstance(query, int) else None
    wanted = (vectors.full_text[np.array([query])][0] if isinstance(query, int) else query).astype(np.float64)
    cosines = np.full(len(vectors), -2.0)
    for rows, block in vectors.full_text.blocks(_STEP):
        compared = [block, *((vectors.prompt[rows], vectors.answer[rows]) if example is None else ())]
        cosines[rows] = np.max([part.astype(np.float64) @ wanted for part in compared], axis=0).round(DECIMALS)
    if example is not None:
        cosines[example] = -2
    cosines[~vectors.with_text] = -2
    order = np.lexsort((np.arange(len(cosines)), -cosines))[:count]
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


def diverse_order(
    vectors: Vectors,
    positions: Positions,
    cosines: Floats,
    count: int,
    is_out: npt.NDArray[np.bool_] | None = None,
) -> Positions:
    """`count` examples, int64, so that every example has a chosen one near it: facility location, greedy and lazy.

    An example serves itself (1) and those that list it among their neighbours (their cosine). The example that adds
    most is chosen next; once nothing adds, the worst served follow.

    Args:
        vectors: of the set.
        positions: int64 [n, k], neighbours; -1 for none.
        cosines: float32 [n, k], theirs.
        count: how many; all where there are fewer.
        is_out: bool [n], examples that are neither chosen nor served.
    """
    eligible = vectors.with_text if is_out is None else vectors.with_text & ~is_out
    positions = np.where(eligible[:, None] & eligible[positions], positions, -1)
    present = np.flatnonzero(eligible)
    count = min(count, len(present))
    served = np.zeros(len(vectors))
    clients = _clients(positions, cosines)

    def gain(example: int) -> float:
        of = clients.of(example)
        added = np.maximum(clients.cosines[of] - served[clients.examples[of]], 0).sum()
        return float(added + 1 - served[example])

    gains = np.bincount(clients.listed, weights=clients.cosines, minlength=len(vectors)) + 1
    waiting = list(zip((-gains[present]).tolist(), present.tolist(), strict=True))
    heapq.heapify(waiting)
    chosen: list[int] = []
    while len(chosen) < count:
        _, example = heapq.heappop(waiting)
        now = (-gain(example), example)
        if waiting and now > waiting[0]:  # gains only fall: the head is the best once it is up to date
            heapq.heappush(waiting, now)
            continue
        chosen.append(example)
        of = clients.of(example)
        np.maximum.at(served, clients.examples[of], clients.cosines[of])
        served[example] = 1
    return np.array(chosen, dtype=np.int64)


def measured_subset(vectors: Vectors, chosen: Positions, eligible: Positions) -> Subset:
    """A choice beside as many examples drawn at random of those that could be chosen."""
    drawn = drawn_at_random(eligible, len(chosen))
    every = FullTextVectors(vectors, eligible)
    return Subset(chosen, *(_coverage(every, vectors.full_text[some]) for some in (chosen, drawn)))


def drawn_at_random(eligible: Positions, count: int) -> Positions:
    """As many of these positions, the same each time."""
    return np.random.default_rng(_SEED).choice(eligible, min(count, len(eligible)), replace=False)


class _Clients(NamedTuple):
    """Who lists whom as a neighbour, in the order of those who are listed; all [entries] but `begins`."""

    listed: Positions
    examples: Positions
    cosines: Floats
    begins: Positions

    def of(self, example: int) -> slice:
        """The entries of those that list this example."""
        return slice(self.begins[example], self.begins[example + 1])


def _clients(positions: Positions, cosines: Floats) -> _Clients:
    """For each example those that list it as a neighbour, and their cosines."""
    examples, columns = np.nonzero((positions >= 0) & (cosines > 0))
    listed = positions[examples, columns]
    order = np.argsort(listed, kind="stable")
    begins = np.concatenate([[0], np.cumsum(np.bincount(listed, minlength=len(positions)))])
    return _Clients(listed[order], examples[order], cosines[examples, columns][order], begins)


def _coverage(full_text: FullTextVectors, chosen: Floats) -> float:
    if len(full_text) == 0 or len(chosen) == 0:
        return 0.0
    best = [(block @ chosen.T).max(axis=1) for _, block in full_text.blocks(_STEP)]
    return round(float(np.concatenate(best).mean(dtype=np.float64)), 4)
