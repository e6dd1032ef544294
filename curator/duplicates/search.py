"""From prepared blocks to verified pairs."""

import time
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.block_features import THRESHOLD
from curator.duplicates.candidates.banding import (
    Columns,
    ComparisonSettings,
    compare_candidates,
    equal_examples,
    equal_pairs,
)
from curator.duplicates.collected import CollectedPairs, compared_frame
from curator.duplicates.corpus import Corpus
from curator.duplicates.minhash.prompt_bands import sign_prompts
from curator.duplicates.minhash.signatures import Banding
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.jaccard import LONG_ANSWER, Kept, PairFeatures
from curator.duplicates.verify.named_pairs import pair_features
from curator.duplicates.verify.templates import template_shingles

FLOOR_BELOW = 0.2
"""Pairs are kept from this far below the threshold, so that calibration sees what lies under it."""

VIEWS = ("whole", "prompt", "answer")

Engine = Literal["curator", "datasketch"]


@dataclass(frozen=True)
class Duplicates:
    """What is similar to what in a set of `examples`, at any threshold from `threshold` up.

    Attributes:
        examples: how many there are.
        threshold: for which candidates were sought; pairs below it are kept but not complete.
        floor: the least similarity of a kept pair.
        views: in which candidates were sought.
        recall: expected share of the pairs at exactly the threshold that were found.
        exact_first: int64 [n], the first position with the same exact key.
        first: int64 [n], the first position with the same words and context; it represents all of them in `pairs`.
        pairs: `COMPARED`, sorted; examples with equal words appear with their first only.
        forest: `left`, `right`, `similarity`: what hangs together by whole-text similarity beside `pairs`, from the
            threshold up.
        templates: a row per form of prompt that several examples share: `key`, `first` position, `examples`.
        template_shingles: uint64, sorted.
        template_key: uint64 [n], the form of each example's prompt; 0 for none.
        candidates: pairs compared.
        incomplete: sentences that say which lists are not complete, and why.
        seconds: by stage.
    """

    examples: int
    threshold: float
    floor: float
    views: tuple[str, ...]
    recall: float
    exact_first: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    pairs: pl.DataFrame
    forest: pl.DataFrame
    templates: pl.DataFrame
    template_shingles: Hashes
    template_key: Hashes
    candidates: int
    incomplete: tuple[str, ...]
    seconds: dict[str, float]


@dataclass(frozen=True)
class Earlier:
    """An earlier result, for a run that compares only what is new.

    Attributes:
        duplicates: what was found then.
        positions: int64 [examples then], where each example is now; -1 where it is gone.
    """

    duplicates: Duplicates
    positions: npt.NDArray[np.int64]


def find(
    corpus: Corpus,
    threshold: float = THRESHOLD,
    *,
    floor: float | None = None,
    views: tuple[str, ...] = VIEWS,
    list_templates: bool = False,
    earlier: Earlier | None = None,
    engine: Engine = "curator",
    threads: int = 2,
) -> Duplicates:
    """Find every pair of examples that is similar in some view.

    Args:
        corpus: the set.
        threshold: similarity from which pairs are found with the recall of `Banding.for_threshold`.
        floor: similarity from which pairs are kept; 0.2 below the threshold unless given.
        views: the views in which candidates are sought.
        list_templates: seek and keep pairs whose prompts share a template and no more, too.
        earlier: a result for some of the same examples; it is used where it was made for the same threshold, floor
            and views.
        engine: who proposes candidates: our own bands, or datasketch's MinHashLSH, which finds fewer of the pairs near
            the threshold and takes longer; what is proposed is verified alike.
        threads: so many kernels run at once; the result does not depend on it.
    """
    clock = _Clock()
    floor = max(round(threshold - FLOOR_BELOW, 6), 0.05) if floor is None else floor
    if list_templates:
        views = (*views, "prompt with its template")
    exact_first, first = equal_examples(corpus)
    every = np.arange(len(corpus))
    clock.lap("equal")
    shingles = template_shingles(corpus, exact_first == every)
    features, keys = pair_features(corpus, shingles)
    clock.lap("templates")
    representative = first == every
    collected = CollectedPairs(corpus, floor, threshold, list_templates)
    fresh = representative.copy()
    if earlier and (earlier.duplicates.threshold, earlier.duplicates.floor, earlier.duplicates.views) == (
        threshold, floor, views,
    ):  # fmt: skip
        fresh &= ~_reused(corpus, earlier, representative, keys, collected)
    banding = Banding.for_threshold(threshold)
    kept = Kept(threshold, floor, list_templates)
    with ThreadPoolExecutor(threads) as pool:
        columns = _columns(corpus, features, banding, views, fresh, representative, pool)
        clock.lap("bands")
        if engine == "datasketch":
            from curator.duplicates.candidates.datasketch_lsh import compare_by_datasketch, datasketch_banding

            banding = datasketch_banding(threshold)
            found = compare_by_datasketch(corpus, columns, kept, features)
        else:
            found = compare_candidates(columns, ComparisonSettings(kept, features, threads), pool)
        for compared in found:
            collected.add(compared)
    clock.lap("compare")
    equals = _pairs_of_equals(corpus, exact_first, first)
    both = pl.col("left").cast(pl.UInt64) * (1 << 32) + pl.col("right")  # one key is sorted far faster than two columns
    pairs = pl.concat([collected.pairs(), equals]).sort(both) if len(equals) else collected.pairs()
    clock.lap("gather")
    return Duplicates(
        examples=len(corpus),
        threshold=threshold,
        floor=floor,
        views=views,
        recall=banding.recall(threshold),
        exact_first=exact_first,
        first=first,
        pairs=pairs,
        forest=collected.forest(),
        templates=_templates(keys),
        template_shingles=shingles,
        template_key=keys,
        candidates=collected.candidates,
        incomplete=_incomplete(collected.oversized),
        seconds=clock.laps,
    )


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """What went by since the last lap was `stage`."""
        now = time.perf_counter()
        self.laps[stage] = now - self._last
        self._last = now


def _columns(
    corpus: Corpus,
    features: PairFeatures,
    banding: Banding,
    views: tuple[str, ...],
    fresh: npt.NDArray[np.bool_],
    representative: npt.NDArray[np.bool_],
    pool: Executor,
) -> Columns:
    """The bands to compare. Prompts take part by what is outside templates, answers where they are long."""
    parts = 1 if views == ("whole",) else 4 if "prompt with its template" in views else 3
    names = ("whole", "prompt", "answer", "prompt with its template")[:parts]
    hashes = corpus.bands(banding, (0, 1, 2, 1)[:parts], pool)
    if parts > 1:
        formed = np.flatnonzero(
            representative & (features.without_template < corpus.sizes[:, 1]) & (features.without_template > 0)
        )
        sign_prompts(corpus.addresses, corpus.counts, formed, features.table, hashes, banding)
    takes_part = {
        "whole": representative & (corpus.sizes[:, 0] > 0),
        "prompt": representative & (corpus.sizes[:, 1] > 0),
        "answer": representative & (corpus.words[:, 1] >= LONG_ANSWER),
        "prompt with its template": representative & (corpus.sizes[:, 1] > 0),
    }
    nobody = np.zeros(len(corpus), dtype=np.bool_)
    return Columns(
        hashes=hashes,
        bands=banding.bands,
        taking_part=tuple(np.flatnonzero(takes_part[name] if name in views else nobody) for name in names),
        order=(
            corpus.context,
            corpus.equal_words[:, 0],
            corpus.equal_words[:, 1],
            -corpus.words[:, 1].astype(np.int64),
        ),
        fresh=fresh,
    )


def _reused(
    corpus: Corpus, earlier: Earlier, representative: npt.NDArray[np.bool_], keys: Hashes, collected: CollectedPairs
) -> npt.NDArray[np.bool_]:
    """Carry over what an earlier run found; which examples it need not be done for again.

    An example is compared again where it did not represent its equals then, or where other parts of its prompt are now
    template.
    """
    then, now = earlier.duplicates, earlier.positions
    there = np.flatnonzero(now >= 0)
    stood = there[(then.first[there] == there) & (then.template_key[there] == keys[now[there]])]
    reused = np.zeros(len(corpus), dtype=np.bool_)
    if not len(corpus):
        return reused
    reused[now[stood]] = True
    reused &= representative
    pairs = then.pairs.filter(~pl.col("exact"))
    ids = now[pairs.select("left", "right").to_numpy()]
    kept = (ids >= 0).all(axis=1) & reused[ids].all(axis=1)
    similarities = pairs.select("whole", "prompt", "outside", "answer").to_numpy()
    collected.carry_over(np.sort(ids[kept], axis=1).astype(np.uint32), similarities[kept])
    edges = now[then.forest.select("left", "right").to_numpy()]
    kept = (edges >= 0).all(axis=1) & reused[edges].all(axis=1)
    collected.add_edges(np.sort(edges[kept], axis=1).astype(np.uint32), then.forest["similarity"].to_numpy()[kept])
    return reused


def _pairs_of_equals(corpus: Corpus, exact_first: npt.NDArray[np.int64], first: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Pairs of an example and the first one that it equals: similarity 1 wherever it has words, or is exact."""
    left, right, exact = equal_pairs(corpus, exact_first, first)
    has = (corpus.sizes[right] > 0) | exact[:, None]
    similarities = has[:, [0, 1, 1, 2]].astype(np.float64)
    return compared_frame(np.stack([left, right], axis=1), similarities, exact)


def _templates(keys: Hashes) -> pl.DataFrame:
    """Forms of prompts by how many examples have them."""
    return (
        pl.DataFrame({"key": keys})
        .with_row_index("first")
        .group_by("key")
        .agg(pl.col("first").min(), pl.len().alias("examples"))
        .filter((pl.col("key") != 0) & (pl.col("examples") > 1))
        .sort("examples", "first", descending=[True, False])
    )


def _incomplete(oversized: dict[str, tuple[int, int]]) -> tuple[str, ...]:
    return tuple(
        f"{number:,} groups of examples that share part of their {view}, the largest of {largest:,}, were compared "
        f"with up to 16 representatives each: pairs within them are not all listed."
        for view, (number, largest) in oversized.items()
    )
