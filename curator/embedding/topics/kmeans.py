"""Spherical k-means: deterministic, on all examples or on a sample of a large set."""

import numpy as np

from curator.embedding.vectors import Floats, FullTextVectors, Positions, unit

SAMPLED = 20_000  # examples that the centres are fitted to
_ROUNDS = 25
_STEP = 4096
_SEED = 0


def clusters(full_text: FullTextVectors, count: int) -> tuple[Positions, Floats, Floats]:
    """Each example's cluster, int64 [n], its cosine to the centre, float32 [n], and the centres, [count, dimensions].

    The largest cluster comes first.
    """
    centroids = fitted_centroids(full_text, count)
    labels, cosines = np.empty(len(full_text), dtype=np.int64), np.empty(len(full_text), dtype=np.float32)
    for rows, block in full_text.blocks(_STEP):
        labels[rows], cosines[rows] = _assigned(block, centroids)
    sizes = np.bincount(labels, minlength=len(centroids))
    order = np.lexsort((np.arange(len(sizes)), -sizes))
    order = order[sizes[order] > 0]
    renamed = np.empty(len(sizes), dtype=np.int64)
    renamed[order] = np.arange(len(order))
    return renamed[labels], cosines, centroids[order]


def fitted_centroids(full_text: FullTextVectors, count: int) -> Floats:
    """The centres of clusters, float32 [count, dimensions], in no order."""
    some = np.arange(len(full_text))
    if len(full_text) > SAMPLED:
        some = np.sort(np.random.default_rng(_SEED).choice(len(full_text), SAMPLED, replace=False))
    sample = full_text[some]
    centroids = _first_centroids(sample, count)
    labels = np.full(len(sample), -1)
    for _ in range(_ROUNDS):
        nearest, cosines = _assigned(sample, centroids)
        if (nearest == labels).all():
            break
        labels = nearest
        centroids = _moved(sample, labels, cosines, centroids)
    return centroids


def _assigned(sample: Floats, centroids: Floats) -> tuple[Positions, Floats]:
    """The nearest centre of each example and its cosine, rounded so that no order of sums decides."""
    labels = np.empty(len(sample), dtype=np.int64)
    cosines = np.empty(len(sample), dtype=np.float32)
    for start in range(0, len(sample), _STEP):
        products = np.round(sample[start : start + _STEP] @ centroids.T, 5)
        labels[start : start + _STEP] = products.argmax(axis=1)
        cosines[start : start + _STEP] = products.max(axis=1)
    return labels, cosines


def _first_centroids(sample: Floats, count: int) -> Floats:
    """k-means++: each next centre is drawn by its squared distance from those there are."""
    draw = np.random.default_rng(_SEED)
    chosen = [int(draw.integers(len(sample)))]
    nearest = np.full(len(sample), -1.0)
    for _ in range(count - 1):
        nearest = np.maximum(nearest, np.round(sample @ sample[chosen[-1]], 5))
        weights = np.cumsum(np.maximum(1 - nearest, 0).astype(np.float64))
        if weights[-1] == 0:
            break
        chosen.append(min(int(np.searchsorted(weights, draw.random() * weights[-1])), len(sample) - 1))
    return sample[chosen]


def _moved(sample: Floats, labels: Positions, cosines: Floats, centroids: Floats) -> Floats:
    """Centres in the middle of their examples; one without any moves to the example that is worst placed."""
    sums = np.zeros(centroids.shape, dtype=np.float64)
    order = np.argsort(labels, kind="stable")
    begins = np.flatnonzero(np.diff(labels[order], prepend=-1))
    sums[labels[order][begins]] = np.add.reduceat(sample[order].astype(np.float64), begins, axis=0)
    empty = np.flatnonzero(np.bincount(labels, minlength=len(centroids)) == 0)
    sums[empty] = sample[np.argsort(cosines, kind="stable")[: len(empty)]]
    return unit(sums.astype(np.float32))
