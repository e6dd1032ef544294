"""What a named target refuses of an example because of another one: a second line like it, or a file of two formats."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.loading.load import Loaded
from curator.audit.loading.rejections import CHECK, LINE_HASH
from curator.audit.stages.similar import Similar
from curator.data.frames import found, nothing_found
from curator.targets.registry import target_named
from curator.targets.target import Target


def refused_together(
    loaded: Loaded, name: str, similar: Similar | None, decided: npt.NDArray[np.int8]
) -> list[pl.DataFrame]:
    """`FOUND` with keeper and related, of what an export to a target would refuse among the other examples.

    Args:
        loaded: the set.
        name: of the target.
        similar: where examples were compared, for which of equal ones stays.
        decided: int8, shape (examples,): -1 where an example is dropped.
    """
    target = target_named(name)
    kept = np.flatnonzero(decided >= 0)
    frames = [_second_lines(loaded, similar, target, kept)] if LINE_HASH in loaded.facts.columns else []
    return [*frames, _other_kinds(loaded, target, kept)] if target.file.mixed == "error" else frames


def _other_kinds(loaded: Loaded, target: Target, kept: npt.NDArray[np.int64]) -> pl.DataFrame:
    """The examples of another kind than most: a file has one format."""
    kinds = loaded.facts["kind"].cast(pl.String).to_numpy()[kept]
    counted = Counter(kind for kind in kinds.tolist() if kind in target.carries.kinds)
    if len(counted) < 2:
        return nothing_found()
    most = counted.most_common(1)[0][0]
    others = [kind != most and kind in target.carries.kinds for kind in kinds.tolist()]
    sentence = f"{target.title} takes a file of one kind; most examples are '{most}', and this one is not."
    return _findings(kept[np.array(others)], sentence, "review")


def _second_lines(loaded: Loaded, similar: Similar | None, target: Target, kept: npt.NDArray[np.int64]) -> pl.DataFrame:
    """All but one of the examples that are written as the same line."""
    lines = loaded.facts[LINE_HASH].gather(kept)
    rows = pl.DataFrame({"row": kept, "line": lines, "stays": _keepers(similar, kept)}).drop_nulls("line")
    rows = rows.filter(pl.len().over("line") > 1).sort(~pl.col("stays"), "row")
    rows = rows.with_columns(keeper=pl.col("row").first().over("line")).filter(pl.col("row") != pl.col("keeper"))
    others = rows["keeper"].cast(pl.UInt32)
    sentence = f"{target.title} refuses a file that has a line twice, and another example is written as the same line."
    second = _findings(rows["row"].to_numpy(), sentence, "drop")
    return second.with_columns(others.alias("keeper"), others.reshape((-1, 1)).arr.to_list().alias("related"))


def _keepers(similar: Similar | None, kept: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Of which examples no other one is the keeper."""
    return np.ones(len(kept), bool) if similar is None else similar.keeper[kept] == kept


def _findings(rows: npt.NDArray[np.int64], sentence: str, suggestion: str) -> pl.DataFrame:
    frame = pl.DataFrame({"row": rows}).with_columns(
        pl.lit(sentence).alias("message"), pl.lit(suggestion).alias("suggestion"), pl.lit("error").alias("severity")
    )
    return found(CHECK, frame)
