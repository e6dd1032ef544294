"""Where each example stands on a map of two dimensions."""

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Literal

import numpy as np
import numpy.typing as npt

from curator.embedding.vectors import Floats, FullTextVectors, Vectors
from curator.errors import MissingDependency

_STEP = 4096
_SEED = 0


def layout(vectors: Vectors, kind: Literal["pca", "umap"] = "pca") -> Floats:
    """float32 [n, 2], each axis from 0 to 1; the same for the same vectors.

    Raises:
        MissingDependency: UMAP is asked for and not installed.
    """
    full_text = vectors.full_text
    if len(full_text) == 0:
        return np.zeros((0, 2), dtype=np.float32)
    coordinates = _principal(full_text) if kind == "pca" else _umap(full_text)
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    scaled: Floats = ((coordinates - low) / np.maximum(high - low, 1e-9)).astype(np.float32)
    return scaled


def require(kind: Literal["pca", "umap"]) -> None:
    """Say early that a map cannot be made.

    Raises:
        MissingDependency: UMAP is asked for and not installed.
    """
    if kind == "umap" and find_spec("umap") is None:
        raise MissingDependency("The map by UMAP needs a package: pip install umap-learn. The PCA map needs none.")


def _principal(full_text: FullTextVectors) -> Floats:
    """The two directions of most variance; of each, the side with its largest part is the positive one."""
    middle, covariance = mean_and_covariance(block for _, block in full_text.blocks(_STEP))
    directions = np.linalg.eigh(covariance)[1][:, ::-1][:, :2]
    directions = np.pad(directions, ((0, 0), (0, 2 - directions.shape[1])))
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.where(directions[largest, [0, 1]] < 0, -1, 1)
    along, away = directions.astype(np.float32), (middle @ directions).astype(np.float32)
    placed = np.empty((len(full_text), 2), dtype=np.float32)
    for rows, block in full_text.blocks(_STEP):
        placed[rows] = (block @ along - away).round(5)
    return placed


def _umap(full_text: FullTextVectors) -> Floats:
    require("umap")
    from umap import UMAP

    coordinates = UMAP(n_neighbors=15, metric="cosine", random_state=_SEED).fit_transform(full_text[:])
    return np.asarray(coordinates, dtype=np.float32)


def mean_and_covariance(
    blocks: Iterable[npt.NDArray[np.floating]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The middle, float64 [dimensions], and the covariance, float64 [dimensions, dimensions], of rows in blocks.

    There is at least one row.
    """
    count, total, squares = 0, np.zeros(()), np.zeros(())
    for block in blocks:
        wide = block.astype(np.float64)
        count += len(wide)
        total = total + wide.sum(axis=0)
        squares = squares + wide.T @ wide
    middle = np.asarray(total / count)
    return middle, np.asarray(squares / count - np.outer(middle, middle))
