"""The recommended threshold follows from what was answered, and says how sure it is."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.duplicates.calibration import Band, answered_bands, edges, recommend, sample
from trainer.contract.statistics import wilson


def bands(*copies, judged=20, pairs=100):
    begins = edges(0.5)
    return [Band(low, low + 0.1, pairs, judged, each) for low, each in zip(begins, copies, strict=True)]


def test_bands_begin_at_the_floor_and_at_every_tenth():
    assert edges(0.5) == [0.5, 0.6, 0.7, 0.8, 0.9]
    assert edges(0.55) == [0.55, 0.6, 0.7, 0.8, 0.9]


def test_the_lowest_threshold_from_which_most_pairs_are_copies_is_recommended():
    assert recommend(bands(2, 8, 20, 20, 20)).threshold == 0.7
    assert recommend(bands(20, 20, 20, 20, 20)).threshold == 0.5
    assert recommend(bands(20, 20, 2, 2, 2)) is None


def test_what_was_not_judged_is_not_recommended():
    unknown = bands(20, 20, 20, 20, 20)
    unknown[2] = Band(0.7, 0.8, 100, 0, 0)
    assert recommend(unknown).threshold == 0.8
    assert recommend([Band(band.low, band.high, 0, 0, 0) for band in unknown]) is None


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_holds_the_share_and_shrinks_with_answers(copies, others):
    judged = copies + others
    share = wilson(copies, judged)
    assert 0 <= share.low <= share.high <= 1
    if judged:
        assert share.low - 1e-12 <= copies / judged <= share.high + 1e-12
        narrow = wilson(10 * copies, 10 * judged)
        assert narrow.high - narrow.low < share.high - share.low
    assert wilson(20, 20).low == pytest.approx(0.839, abs=0.001)


def test_a_sample_takes_so_many_of_each_band_and_stays_when_others_are_added():
    pairs = pl.DataFrame({"similarity": [0.5 + 0.005 * step for step in range(100)]})
    names = pl.Series([f"pair {step}" for step in range(100)])
    drawn = sample(pairs, names, 0.5, 5, seed=0)
    assert drawn["band"].to_list() == sorted([0, 1, 2, 3, 4] * 5)
    fewer = sample(pairs[:99], names[:99], 0.5, 5, seed=0)
    assert len(set(drawn["similarity"]) - set(fewer["similarity"])) <= 1
    judged = drawn.select("band", copy=pl.col("similarity") > 0.699)
    assert [band.copies for band in answered_bands(pairs, judged, 0.5)] == [0, 0, 5, 5, 5]
