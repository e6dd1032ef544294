"""What the engine reports about examples, by position: exact duplicates, near-duplicates, conflicting answers."""

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.conflicts import Conflicts
from curator.duplicates.corpus import Corpus
from curator.duplicates.groups import Groups
from curator.duplicates.search import Duplicates
from curator.duplicates.verify.named_pairs import compare_named

FOUND_IN_SET = pl.Schema(
    {
        "position": pl.UInt32(),  # in the whole set
        "check": pl.String(),
        "severity": pl.String(),  # null: the check's default
        "message": pl.String(),
        "score": pl.Float32(),  # similarity
        "suggestion": pl.String(),  # null: the check's default
        "keeper": pl.UInt32(),  # position of the example it repeats; null where the finding names none
        "related": pl.List(pl.UInt32()),  # at most five positions of others like it
    }
)

_RELATED = 5


def duplicate_findings(corpus: Corpus, duplicates: Duplicates, groups: Groups) -> pl.DataFrame:
    """`FOUND_IN_SET` with `exact-duplicate` and `near-duplicate`, for every member of a group but its keeper.

    An exact duplicate names the best of its equals. Where that one is itself a copy of another keeper, its equals have
    both findings, so that a policy which drops near-duplicates can name the keeper that stays.
    """
    every = np.arange(len(corpus))
    exact = np.flatnonzero(groups.exact_keeper != every)
    near = np.flatnonzero((groups.keeper != every) & (corpus.exact[groups.keeper] != corpus.exact))
    frames = [
        _exact(groups.exact_keeper, exact),
        _near(corpus, compare_named(corpus, duplicates.template_shingles, near, groups.keeper[near], groups.threshold)),
    ]
    found = pl.concat(frames).with_columns(pl.col("position", "keeper").cast(pl.UInt32))
    members = pl.DataFrame({"keeper": groups.keeper, "member": every}).cast(pl.UInt32)
    of_group = members.group_by("keeper").agg(pl.col("member").sort().head(_RELATED + 2).alias("group"))
    own = pl.DataFrame({"position": every, "keeper_of_group": groups.keeper}).cast(pl.UInt32)
    others = pl.col("group").list.set_difference(pl.concat_list("position", "keeper")).list.sort().list.head(_RELATED)
    return (
        found.join(own, on="position", how="left")
        .join(of_group, left_on="keeper_of_group", right_on="keeper", how="left")
        .with_columns(severity=pl.lit(None, pl.String), related=others)
        .select(FOUND_IN_SET.names())
        .cast(FOUND_IN_SET)
        .sort("position", "check")
    )


def _exact(keepers: npt.NDArray[np.int64], members: npt.NDArray[np.int64]) -> pl.DataFrame:
    return pl.DataFrame({"position": members, "keeper": keepers[members]}).with_columns(
        check=pl.lit("exact-duplicate"),
        message=pl.lit("It is the same example as the one that is kept."),
        score=pl.lit(1.0),
        suggestion=pl.lit("drop"),
    )


def _near(corpus: Corpus, pairs: pl.DataFrame) -> pl.DataFrame:
    """Findings for pairs of which `left` is the copy and `right` its keeper."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    texts = corpus.text_only[left]
    how = pl.concat_str(
        *(pl.lit("The prompt is "), _percent("prompt"), pl.lit(" and the answer "), _percent("answer")),
        pl.lit(" the same as the kept example's"),
    )
    how_text = pl.concat_str(pl.lit("The text is "), _percent("whole"), pl.lit(" the same as the kept example's"))
    why = (
        pl.when("plain")
        .then(pl.lit("."))
        .when(pl.Series(corpus.numbers[left] != corpus.numbers[right]))
        .then(pl.lit("; they differ in a number."))
        .when(pl.Series(corpus.symbols[left] != corpus.symbols[right]))
        .then(pl.lit("; they differ in a symbol such as + or <."))
        .when(pl.Series(corpus.weights[left] != corpus.weights[right]))
        .then(pl.lit("; they differ in a weight or label."))
        .when(pl.Series((corpus.equal_text[left] == corpus.equal_text[right]).all(axis=1)))
        .then(pl.lit("; the texts are the same, and something beside them differs."))
        .when(pl.Series((corpus.equal_words[left] == corpus.equal_words[right]).all(axis=1)))
        .then(pl.lit("; only punctuation, letter case or spacing differ."))
        .otherwise(pl.lit("; look at what differs."))
    )
    return pairs.select(
        position="left",
        keeper="right",
        check=pl.lit("near-duplicate"),
        message=pl.concat_str(pl.when(pl.Series(texts)).then(how_text).otherwise(how), why),
        score=pl.when(pl.Series(texts)).then("whole").otherwise(pl.min_horizontal("prompt", "answer")),
        suggestion=pl.when("plain").then(pl.lit("drop")).otherwise(pl.lit("review")),
    ).with_columns(pl.col("position", "keeper").cast(pl.Int64))


def _percent(column: str) -> pl.Expr:
    """A similarity in words; 100 % only where it is."""
    return pl.concat_str((pl.col(column) * 100).floor().cast(pl.Int32).cast(pl.String), pl.lit(" %"))


def conflict_findings(found: Conflicts, contradict: pl.Series) -> pl.DataFrame:
    """`FOUND_IN_SET` with `conflicting-answers`: an info where both answers may be right.

    Args:
        found: the conflicts of a set.
        contradict: Boolean, of each of its pairs whether one of the answers must be wrong.
    """
    is_real = pl.lit(contradict)
    return found.pairs.select(
        "position",
        check=pl.lit("conflicting-answers"),
        severity=pl.when(is_real).then(pl.lit(None, pl.String)).otherwise(pl.lit("info")),
        message=pl.when(is_real)
        .then(pl.lit("Another example asks the same and gets a different answer."))
        .otherwise(pl.lit("Another example asks the same and gets another answer; both may be right.")),
        score="similarity",
        suggestion=pl.when(is_real).then(pl.lit(None, pl.String)).otherwise(pl.lit("none")),
        keeper=pl.lit(None, pl.UInt32),
        related=pl.concat_list("other"),
    ).cast(FOUND_IN_SET)
