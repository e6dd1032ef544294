"""Topics: what the set is about, in clusters. Their titles are in titles.py."""

import math
from dataclasses import dataclass

import numpy as np

from curator.embedding.topics.kmeans import clusters
from curator.embedding.vectors import Floats, FullTextVectors, Positions, Vectors

REPRESENTATIVES = 100
"""Examples nearest to a topic's middle whose words make its title."""

FEWEST, MOST = 2, 60  # topics; sixty are as many as a person reads through
PER_TOPIC = 100  # examples of a topic, on average, in a small set

THIN = 0.2
"""Of the size that topics have on average: below it a topic is thin. Five times too small is seen by eye on a map."""

THIN_FEWEST = 3  # fewer examples than that are not a topic but single outliers

DOMINANT = 0.3
"""Share of the set from which one topic dominates, where there are at least four topics: more than all others' average
share by any count of topics that is shown."""


@dataclass(frozen=True)
class Topic:
    """One topic.

    Attributes:
        number: 0 is the largest.
        title: its words, best first; "" before `titled`.
        size: examples.
        share: of the set, 0 to 1.
        representatives: positions of the examples nearest to its middle, nearest first.
        is_thin: see `THIN`.
        is_dominant: see `DOMINANT`.
    """

    number: int
    title: str
    size: int
    share: float
    representatives: tuple[int, ...]
    is_thin: bool
    is_dominant: bool


@dataclass(frozen=True)
class Topics:
    """All topics of a set.

    Attributes:
        label: int64 [n], each example's topic; -1 for one without text.
        centroids: float32 [topics, dimensions].
        topics: in order of number.
    """

    label: Positions
    centroids: Floats
    topics: tuple[Topic, ...]


def topics(vectors: Vectors, count: int | None = None) -> Topics:
    """The topics of a set, without titles; the same for the same vectors.

    Args:
        vectors: of the set.
        count: how many; None: the square root of n / 2 up to 60, but no more than leaves 100 examples each.
    """
    present = np.flatnonzero(vectors.with_text)
    label = np.full(len(vectors), -1, dtype=np.int64)
    if len(present) == 0:
        return Topics(label, np.zeros((0, vectors.parts.shape[2]), dtype=np.float32), ())
    wanted = count or _count(len(present))
    found, cosines, centroids = clusters(FullTextVectors(vectors, present), min(wanted, len(present)))
    label[present] = found
    listed = []
    for number in range(len(centroids)):
        members = np.flatnonzero(found == number)
        nearest = members[np.lexsort((members, -cosines[members]))]
        size = len(members)
        share = size / len(present)
        listed.append(
            Topic(
                number=number,
                title="",
                size=size,
                share=share,
                representatives=tuple(int(at) for at in present[nearest[:REPRESENTATIVES]]),
                is_thin=THIN_FEWEST <= size < THIN * len(present) / len(centroids),
                is_dominant=len(centroids) >= 4 and share >= DOMINANT,
            )
        )
    return Topics(label, centroids, tuple(listed))


def _count(examples: int) -> int:
    return max(FEWEST, min(MOST, math.isqrt(examples // 2), examples // PER_TOPIC))
