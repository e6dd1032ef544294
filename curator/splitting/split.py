"""Training, validation and test sets that no component is torn apart by, and that stay as they were.

Components come in the order of a hash of the seed and their smallest id, so that the split depends neither on the
order of the file nor on what else is in it more than it must; each fills the stratum that most of it belongs to.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from curator.project.saved_split import NAMES, TEST, TRAIN, VALIDATION, Splits
from curator.splitting.components import Components, Positions


@dataclass(frozen=True)
class Split:
    """Which side each example is on.

    Attributes:
        splits: int8 [n], 0 train, 1 validation, 2 test.
        asked: the share that was asked for, by side.
        reached: the share that each side has.
        joined: positions of examples that moved to train because their component now joins several sides.
        components: what was kept together.
    """

    splits: Splits
    asked: dict[str, float]
    reached: dict[str, float]
    joined: Positions
    components: Components


def split(
    ids: pl.Series,
    components: Components,
    *,
    validation: float = 0.1,
    test: float = 0.0,
    seed: int = 0,
    strata: Positions | None = None,
    before: Splits | None = None,
) -> Split:
    """Split a set.

    Args:
        ids: of the examples, by position.
        components: what must stay together.
        validation: share of the examples for validation.
        test: share of the examples for the test set.
        seed: another one gives another split.
        strata: int64 [n], numbers from 0; each side gets its share of every stratum, as far as components allow.
        before: int8 [n], the side of an example in the split so far; -1 for a new one. It stays where it is, unless
            its component now joins several sides: then all of it goes to train.

    Raises:
        ValueError: shares below 0, or together 1 or more.
    """
    if validation < 0 or test < 0 or validation + test >= 1:
        raise ValueError(f"validation {validation} and test {test} must be 0 or more and leave some for training")
    strata = np.zeros(len(ids), dtype=np.int64) if strata is None else strata
    before = np.full(len(ids), -1, dtype=np.int8) if before is None else before
    kept, joined = _kept_splits(components, before)
    frame = _by_component(ids, components, strata, seed)
    shares = {VALIDATION: validation, TEST: test}
    chosen = _filled(frame, kept, shares, strata)
    splits = chosen[components.of]
    return Split(
        splits=splits,
        asked=dict(zip(NAMES, (1 - validation - test, validation, test), strict=True)),
        reached={name: float((splits == side).mean()) if len(splits) else 0.0 for side, name in enumerate(NAMES)},
        joined=np.flatnonzero(joined[components.of] & (before > TRAIN)),
        components=components,
    )


def _kept_splits(components: Components, before: Splits) -> tuple[Splits, npt.NDArray[np.bool_]]:
    """The side each component was on, -1 for a new one, and whether it joins several (then it is train)."""
    present = np.zeros((components.count, len(NAMES)), dtype=np.bool_)
    known = before >= 0
    present[components.of[known], before[known]] = True
    several = present.sum(axis=1) > 1
    kept = np.where(present.any(axis=1), present.argmax(axis=1), -1)
    return np.where(several, TRAIN, kept).astype(np.int8), several


def _by_component(ids: pl.Series, components: Components, strata: Positions, seed: int) -> pl.DataFrame:
    """`component`, `stratum` of most of its examples, `size`, in the order in which components are placed."""
    frame = pl.DataFrame({"component": components.of, "stratum": strata, "id": ids.cast(pl.String)})
    return (
        frame.group_by("component")
        .agg(pl.col("id").min(), pl.len().alias("size"), pl.col("stratum").mode().min())
        .with_columns(
            pl.col("id")
            .map_elements(lambda name: xxhash.xxh3_64_intdigest(f"{seed}:{name}".encode()), pl.UInt64)
            .alias("order")
        )
        .sort("order", "id")
    )


def _filled(frame: pl.DataFrame, kept: Splits, shares: dict[int, float], strata: Positions) -> Splits:
    """The side of each component: the one it had, else the first with room in its stratum, else train."""
    count = int(strata.max(initial=0)) + 1
    sizes = np.bincount(strata, minlength=count)
    room = {side: _quotas(sizes, share) for side, share in shares.items()}
    rows = list(frame.select("component", "stratum", "size").iter_rows())
    for component, stratum, size in rows:
        if kept[component] in room:
            room[kept[component]][stratum] -= size
    chosen = np.where(kept < 0, TRAIN, kept).astype(np.int8)
    for component, stratum, size in rows:
        if kept[component] >= 0:
            continue
        for side, left in room.items():
            if size <= left[stratum]:
                left[stratum] -= size
                chosen[component] = side
                break
    return chosen


def _quotas(sizes: npt.NDArray[np.intp], share: float) -> Positions:
    """How many examples of each stratum a side gets: whole numbers that add up to its share of all.

    What flooring leaves goes to the largest remainders.
    """
    exact = sizes * share
    quotas: Positions = np.floor(exact).astype(np.int64)
    missing = round(float(exact.sum())) - int(quotas.sum())
    quotas[np.argsort(quotas - exact, kind="stable")[:missing]] += 1
    return quotas
