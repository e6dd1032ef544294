"""Choosing the threshold: a person judges pairs of every similarity, and the answers say where copies begin."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
import xxhash

from trainer.contract.statistics import wilson

WIDTH = 0.1
"""Of a band of similarity."""

PER_BAND = 20
"""Pairs of each band that are judged: a band of which all are copies is then one with at least 84 % (95 % sure)."""

PRECISION = 0.9
"""Share of the pairs from the recommended threshold up that are to be copies."""

_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True)
class Band:
    """What was answered about the pairs of one band of similarity.

    Attributes:
        low: least similarity; included.
        high: highest similarity; included in the last band only.
        pairs: how many pairs of the set lie in it.
        answered: of those that were shown, how many were judged.
        copies: of those, how many are copies.
    """

    low: float
    high: float
    pairs: int
    answered: int
    copies: int

    def interval(self) -> tuple[float, float]:
        """Of the share of copies, 95 % (Wilson 1927)."""
        share = wilson(self.copies, self.answered)
        return share.low, share.high


@dataclass(frozen=True)
class Recommended:
    """A threshold, and the share of copies (with a 95 % interval) among the pairs from it up."""

    threshold: float
    precision: float
    low: float
    high: float


def copy_similarity(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs that are copies at some threshold from the floor up, but not exact, with that threshold as `similarity`.

    Args:
        pairs: as `with_relations` gives them for the floor, with `texts`: whether both are texts without roles.
    """
    parts = pl.min_horizontal("prompt", "outside", "answer")
    return pairs.filter((pl.col("relation") == "copy") & ~pl.col("exact")).with_columns(
        pl.when("texts").then("whole").otherwise(parts).alias("similarity")
    )


def edges(floor: float) -> list[float]:
    """Where bands begin: the floor, then every tenth."""
    tenths = [round(step * WIDTH, 6) for step in range(math.floor(floor / WIDTH + 1e-9) + 1, round(1 / WIDTH))]
    return [floor, *tenths]


def sample(pairs: pl.DataFrame, names: pl.Series, floor: float, per_band: int, seed: int) -> pl.DataFrame:
    """At most `per_band` pairs of each band, with `band`, its number; low bands first.

    Args:
        pairs: with `similarity`.
        names: of each pair, the same in every version of the set: what is drawn hangs on them and `seed` alone.
        floor: where the first band begins.
        per_band: how many.
        seed: another seed, another sample.
    """
    drawn = pl.Series("drawn", [xxhash.xxh3_64_intdigest(f"{seed}|{name}".encode()) for name in names], dtype=pl.UInt64)
    return (
        pairs.with_columns(drawn, pl.Series("band", band_numbers(pairs["similarity"], floor)))
        .sort("band", "drawn")
        .filter(pl.int_range(pl.len()).over("band") < per_band)
        .drop("drawn")
    )


def band_numbers(similarities: pl.Series, floor: float) -> np.ndarray:
    """The number of the band of each similarity; int64."""
    found: np.ndarray = np.searchsorted(np.array(edges(floor)), similarities.to_numpy(), side="right") - 1
    return found.astype(np.int64)


def answered_bands(pairs: pl.DataFrame, answered: pl.DataFrame, floor: float) -> list[Band]:
    """What was answered, band by band.

    Args:
        pairs: all of the set, with `similarity`.
        answered: `band` and `copy` (bool) of each pair that was judged.
        floor: where the first band begins.
    """
    begins = edges(floor)
    sizes = np.bincount(band_numbers(pairs["similarity"], floor), minlength=len(begins)) if len(pairs) else None
    bands = []
    for number, low in enumerate(begins):
        answers = answered.filter(pl.col("band") == number)["copy"]
        high = begins[number + 1] if number + 1 < len(begins) else 1.0
        size = 0 if sizes is None else int(sizes[number])
        bands.append(Band(low, high, size, len(answers), int(answers.sum())))
    return bands


def recommend(bands: list[Band], precision: float = PRECISION) -> Recommended | None:
    """The lowest beginning of a band from which on the pairs are copies to this share; None where no band shows it.

    Bands count by their size. A band that has pairs and no answers ends the search: nothing is known from there down.
    """
    best = None
    for first in reversed(range(len(bands))):
        above = [band for band in bands[first:] if band.pairs]
        if any(band.answered == 0 for band in above):
            break
        if not above:
            continue
        total = sum(band.pairs for band in above)
        estimate = sum(band.pairs * band.copies / band.answered for band in above) / total
        effective = total**2 / sum(band.pairs**2 / band.answered for band in above)
        if estimate >= precision:
            share = wilson(estimate * effective, effective)
            best = Recommended(bands[first].low, estimate, share.low, share.high)
    return best
