"""The relation of a pair: what two examples have in common, in the order in which the first that fits is named."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.corpus import Corpus
from curator.duplicates.verify.jaccard import LONG_ANSWER

PLAIN = 0.9
"""Similarity of prompts and of answers from which a copy with the same numbers and symbols is plainly one (the
contract's)."""

COMPARED = pl.Schema(
    {
        "left": pl.UInt32,
        "right": pl.UInt32,
        "exact": pl.Boolean,
        "whole": pl.Float64,
        "prompt": pl.Float64,
        "outside": pl.Float64,  # prompts without template shingles
        "answer": pl.Float64,
    }
)
"""A compared pair, left < right."""

PAIR_FACTS = pl.Schema(
    {
        "context_differs": pl.Boolean,
        "texts": pl.Boolean,  # both are text without a prompt
        "long": pl.Boolean,  # both answers are
        "same_numbers": pl.Boolean,
        "same_symbols": pl.Boolean,
        "same_weights": pl.Boolean,
        "same_words_only": pl.Boolean,  # what differs is something that words do not see
    }
)
"""What else the relation of a pair depends on."""


def with_relations(pairs: pl.DataFrame, corpus: Corpus, threshold: float) -> pl.DataFrame:
    """`pairs` (`COMPARED`) with `PAIR_FACTS`, `relation` (null where there is none) and `plain`."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    facts = pl.DataFrame(
        {
            "context_differs": corpus.context[left] != corpus.context[right],
            "texts": corpus.text_only[left] & corpus.text_only[right],
            "long": (corpus.words[left, 1] >= LONG_ANSWER) & (corpus.words[right, 1] >= LONG_ANSWER),
            "same_numbers": corpus.numbers[left] == corpus.numbers[right],
            "same_symbols": corpus.symbols[left] == corpus.symbols[right],
            "same_weights": corpus.weights[left] == corpus.weights[right],
            "same_words_only": _same_words_only(corpus, left, right),
        },
        schema=PAIR_FACTS,
    )
    return related(pl.concat([pairs, facts], how="horizontal"), threshold)


def related(pairs: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """`pairs` (`COMPARED` and `PAIR_FACTS`) with `relation` and `plain` as they are at `threshold`: no texts needed."""
    p, without_template, a, w = (pl.col(name) for name in ("prompt", "outside", "answer", "whole"))
    same_context = ~pl.col("context_differs")
    same_prompt = (p >= threshold) & (without_template >= threshold) & same_context
    copy = pl.when("texts").then((w >= threshold) & same_context).otherwise(same_prompt & (a >= threshold))
    relation = (
        pl.when(pl.col("exact") | copy)
        .then(pl.lit("copy"))
        .when(same_prompt)
        .then(pl.lit("same-prompt"))
        .when((a >= threshold) & pl.col("long"))
        .then(pl.lit("same-answer"))
        .when((p >= threshold) | (w >= threshold))
        .then(pl.lit("template"))
    )
    similar = pl.when("texts").then(w >= PLAIN).otherwise((without_template >= PLAIN) & (a >= PLAIN))
    plain = similar & pl.all_horizontal("same_numbers", "same_symbols", "same_weights") & ~pl.col("same_words_only")
    return pairs.with_columns(relation=relation, plain=pl.col("exact") | (copy & plain))


def _same_words_only(
    corpus: Corpus, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]
) -> npt.NDArray[np.bool_]:
    """Whether what differs (`x < 3`, `x > 3`, who says it) is something that words do not see.

    A part has the same words in another text; or both parts have, and the examples are yet no exact duplicates.
    """
    words = corpus.equal_words[left] == corpus.equal_words[right]
    texts = corpus.equal_text[left] == corpus.equal_text[right]
    result: npt.NDArray[np.bool_] = (words & ~texts).any(axis=1) | words.all(axis=1)
    return result
