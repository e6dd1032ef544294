"""Choose examples for a purpose: those nearest to a task, and any ranking taken so that groups are balanced."""

import heapq

import numpy as np
import numpy.typing as npt

from curator.embedding.topics.kmeans import clusters
from curator.embedding.vectors import Floats, FullTextVectors, Positions, Vectors

PER_PART, MOST_PARTS = 50, 6
"""Examples of a part of a task on average, and parts at most: fewer examples tell no direction from chance."""
_SHRINKAGE, _SHRINKAGE_OF_FEW = 1.0, 10.0
"""Of the covariance towards a sphere, in units of its mean variance (`benchmarks/studies/scoring/like.py` measures);
and what is added for each dimension by the number of examples: few examples tell little of a covariance."""
_SAMPLED = 20_000
"""Examples of the set from which its mean and covariance are taken."""
_STEP = 2048


def nearest_to_task(vectors: Vectors, task: Vectors, is_out: npt.NDArray[np.bool_], count: int) -> Positions:
    """The examples nearest to a task, balanced over its examples: int64, at most `count`, the nearest first.

    The task is divided into parts by meaning. Each part is a direction in which it differs most from the set (linear
    discriminant analysis of prompt and answer), and brings examples in the order of that direction, as many as its
    share of the task's examples. Plain cosines bring what resembles a single odd example of the task. A task without
    answers is compared with prompts alone.

    Args:
        vectors: of the set.
        task: of the task's examples; at least one has a text.
        is_out: bool [n], examples that are not chosen.
        count: how many.
    """
    eligible = np.flatnonzero(vectors.with_text & ~is_out)
    parts = 2 if task.parts_with_text[:, 1].any() else 1
    wanted = _side_by_side(task, np.flatnonzero(task.with_text), parts)
    present = np.flatnonzero(vectors.with_text)
    some = _side_by_side(vectors, present[:: max(1, len(present) // _SAMPLED)], parts).astype(np.float64)
    mean = some.mean(axis=0)
    covariance = (some - mean).T @ (some - mean) / len(some)
    variance = max(float(np.trace(covariance)) / some.shape[1], 1e-12)
    shrinkage = _SHRINKAGE + _SHRINKAGE_OF_FEW * some.shape[1] / len(some)
    covariance += shrinkage * variance * np.eye(some.shape[1])
    labels = _parts_of_task(task, np.flatnonzero(task.with_text))
    numbers, sizes = np.unique(labels, return_counts=True)
    middles = np.array([wanted[labels == number].mean(axis=0) for number in numbers], dtype=np.float64)
    directions = np.linalg.solve(covariance, (middles - mean).T).astype(np.float32)
    turn = np.full(len(eligible), np.inf)
    for number, size in enumerate(sizes.tolist()):
        along = _along(vectors, eligible, directions[:, number], parts)
        order = np.argsort(-along, kind="stable")
        rounds = np.empty(len(order))
        rounds[order] = np.arange(len(order)) * (len(wanted) / size)
        turn = np.minimum(turn, rounds)
    return eligible[np.argsort(turn, kind="stable")[:count]]


def _side_by_side(vectors: Vectors, at: Positions, parts: int) -> Floats:
    """Prompt and answer one after the other, or the prompt alone: float32 [at, parts * dimensions]."""
    return np.asarray(vectors.parts[at, :parts].reshape(len(at), -1).astype(np.float32))


def _along(vectors: Vectors, eligible: Positions, direction: Floats, parts: int) -> Floats:
    """How far each example lies in a direction, float32 [eligible]."""
    blocks = [eligible[start : start + _STEP] for start in range(0, len(eligible), _STEP)]
    return np.concatenate([_side_by_side(vectors, at, parts) @ direction for at in blocks] or [np.zeros(0, np.float32)])


def _parts_of_task(task: Vectors, present: Positions) -> npt.NDArray[np.int64]:
    """The part of each example of the task with a text."""
    count = max(1, min(MOST_PARTS, len(present) // PER_PART))
    if count == 1:
        return np.zeros(len(present), dtype=np.int64)
    return clusters(FullTextVectors(task, present), count)[0]


def taken_in_turn(
    ranking: Positions, groups: npt.NDArray[np.int64], sizes: Floats, shares: dict[int, float], count: int
) -> Positions:
    """The first of a ranking, so that groups get their shares: int64, in the order in which they were taken.

    The group that is furthest behind its share is next; one that is used up leaves its share to the others.

    Args:
        ranking: positions, the best first.
        groups: int64 [n], of every example.
        sizes: float [n], what each counts: 1, or its tokens.
        shares: of each group, above 0; examples of other groups are not taken.
        count: how many.
    """
    waiting = {group: ranking[groups[ranking] == group].tolist()[::-1] for group in shares}
    behind = [(0.0, group) for group in sorted(waiting) if waiting[group]]
    heapq.heapify(behind)
    taken: list[int] = []
    while behind and len(taken) < count:
        done, group = heapq.heappop(behind)
        position = waiting[group].pop()
        taken.append(position)
        if waiting[group]:
            heapq.heappush(behind, (done + float(sizes[position]) / shares[group], group))
    return np.array(taken, dtype=np.int64)
