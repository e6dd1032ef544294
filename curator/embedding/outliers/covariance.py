"""Middle and covariance of vectors, summed in float64 block by block."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


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
