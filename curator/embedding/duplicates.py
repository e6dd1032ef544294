"""Examples that say the same in other words: pairs, and which of them stays.

The cosine of whole examples alone is misled where many answers are one word ("Positive.", "Noun"): examples that ask
for the same kind of thing about different objects look alike. So the prompts have to be as near as the whole, and to
speak of the same numbers, which vectors do not see.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.embedding.neighbours import Pairs
from curator.embedding.product import Positions, exact_cosines
from curator.embedding.vectors import Vectors
from curator.examples.frames import PAIRS


def semantic_pairs(found: Pairs, vectors: Vectors) -> pl.DataFrame:
    """`PAIRS` of kind semantic, sorted: the pairs of whole examples that were found at or above the threshold."""
    pairs = found.ends
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
            "similarity": np.clip(found.cosines, 0, 1),
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


_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def nearly_same(pairs: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """Those of the semantic pairs whose prompts reach the threshold, too, or are not there."""
    return pairs.filter(pl.col("prompt_similarity").is_null() | (pl.col("prompt_similarity") >= threshold))


def same_numbers(pairs: pl.DataFrame, prompts: Mapping[int, str]) -> pl.DataFrame:
    """Those of the pairs whose prompts hold the same numbers.

    Args:
        pairs: `PAIRS`.
        prompts: of both ends of every pair, by position; of a text the text itself.
    """
    numbers = {at: sorted(_NUMBER.findall(text)) for at, text in prompts.items()}
    ends = pairs.select("left", "right").iter_rows()
    return pairs.filter(pl.Series([numbers[left] == numbers[right] for left, right in ends], dtype=pl.Boolean))


def keepers(order: Positions, edges: npt.NDArray[np.integer]) -> Positions:
    """Who stays for each example, int64 [n]; itself for a keeper and for one without an edge.

    Walk the examples in `order`; the first free one keeps every free one it has an edge with. So nobody is in a group
    whose keeper it does not itself resemble.

    Args:
        order: [n], best first.
        edges: [edges, 2].
    """
    others: dict[int, list[int]] = defaultdict(list)
    for left, right in edges.tolist():
        others[left].append(right)
        others[right].append(left)
    keeper = np.arange(len(order))
    free = set(others)
    for example in order[np.isin(order, list(others))].tolist():
        if example in free:
            free.remove(example)
            members = free.intersection(others[example])
            keeper[list(members)] = example
            free -= members
    return keeper
