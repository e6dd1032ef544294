"""How unusual the words of each text are in its own set: what vectors do not see of logs, code, noise and languages."""

import numpy as np
import numpy.typing as npt

from curator.embedding.encoders.subwords import Subwords

EVIDENCE = 8
"""Word pieces of the usual rarity that every text is given beside its own: one rare word is not yet a rare text."""


def surprisal(words: Subwords) -> npt.NDArray[np.float64]:
    """Mean surprise of each text's word pieces, float64 [n, 2] for prompt and answer; NaN where there is no text.

    The surprise of a piece is -log of the share of the set's other texts of that part that hold it, half a text where
    none does. A text is drawn towards the median by `EVIDENCE` pieces.
    """
    counts = np.diff(words.ends, prepend=0)
    is_answer = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    result = np.full((len(counts) // 2, 2), np.nan)
    for part in (0, 1):
        sizes = counts[part::2]
        there = sizes > 0
        if not there.any():
            continue
        ids = words.subwords[is_answer == bool(part)]
        held = np.bincount(ids, minlength=1)
        surprise = -np.log(np.maximum(held - 1, 0.5) / there.sum())
        sums = np.add.reduceat(surprise[ids], (np.cumsum(sizes) - sizes)[there])
        means = sums / sizes[there]
        result[there, part] = (sums + EVIDENCE * np.median(means)) / (sizes[there] + EVIDENCE)
    return result
