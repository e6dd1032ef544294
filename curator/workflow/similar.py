"""Duplicates of a loaded set: pairs, keepers, and the findings they make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import xxhash

from curator.checks.catalogue import CHECKS
from curator.examples.frames import FOUND
from curator.project.cache import Cache
from curator.reporting.model import DuplicateSummary
from curator.workflow.comparing import compared
from curator.workflow.keeping import keeper_rank
from curator.workflow.loading import Loaded

if TYPE_CHECKING:
    from curator.duplicates.whole import Whole

VERSION = 2
"""Counts up when the findings of unchanged data would change, or what is kept about them."""

_PARTS = ("pairs", "keeper", "findings", "summary")


@dataclass(frozen=True)
class Similar:
    """What is similar in a set.

    Attributes:
        pairs: pairs from the threshold up, left and right as positions; see `curator.duplicates.relations`. Of
            examples with equal words the first stands for all.
        keeper: int64, shape (examples,): the position of each example's keeper; its own where it is one.
        first: int64, shape (examples,): see `curator.duplicates.find.Duplicates`.
        exact_first: int64, shape (examples,): see there.
        findings: `FOUND` with keeper; `row` is the position.
        summary: the counts.
    """

    pairs: pl.DataFrame
    keeper: np.ndarray
    first: np.ndarray
    exact_first: np.ndarray
    findings: pl.DataFrame
    summary: DuplicateSummary


def find_similar(loaded: Loaded, cache: Cache, findings: pl.DataFrame, kept: np.ndarray, threshold: float) -> Similar:
    """Find the duplicates of a set whose blocks were prepared, or take them from the cache where nothing changed.

    Args:
        loaded: the set.
        cache: that holds the prepared blocks.
        findings: of the other checks, for the keeper order.
        kept: bool, shape (examples,): whether a person decided to keep the example.
        threshold: similarity from which two texts are similar.
    """
    severities = {check.name: check.severity for check in CHECKS}
    ranked = findings.with_columns(
        pl.coalesce("severity", pl.col("check").replace_strict(severities)).alias("severity")
    )
    rank = keeper_rank(loaded.facts, ranked, kept)
    prepared = "".join(placed.prepared_key or "" for placed in loaded.placed)
    basis = f"{VERSION}|{loaded.fingerprint}|{threshold}|{prepared}".encode() + rank.tobytes()
    key = xxhash.xxh3_128_hexdigest(basis)
    known = _from_cache(cache, key)
    if known is None:
        known = _found_anew(loaded, cache, rank, threshold)
        _to_cache(cache, key, known)
    return known


def _from_cache(cache: Cache, key: str) -> Similar | None:
    paths = [cache.entry(f"{key}-{part}") for part in _PARTS]
    if any(path is None for path in paths):
        return None
    pairs, keeper, findings, summary = (pl.read_ipc(path) for path in paths if path is not None)
    return similar_of(pairs, keeper, findings, summary)


def similar_of(pairs: pl.DataFrame, keeper: pl.DataFrame, findings: pl.DataFrame, summary: pl.DataFrame) -> Similar:
    """From the frames of `frames_of`."""
    keepers, first, exact_first = (keeper[name].to_numpy() for name in ("keeper", "first", "exact_first"))
    counts = DuplicateSummary.model_validate_json(summary["summary"].item())
    return Similar(pairs, keepers, first, exact_first, findings, counts)


def frames_of(similar: Similar) -> tuple[pl.DataFrame, ...]:
    """As frames that can be kept: pairs, keeper, findings, summary."""
    keeper = {"keeper": similar.keeper, "first": similar.first, "exact_first": similar.exact_first}
    counts = pl.DataFrame({"summary": [similar.summary.model_dump_json()]})
    return similar.pairs, pl.DataFrame(keeper), similar.findings, counts


def _to_cache(cache: Cache, key: str, similar: Similar) -> None:
    for part, frame in zip(_PARTS, frames_of(similar), strict=True):
        cache.store(f"{key}-{part}", frame.write_ipc)


def _found_anew(loaded: Loaded, cache: Cache, rank: np.ndarray, threshold: float) -> Similar:
    from curator.duplicates.groups import group

    comparison = compared(loaded, cache, threshold)
    whole, duplicates = comparison.whole, comparison.duplicates
    groups = group(whole, duplicates, rank)
    every = np.arange(len(whole))
    exact = np.flatnonzero(groups.exact_keeper != every)
    near = np.flatnonzero((groups.keeper != every) & (groups.exact_keeper == every))
    conflicts = conflicting_answers(whole, duplicates.pairs)
    found = pl.concat(
        [
            _exact(exact, groups.exact_keeper),
            _near(near, groups.keeper, duplicates.first, groups.pairs),
            conflicts.select(*FOUND.names(), "keeper", "related"),
        ]
    )
    summary = DuplicateSummary(
        threshold=threshold,
        recall=duplicates.recall,
        exact=len(exact),
        near=len(near),
        groups=len(np.unique(groups.keeper[groups.keeper != every])),
        conflicts=len(conflicts),
        templates=len(duplicates.templates),
        pairs=dict(groups.pairs.group_by(pl.col("relation").cast(pl.String)).len().sort("relation").iter_rows()),
        incomplete=list(duplicates.incomplete),
    )
    return Similar(groups.pairs, groups.keeper, duplicates.first, duplicates.exact_first, found, summary)


def _finding(check: str, rows: np.ndarray, keepers: np.ndarray, columns: dict[str, pl.Series | str]) -> pl.DataFrame:
    frame = pl.DataFrame({"row": rows, "keeper": keepers}, schema={"row": pl.UInt32, "keeper": pl.UInt32})
    given = [
        pl.lit(value).alias(name) if isinstance(value, str) else value.alias(name) for name, value in columns.items()
    ]
    frame = frame.with_columns(pl.lit(check).alias("check"), *given)
    missing = [pl.lit(None, kind).alias(name) for name, kind in FOUND.items() if name not in frame.columns]
    return (
        frame.with_columns(missing)
        .with_columns(pl.lit(None, pl.List(pl.UInt32)).alias("related"))
        .select(*FOUND.names(), "keeper", "related")
        .cast(pl.Schema({**dict[str, Any](FOUND), "keeper": pl.UInt32, "related": pl.List(pl.UInt32)}))
    )


def _exact(rows: np.ndarray, keeper: np.ndarray) -> pl.DataFrame:
    sentence = "The same as another example, message by message."
    return _finding("exact-duplicate", rows, keeper[rows], {"message": sentence, "suggestion": "drop"})


def _near(rows: np.ndarray, keeper: np.ndarray, first: np.ndarray, pairs: pl.DataFrame) -> pl.DataFrame:
    """A finding per copy, worded with how similar it is to its own keeper.

    Equal words in another text (`x < 3`, `x > 3`) are wholly alike to the measure, and never plain.
    """
    ends = first[rows], first[keeper[rows]]
    wanted = pl.DataFrame({"left": np.minimum(*ends), "right": np.maximum(*ends)}).cast(pl.UInt32)
    known = wanted.join(pairs, on=["left", "right"], how="left", maintain_order="left")
    like = [(known[name].fill_null(1.0) * 100).round(0).cast(pl.Int32) for name in ("prompt", "answer")]
    sentences = [
        f"A copy of another example: prompts {prompt} %, answers {answer} % alike."
        for prompt, answer in zip(*like, strict=True)
    ]
    plain = known["plain"].fill_null(value=False)
    columns: dict[str, pl.Series | str] = {
        "message": pl.Series(sentences, dtype=pl.String),
        "suggestion": pl.Series(["drop" if is_plain else "review" for is_plain in plain], dtype=pl.String),
        "score": known["whole"].fill_null(1.0).cast(pl.Float32),
    }
    return _finding("near-duplicate", rows, keeper[rows], columns)


def conflicting_answers(whole: "Whole", pairs: pl.DataFrame) -> pl.DataFrame:
    """A finding for each example whose prompt is answered differently elsewhere; information where that is usual."""
    from curator.workflow.conflicts import conflicting_pairs, usual_share

    conflicting = conflicting_pairs(whole, pairs)
    ends = conflicting.select("left", "right").to_numpy().astype(np.int64)
    both = np.concatenate([ends, ends[:, ::-1]])
    rows, first = np.unique(both[:, 0], return_index=True)
    severity = "info" if usual_share(whole, conflicting) > 0.5 else "warning"
    sentence = "Another example asks the same in the same words and gets a different answer."
    frame = _finding("conflicting-answers", rows, both[first, 1], {"message": sentence, "severity": severity})
    related = pl.Series("related", [[other] for other in both[first, 1].tolist()], dtype=pl.List(pl.UInt32))
    return frame.with_columns(pl.lit(None, pl.UInt32).alias("keeper"), related)
