"""Questions asked in the same words and symbols that get different answers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.corpus import Corpus, first_equal
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.jaccard import jaccard, shared
from curator.jit import kernel

DIFFERENT = 0.5
"""Answers less similar than this contradict each other (the contract's figure)."""

_TRIES = 64  # answers to one question with which another answer to it is compared


@dataclass(frozen=True)
class Conflicts:
    """Conflicting answers of a set.

    Attributes:
        pairs: a row per example with a conflict: `position`, `other` (the first example it conflicts with) and
            `similarity` of the two answers.
        prompts: different prompts in the set.
        conflicting: how many of those have answers in conflict.
    """

    pairs: pl.DataFrame
    prompts: int
    conflicting: int

    @property
    def is_habit(self) -> bool:
        """Whether most prompts of the set have several answers: it was made that way."""
        return 2 * self.conflicting > self.prompts


def conflicts(corpus: Corpus) -> Conflicts:
    """Find examples with equal prompts and the same context whose answers differ (`DIFFERENT`).

    Answers under five words are one shingle each, so that any other words make them differ.
    """
    asked = np.flatnonzero((corpus.words[:, 0] > 0) & ~corpus.text_only)
    prompts = first_equal(corpus.equal_prompt[asked], corpus.context[asked])
    answers = first_equal(prompts.astype(np.uint64), corpus.equal_words[asked, 1])
    representative = np.flatnonzero(answers == np.arange(len(asked)))
    representative = representative[np.argsort(prompts[representative], kind="stable")]
    edges = np.flatnonzero(np.diff(prompts[representative], prepend=-1, append=-1))
    members = asked[representative]
    other, similarity = _first_conflicts(members, edges, corpus.addresses, corpus.counts, corpus.sizes)
    by_answer = np.full(len(asked), -1, dtype=np.int64)
    by_answer[representative] = other
    values = np.zeros(len(asked), dtype=np.float64)
    values[representative] = similarity
    found = by_answer[answers] >= 0
    return Conflicts(
        pairs=pl.DataFrame(
            {"position": asked[found], "other": by_answer[answers][found], "similarity": values[answers][found]},
            schema={"position": pl.UInt32, "other": pl.UInt32, "similarity": pl.Float64},
        ),
        prompts=max(0, len(edges) - 1),
        conflicting=len(np.unique(prompts[found])),
    )


@kernel
def _first_conflicts(
    members: npt.NDArray[np.int64],
    edges: npt.NDArray[np.int64],
    addresses: Hashes,
    counts: npt.NDArray[np.uint32],
    sizes: npt.NDArray[np.uint32],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """For every member, the first of its group whose answer is different, or -1; and how similar the answers are."""
    other = np.full(members.size, -1, dtype=np.int64)
    similarity = np.zeros(members.size, dtype=np.float64)
    none = np.zeros(1, dtype=np.uint64)  # no template shingles: answers are compared
    for group in range(edges.size - 1):
        begin, end = edges[group], edges[group + 1]
        for at in range(begin, end):
            here = members[at]
            for candidate in range(begin, min(end, begin + _TRIES)):
                there = members[candidate]
                if candidate == at:
                    continue
                both = shared(addresses[here], counts[here], addresses[there], counts[there], none)[2]
                found = jaccard(both, sizes[here, 2], sizes[there, 2])
                if found < DIFFERENT:
                    other[at] = there
                    similarity[at] = found
                    break
    return other, similarity
