"""Which of two copies is kept: the keeper order of the whole product."""

import numpy as np
import numpy.typing as npt
import polars as pl


def keeper_rank(facts: pl.DataFrame, findings: pl.DataFrame, decided: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Rank of every example, lower is kept: int64, shape (examples,).

    Kept by a person first and dropped ones last, then fewer errors, then fewer warnings of checks that do not compare
    examples, then the longer answer, then the earlier position.

    Args:
        facts: of the whole set.
        findings: `FOUND` with `row` as position.
        decided: 1 where a person decided to keep the example, -1 where it is dropped, else 0.
    """
    other = findings.filter(pl.col("row").is_not_null())
    if len(other):
        from curator.checks.catalogue import CHECKS

        similarity = [check.name for check in CHECKS if check.family == "similarity"]
        other = other.filter(~pl.col("check").is_in(similarity))
    order = np.lexsort(
        (
            -facts["answer_words"].to_numpy().astype(np.int64),
            _count(other, "warning", len(facts)),
            _count(other, "error", len(facts)),
            -decided,
        )
    )
    rank = np.empty(len(facts), dtype=np.int64)
    rank[order] = np.arange(len(facts))
    return rank


def _count(findings: pl.DataFrame, severity: str, size: int) -> npt.NDArray[np.int64]:
    rows = findings.filter(pl.col("severity") == severity)["row"].to_numpy()
    return np.bincount(rows, minlength=size).astype(np.int64)
