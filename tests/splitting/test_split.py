"""A split keeps together what belongs together, keeps its promise on sizes, and stays as it was."""

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.project.saved_split import TEST, TRAIN, VALIDATION
from curator.splitting.components import components
from curator.splitting.split import split

NONE = np.empty((0, 2), dtype=np.int64)


def names(count):
    return pl.Series([f"{random.Random(at).getrandbits(64):016x}" for at in range(count)])


def pairs(*edges):
    return np.array(edges, dtype=np.int64).reshape(-1, 2)


def random_ties(generator, count, edges):
    return pairs(*((generator.randrange(count), generator.randrange(count)) for _ in range(edges)))


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 300), st.sampled_from([0.0, 0.1, 0.3]), st.sampled_from([0.0, 0.2]))
def test_no_tie_is_cut_and_no_side_is_too_large(seed, edges, validation, test):
    must_link = random_ties(random.Random(seed), 400, edges)
    found = components(400, must_link, must_link)
    result = split(names(400), found, validation=validation, test=test, seed=seed)
    assert (result.splits[must_link[:, 0]] == result.splits[must_link[:, 1]]).all()
    assert result.reached["validation"] <= validation + 1e-9
    assert result.reached["test"] <= test + 1e-9
    assert sum(result.reached.values()) == pytest.approx(1)


def test_without_ties_every_share_is_reached_exactly():
    result = split(names(1000), components(1000, NONE, NONE), validation=0.1, test=0.05)
    assert result.reached == {"train": 0.85, "validation": 0.1, "test": 0.05}
    assert set(result.splits) == {TRAIN, VALIDATION, TEST}


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_examples_changes_nothing(shuffler):
    ids, must_link = names(200), random_ties(random.Random(3), 200, 80)
    order = shuffler.sample(range(200), 200)
    place = np.argsort(order)
    plain = split(ids, components(200, must_link, must_link)).splits
    moved = split(ids.gather(order), components(200, place[must_link], place[must_link])).splits
    assert (moved == plain[order]).all()


def test_every_stratum_gets_its_share():
    strata = np.arange(1000) % 7
    result = split(names(1000), components(1000, NONE, NONE), validation=0.1, strata=strata)
    counts = np.bincount(strata[result.splits == VALIDATION], minlength=7)
    assert counts.sum() == 100
    assert counts.max() - counts.min() <= 1


def test_many_small_strata_still_fill_the_validation_set():
    strata = np.arange(300) // 3
    assert split(names(300), components(300, NONE, NONE), validation=0.1, strata=strata).reached["validation"] == 0.1


def test_examples_keep_their_side_when_others_are_added():
    ids = names(600)
    first = split(ids[:500], components(500, NONE, NONE), seed=4)
    before = np.full(600, -1, dtype=np.int8)
    before[:500] = first.splits
    again = split(ids, components(600, NONE, NONE), seed=4, before=before)
    assert (again.splits[:500] == first.splits).all()
    assert again.reached["validation"] == 0.1


def test_a_component_that_comes_to_join_two_sides_goes_to_train_and_is_reported():
    before = np.array([TRAIN, VALIDATION, VALIDATION, -1, TRAIN], dtype=np.int8)
    must_link = pairs((0, 3), (1, 3))
    result = split(names(5), components(5, must_link, must_link), validation=0.2, before=before)
    assert result.splits.tolist() == [TRAIN, TRAIN, VALIDATION, TRAIN, TRAIN]
    assert result.joined.tolist() == [1]


def test_a_component_of_more_than_a_fifth_is_taken_apart_along_close_ties():
    chain = pairs(*((at, at + 1) for at in range(59)))
    close = pairs((0, 1), (2, 3))
    found = components(100, chain, close)
    assert (found.oversized, found.parts) == (60, 58)
    assert found.of[0] == found.of[1]
    assert found.of[1] != found.of[2]
    assert components(1000, chain, close).oversized == 0


def test_conversations_of_one_source_stay_together_whatever_their_size():
    groups = np.where(np.arange(100) < 50, 7, -1)
    found = components(100, NONE, NONE, groups)
    assert len(set(found.of[:50])) == 1
    splits = split(names(100), found, validation=0.1).splits
    assert len(set(splits[:50])) == 1


def test_another_seed_gives_another_split_and_the_same_seed_the_same():
    corpus = components(300, NONE, NONE)
    one, other = (split(names(300), corpus, seed=seed).splits for seed in (1, 2))
    assert (split(names(300), corpus, seed=1).splits == one).all()
    assert (one != other).any()


def test_shares_that_leave_nothing_for_training_are_refused():
    with pytest.raises(ValueError, match="leave some for training"):
        split(names(3), components(3, NONE, NONE), validation=0.6, test=0.4)


def test_an_empty_set_can_be_split():
    assert len(split(names(0), components(0, NONE, NONE)).splits) == 0
