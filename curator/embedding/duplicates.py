"""Examples that say the same in other words: pairs, groups around keepers, and what is told about them."""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
import polars as pl

from curator.embedding.neighbours import Neighbours
from curator.embedding.product import Positions, exact_cosines
from curator.embedding.vectors import Vectors
from curator.examples.frames import PAIRS


@dataclass(frozen=True)
class SemanticDuplicates:
    """Pairs and groups.

    Attributes:
        pairs: `PAIRS` of kind semantic, sorted.
        keeper: int64 [n], the example that stays for each one; itself for a keeper and for one without a duplicate.
    """

    pairs: pl.DataFrame
    keeper: Positions


def semantic_duplicates(
    found: Neighbours, vectors: Vectors, rank: Positions, lexical: pl.DataFrame | None = None
) -> SemanticDuplicates:
    """Group the pairs at or above the threshold; nobody is in a group whose keeper it does not itself resemble.

    Args:
        found: neighbours and pairs of the set.
        vectors: of the set.
        rank: int64 [n], lower is kept; ties go to the earlier position.
        lexical: pairs (`left`, `right`) that are reported as exact or near-duplicates already; they are left out.
    """
    pairs = _frame(found, vectors)
    if lexical is not None:
        known = lexical.select(pl.col("left").cast(pl.UInt32), pl.col("right").cast(pl.UInt32))
        pairs = pairs.join(known, on=["left", "right"], how="anti", maintain_order="left")
    order = np.lexsort((np.arange(len(rank)), rank)).astype(np.int64)
    edges = pairs.select("left", "right").to_numpy().astype(np.int64)
    return SemanticDuplicates(pairs, keepers(order, edges))


def _frame(found: Neighbours, vectors: Vectors) -> pl.DataFrame:
    pairs = found.similar.pairs
    parts = {}
    for name, part in (("prompt", vectors.prompt), ("answer", vectors.answer)):
        present = np.asarray(part.any(axis=1))
        cosines = np.clip(exact_cosines(part, pairs[:, 0], pairs[:, 1]), 0, 1)
        both = present[pairs[:, 0]] & present[pairs[:, 1]]
        parts[f"{name}_similarity"] = pl.Series(cosines).set(pl.Series(~both), None)
    frame = pl.DataFrame(
        {
            "left": pairs[:, 0],
            "right": pairs[:, 1],
            "similarity": np.clip(found.similar.pair_cosines, 0, 1),
            **parts,
        }
    )
    return frame.select(
        "left",
        "right",
        pl.lit("semantic").alias("kind"),
        pl.lit("semantic").alias("relation"),
        "similarity",
        "prompt_similarity",
        "answer_similarity",
        pl.lit(False).alias("context_differs"),
        pl.lit(False).alias("plain"),
    ).cast(PAIRS)


def keepers(order: Positions, edges: npt.NDArray[np.int64]) -> Positions:
    """Walk the examples in `order`; the first free one keeps every free one it has an edge with.

    Args:
        order: [n], best first.
        edges: [edges, 2].
    """
    both = np.concatenate([edges, edges[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    begins = np.searchsorted(both[:, 0], np.arange(len(order) + 1))
    kept: Positions = _walk(order, begins, np.ascontiguousarray(both[:, 1]))
    return kept


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _walk(order: Positions, begins: Positions, others: Positions) -> Positions:
    keeper = np.full(order.size, -1, dtype=np.int64)
    for example in order:
        if keeper[example] >= 0:
            continue
        keeper[example] = example
        for at in range(begins[example], begins[example + 1]):
            if keeper[others[at]] < 0:
                keeper[others[at]] = example
    return keeper
