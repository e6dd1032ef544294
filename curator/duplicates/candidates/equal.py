"""Examples that say the same in the same words: one represents all of them where pairs are searched."""

import numpy as np
import numpy.typing as npt

from curator.duplicates.corpus import Corpus, first_equal

Positions = npt.NDArray[np.int64]


def equal_examples(corpus: Corpus) -> tuple[Positions, Positions]:
    """For every example, the first exact duplicate of it, and the first example with the same words.

    Words say nothing of a part that has none (`✓`, `<`): examples with such a part are the same only when exact
    duplicates are.

    Returns: two arrays int64 [n].
    """
    exact_first = first_equal(corpus.exact)
    has_words = corpus.words[exact_first] > 0
    worded = has_words[:, 1] & (has_words[:, 0] | corpus.text_only[exact_first])
    by_words = first_equal(
        np.where(worded, corpus.equal_words[exact_first, 0], corpus.exact),
        np.where(worded, corpus.equal_words[exact_first, 1], np.uint64(0)),
        np.where(worded, corpus.context[exact_first], np.uint64(0)),
        corpus.text_only[exact_first].astype(np.uint64) * np.uint64(2) + worded.astype(np.uint64),
    )
    return exact_first, by_words


def equal_pairs(
    corpus: Corpus, exact_first: Positions, first: Positions
) -> tuple[Positions, Positions, npt.NDArray[np.bool_]]:
    """Every example that is not the first of its kind, with the first that is most like it.

    Returns: that first one's position, its own, and whether they are exact duplicates.
    """
    every = np.arange(len(corpus))
    exact = np.flatnonzero(exact_first != every)
    words = np.flatnonzero((exact_first == every) & (first != every))
    left = np.concatenate([exact_first[exact], first[words]])
    return left, np.concatenate([exact, words]), np.repeat([True, False], [len(exact), len(words)])
