"""Prompts that are asked in the same words and answered differently."""

import numpy as np
import polars as pl

from curator.duplicates.whole import Whole

UNLIKE = 0.5
"""Similarity of two answers below which they disagree; from the definition of the check."""

FEW_WORDS = 5
"""Answers under so many words have no 5-gram of their own: they disagree when their words differ."""


def conflicting_pairs(whole: Whole, pairs: pl.DataFrame) -> pl.DataFrame:
    """Those of the compared pairs with equal prompt words, the same context and answers that disagree."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    same_prompt = (
        (whole.equal_words[left, 0] == whole.equal_words[right, 0])
        & (whole.words[left, 0] > 0)
        & (whole.context[left] == whole.context[right])
    )
    is_short = (whole.words[left, 1] < FEW_WORDS) | (whole.words[right, 1] < FEW_WORDS)
    other_words = whole.equal_words[left, 1] != whole.equal_words[right, 1]
    unlike = np.where(is_short, other_words, pairs["answer"].to_numpy() < UNLIKE)
    return pairs.filter(pl.Series(same_prompt & unlike))


def usual_share(whole: Whole, conflicting: pl.DataFrame) -> float:
    """Of the prompts that are asked more than once, the share with answers that disagree."""
    prompts = pl.DataFrame({"prompt": whole.equal_words[:, 0], "context": whole.context}).filter(
        pl.Series(whole.words[:, 0] > 0)
    )
    repeated = len(prompts.group_by("prompt", "context").len().filter(pl.col("len") > 1))
    ends = conflicting["left"].to_numpy()
    disagreeing = (
        len(np.unique(np.stack([whole.equal_words[ends, 0], whole.context[ends]]), axis=1).T) if len(ends) else 0
    )
    return disagreeing / repeated if repeated else 0.0
