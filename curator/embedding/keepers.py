"""Of examples that say the same, which one stays."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.embedding.vectors import Positions


def stands(pairs: pl.DataFrame, rank: Positions, is_out: npt.NDArray[np.bool_]) -> Positions:
    """Of copies the one that represents all of them, int64 [n]: the best ranked that is not out, if any.

    Args:
        pairs: as `semantic_pairs` gives them.
        rank: int64 [n], lower is kept.
        is_out: bool [n], examples that something else has dropped.
    """
    copies = pairs.filter(pl.col("relation") == "copy")
    first = np.arange(len(rank))
    first[copies["right"].to_numpy()] = copies["left"].to_numpy()
    best_first = np.lexsort((rank, is_out, first))
    return np.asarray(best_first[np.searchsorted(first[best_first], first)])


def between_stands(pairs: pl.DataFrame, stand: Positions) -> pl.DataFrame:
    """`left`, `right` (uint32, left < right) and `similarity` of the pairs but of copies, between those that stand."""
    others = pairs.filter(pl.col("relation") != "copy")
    ends = np.sort(stand[others.select("left", "right").to_numpy()], axis=1)
    frame = pl.DataFrame({"left": ends[:, 0], "right": ends[:, 1], "similarity": others["similarity"]})
    return frame.cast({"left": pl.UInt32, "right": pl.UInt32}).sort("left", "right")


def keepers(order: Positions, edges: npt.NDArray[np.integer]) -> Positions:
    """Who stays for each example, int64 [n]; itself for a keeper and for one without an edge.

    Walk the examples in `order`; the first free one keeps every free one it has an edge with. So nobody is in a group
    whose keeper it does not itself resemble.

    Args:
        order: [n], best first.
        edges: [edges, 2].
    """
    left, right = np.concatenate([edges, edges[:, ::-1]]).T
    by_left = np.argsort(left, kind="stable")
    right, begins = right[by_left], np.searchsorted(left[by_left], np.arange(len(order) + 1))
    keeper, free = np.arange(len(order)), np.diff(begins) > 0
    for example in order[free[order]].tolist():
        if free[example]:
            near = right[begins[example] : begins[example + 1]]
            members = near[free[near]]
            keeper[members] = example
            free[members] = free[example] = False
    return keeper
