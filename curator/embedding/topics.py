"""Topics: what the set is about, in clusters whose titles are their own distinguishing words."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from curator.embedding.clusters import clusters
from curator.embedding.product import Positions
from curator.embedding.vectors import Floats, Vectors

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

_WORD = re.compile(r"[^\W\d_]{3,}")


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
        centres: float32 [topics, dimensions].
        topics: in order of number.
    """

    label: Positions
    centres: Floats
    topics: tuple[Topic, ...]


def topics(vectors: Vectors, count: int | None = None) -> Topics:
    """The topics of a set, without titles; the same for the same vectors.

    Args:
        vectors: of the set.
        count: how many; None: the square root of n / 2 up to 60, but no more than leaves 100 examples each.
    """
    whole = vectors.whole()
    present = np.flatnonzero(whole.any(axis=1))
    label = np.full(len(whole), -1, dtype=np.int64)
    if len(present) == 0:
        return Topics(label, np.zeros((0, whole.shape[1]), dtype=np.float32), ())
    wanted = count or _count(len(present))
    found, centres = clusters(whole[present], min(wanted, len(present)))
    label[present] = found
    listed = []
    for number in range(len(centres)):
        members = np.flatnonzero(found == number)
        nearest = members[np.lexsort((members, -(whole[present[members]] @ centres[number]).round(5)))]
        size = len(members)
        share = size / len(present)
        listed.append(
            Topic(
                number=number,
                title="",
                size=size,
                share=share,
                representatives=tuple(int(at) for at in present[nearest[:REPRESENTATIVES]]),
                is_thin=THIN_FEWEST <= size < THIN * len(present) / len(centres),
                is_dominant=len(centres) >= 4 and share >= DOMINANT,
            )
        )
    return Topics(label, centres, tuple(listed))


def _count(examples: int) -> int:
    return max(FEWEST, min(MOST, math.isqrt(examples // 2), examples // PER_TOPIC))


def titled(found: Topics, texts: Mapping[int, str], words: int = 4) -> Topics:
    """`found` with titles by c-TF-IDF: words frequent in a topic's texts and more frequent than in all of them.

    The weight of a word is its share of the topic's words times the logarithm of how many times larger that is than
    its share of all words: what every topic says (a greeting, "the") names none.

    Args:
        found: topics.
        texts: of their representatives, by position; others are not read.
        words: how many a title has.
    """
    counts = []
    for topic in found.topics:
        counted: Counter[str] = Counter()
        for position in topic.representatives:
            # A word counts once an example, so that one that repeats itself does not name the topic.
            counted.update(set(_WORD.findall(texts.get(position, "").casefold())))
        counts.append(counted)
    everywhere = sum(counts, Counter())
    all_words = sum(everywhere.values())
    named = []
    for topic, counted in zip(found.topics, counts, strict=True):
        total = max(sum(counted.values()), 1)
        weights = {
            word: times / total * math.log(times / total * all_words / everywhere[word])
            for word, times in counted.items()
            if times >= min(3, topic.size)
        }
        best = sorted(weights, key=lambda word: (-weights[word], word))[:words]
        named.append(replace(topic, title=" · ".join(best) or "(no words)"))
    return replace(found, topics=tuple(named))
