"""Comparing examples that are named, whether or not they were candidates."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.collected import compared_frame
from curator.duplicates.corpus import Whole
from curator.duplicates.relations import with_relations
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.jaccard import Sides, similarities
from curator.duplicates.verify.templates import lookup_table, outside_templates
from curator.jit import kernel

Positions = npt.NDArray[np.int64]


def sides_of(whole: Whole, template_shingles: Hashes) -> tuple[Sides, Hashes]:
    """What comparing examples of `whole` takes, where prompts are made from these template shingles.

    Returns: it, and for each example the key of its form; see `outside_templates`.
    """
    table = lookup_table(template_shingles)
    outside, keys, parities = outside_templates(whole, table)
    sides = Sides(whole.addresses, whole.counts, whole.sizes, whole.words, whole.text_only, outside, table, parities)
    return sides, keys


def compare_named(
    whole: Whole, template_shingles: Hashes, left: Positions, right: Positions, threshold: float
) -> pl.DataFrame:
    """The pairs of `left[k]` and `right[k]`, in this order, as `with_relations` gives them.

    Exact duplicates have similarity 1 in every part, with words or without.
    """
    values = _compare_all(left, right, sides_of(whole, template_shingles)[0])
    exact = whole.exact[left] == whole.exact[right]
    values[exact] = 1.0
    return with_relations(compared_frame(np.stack([left, right], axis=1), values, exact), whole, threshold)


@kernel
def _compare_all(left: Positions, right: Positions, sides: Sides) -> npt.NDArray[np.float64]:
    values = np.empty((left.size, 4), dtype=np.float64)
    for pair in range(left.size):
        found = similarities(left[pair], right[pair], sides)
        for view in range(4):
            values[pair, view] = found[view]
    return values
