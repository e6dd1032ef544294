"""Examples that say the same in other words.

The cosine of whole examples alone is misled where many answers are one word ("Positive.", "Noun"): examples that ask
for the same kind of thing about different objects look alike. So the prompts have to be as near as the whole, and to
speak of the same numbers, which vectors do not see. Nor do they see system text, tools, media, reasoning and rejected
answer: where these differ, two examples are no pair.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.data.frames import PAIRS
from curator.embedding.neighbors.exact_knn import DECIMALS, exact_cosines
from curator.embedding.neighbors.nearest import all_pairs
from curator.embedding.neighbors.pairs import Criterion, most
from curator.embedding.vectors import FullTextVectors, Positions, Vectors, first_of_equal

_FACTOR = np.uint64(
    0x9E3779B97F4A7C15
)  # odd, so that no two positions become the same number before the numbers are mixed in


def semantic_pairs(
    vectors: Vectors, numbers: npt.NDArray[np.uint64], threshold: float, threads: int = 2
) -> tuple[pl.DataFrame, str]:
    """`PAIRS` of kind semantic, sorted, and a sentence on how they were searched.

    Of copies (the same vectors and numbers) only the first is compared with others; the others are in one pair, with
    the first, whose relation is "copy". So a set of a million copies has a million pairs.

    Args:
        vectors: of `n` examples.
        numbers: uint64 [n], equal where the prompts hold the same numbers and the context is the same; see `Words`.
        threshold: cosine of the whole, and of the prompts where both are there.
        threads: kernels that run at once.
    """
    first = first_of_equal(vectors.first_of_copies.astype(np.uint64) * _FACTOR ^ numbers)
    is_first = first == np.arange(len(vectors))
    distinct, copies = (np.flatnonzero(some & vectors.with_text) for some in (is_first, ~is_first))

    def same_prompt(pairs: Positions) -> npt.NDArray[np.bool_]:
        prompts, there = _part_cosines(vectors, 0, distinct[pairs])
        return ~there | (prompts >= round(threshold, DECIMALS))

    criterion = Criterion(threshold, numbers[distinct], same_prompt, most(len(distinct)))
    found, note = all_pairs(FullTextVectors(vectors, distinct), criterion, threads=threads)
    ends = np.concatenate([distinct[found.ends], np.stack([first[copies], copies], axis=1)])
    parts = {}
    for part, name in enumerate(("prompt", "answer")):
        cosines, there = _part_cosines(vectors, part, ends)
        parts[f"{name}_similarity"] = pl.Series(np.clip(cosines, 0, 1)).set(pl.Series(~there), None)
    frame = pl.DataFrame(
        {
            "left": ends[:, 0],
            "right": ends[:, 1],
            "similarity": np.concatenate([np.clip(found.cosines, 0, 1), np.ones(len(copies), dtype=np.float32)]),
            **parts,
        }
    )
    relation = pl.Series(np.arange(len(ends)) < len(found.ends)).replace_strict({True: "semantic", False: "copy"})
    return frame.select(
        "left",
        "right",
        pl.lit("semantic").alias("kind"),
        relation.alias("relation"),
        "similarity",
        "prompt_similarity",
        "answer_similarity",
        pl.lit(False).alias("context_differs"),
        pl.lit(False).alias("plain"),
    ).cast(PAIRS).sort("left", "right"), note


def _part_cosines(
    vectors: Vectors, part: int, ends: Positions
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Cosines of prompts (0) or answers (1) of pairs, and whether both are there."""
    there = vectors.parts_with_text[:, part]
    return exact_cosines(vectors.parts[:, part], ends[:, 0], ends[:, 1]), there[ends[:, 0]] & there[ends[:, 1]]
