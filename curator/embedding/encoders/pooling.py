"""The sum of the vectors of a text's tokens, each text alone: the same to the last bit whatever is summed beside it."""

import numpy as np
import numpy.typing as npt

from curator.embedding.vectors import Floats
from curator.jit import kernel


@kernel
def summed(table: Floats, ids: npt.NDArray[np.int32], begins: npt.NDArray[np.int64]) -> Floats:
    """float32 [texts, dimensions], added up in the order of the tokens.

    Args:
        table: float32 [tokens, dimensions], a vector for each token of the vocabulary.
        ids: int32, the tokens of all texts, one text after the other.
        begins: int64 [texts + 1], where each text begins, and where the last one ends.
    """
    sums = np.zeros((begins.size - 1, table.shape[1]), dtype=np.float32)
    for text in range(begins.size - 1):
        for at in range(begins[text], begins[text + 1]):
            for column in range(table.shape[1]):
                sums[text, column] += table[ids[at], column]
    return sums
