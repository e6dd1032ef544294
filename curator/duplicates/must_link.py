"""Which examples must stay together in a split."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.corpus import Corpus, first_equal
from curator.duplicates.groups import Groups
from curator.duplicates.search import Duplicates

Edges = npt.NDArray[np.int64]


def must_link(corpus: Corpus, duplicates: Duplicates, groups: Groups) -> tuple[Edges, Edges]:
    """Pairs of positions, int64 [edges, 2], that join examples.

    Returns: all constraints (full texts similar, copies, same answers, equal prompts), and the close ones among them
    (copies and equal prompts), which are what counts within a component that would be too large.
    """
    pairs = groups.pairs
    copies = _edges(pairs.filter(relation="copy"))
    similar = (pl.col("whole") >= groups.threshold) | pl.col("relation").is_in(["copy", "same-answer"])
    forest = duplicates.forest.filter(pl.col("similarity") >= groups.threshold)
    equal = np.stack([duplicates.first, np.arange(len(corpus))], axis=1)
    close = np.concatenate([copies, equal, equal_prompt_edges(corpus)])
    return np.concatenate([close, _edges(pairs.filter(similar)), _edges(forest)]), close


def equal_prompt_edges(corpus: Corpus) -> Edges:
    """Each example with a prompt, with the first that asks the same (see `BlockFeatures.equal_prompt`)."""
    asked = np.flatnonzero((corpus.equal_prompt != 0) & ~corpus.text_only)
    return np.stack([asked[first_equal(corpus.equal_prompt[asked])], asked], axis=1)


def _edges(pairs: pl.DataFrame) -> Edges:
    return pairs.select("left", "right").to_numpy().astype(np.int64)
