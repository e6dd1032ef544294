"""Comparing examples that are named, whether or not they were candidates."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.collected import compared_frame
from curator.duplicates.corpus import Corpus
from curator.duplicates.relations import with_relations
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.jaccard import PairFeatures, similarities
from curator.duplicates.verify.templates import lookup_table, without_templates
from curator.jit import kernel

Positions = npt.NDArray[np.int64]


def pair_features(corpus: Corpus, template_shingles: Hashes) -> tuple[PairFeatures, Hashes]:
    """What comparing examples of `corpus` takes, where prompts are made from these template shingles.

    Returns: it, and for each example the key of its form; see `without_templates`.
    """
    table = lookup_table(template_shingles)
    without_template, keys, bitmaps = without_templates(corpus, table)
    features = PairFeatures(
        corpus.addresses, corpus.counts, corpus.sizes, corpus.words, corpus.text_only, without_template, table, bitmaps
    )
    return features, keys


def compare_named(
    corpus: Corpus, template_shingles: Hashes, left: Positions, right: Positions, threshold: float
) -> pl.DataFrame:
    """The pairs of `left[k]` and `right[k]`, in this order, as `with_relations` gives them.

    Exact duplicates have similarity 1 in every part, with words or without.
    """
    values = _compare_all(left, right, pair_features(corpus, template_shingles)[0])
    exact = corpus.exact[left] == corpus.exact[right]
    values[exact] = 1.0
    return with_relations(compared_frame(np.stack([left, right], axis=1), values, exact), corpus, threshold)


@kernel
def _compare_all(left: Positions, right: Positions, features: PairFeatures) -> npt.NDArray[np.float64]:
    values = np.empty((left.size, 4), dtype=np.float64)
    for pair in range(left.size):
        found = similarities(left[pair], right[pair], features)
        for view in range(4):
            values[pair, view] = found[view]
    return values
