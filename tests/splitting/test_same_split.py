"""The split is the same for any number of threads, any size of block and any order of the examples."""

import random

import numpy as np
import polars as pl
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.duplicates.containment.leaks import leaks
from curator.duplicates.groups import default_rank, group
from curator.duplicates.must_link import must_link
from curator.duplicates.search import find
from curator.project.saved_split import TEST, TRAIN, VALIDATION
from curator.splitting.components import components
from curator.splitting.split import split
from tests.duplicates.build import prepared
from tests.duplicates.material import examples_with_copies, sentence


def material(seed):
    """Questions and edited copies, a family from one form, and texts that differ in a sign only."""
    generator = random.Random(seed)
    form = sentence(generator, 30)
    return [
        *examples_with_copies(seed, 50, 40),
        *((f"{form} {sentence(generator, generator.choice([2, 6]))}", "yes") for _ in range(15)),
        *((f"{form} {sign} 3", "no") for sign in "<>="),
    ]


def ids_of(examples):
    return pl.Series([xxhash.xxh3_64_hexdigest(repr(example).encode()) for example in examples])


def sides_of(examples, block=None, threads=2):
    """Side by id of the example."""
    corpus = prepared(examples, block)
    duplicates = find(corpus, threads=threads)
    tied = must_link(corpus, duplicates, group(corpus, duplicates, default_rank(corpus)))
    ids = ids_of(examples)
    result = split(ids, components(len(corpus), *tied), validation=0.2, test=0.1, seed=3)
    return dict(zip(ids, result.splits.tolist(), strict=True)), corpus


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(1, 130), st.randoms(use_true_random=False))
def test_threads_blocks_and_order_change_nothing(seed, block, shuffler):
    examples = list(dict.fromkeys(material(seed)))
    expected, _ = sides_of(examples, threads=1)
    assert sides_of(examples, block, threads=2)[0] == expected
    shuffled = shuffler.sample(examples, len(examples))
    assert sides_of(shuffled, block)[0] == expected


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_no_held_out_example_resembles_what_comes_before_it(seed):
    examples = list(dict.fromkeys(material(seed)))
    splits, corpus = sides_of(examples)
    of = np.array([splits[id_] for id_ in ids_of(examples)])
    for side, before in ((VALIDATION, [TRAIN]), (TEST, [TRAIN, VALIDATION])):
        held, others = np.flatnonzero(of == side), np.flatnonzero(np.isin(of, before))
        assert leaks(corpus.at(others), corpus.at(held)).leaking == 0
        one, two = (leaks(corpus.at(others), corpus.at(held), threads=threads) for threads in (1, 2))
        assert one.nearest.equals(two.nearest)
