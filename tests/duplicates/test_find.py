"""Pairs are exactly those of the definition, whatever the number of threads, blocks or the order of the examples."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.duplicates.relations import with_relations
from curator.duplicates.search import Earlier, find
from tests.duplicates import reference
from tests.duplicates.build import prepared
from tests.duplicates.material import examples_with_copies, question


def found_pairs(corpus, duplicates, threshold=0.7):
    """(left, right) -> (relation, similarities), equal examples with their first only."""
    pairs = with_relations(duplicates.pairs, corpus, threshold)
    rows = pairs.select("left", "right", "relation", "whole", "prompt", "outside", "answer").rows()
    return {(left, right): (relation, tuple(values)) for left, right, relation, *values in rows}


@pytest.mark.parametrize("seed", range(3))
def test_every_pair_a_person_would_care_about_is_found_with_its_exact_similarities(seed):
    examples = examples_with_copies(seed)
    corpus = prepared(examples)
    duplicates = find(corpus)
    found = found_pairs(corpus, duplicates)
    first = duplicates.first
    true = reference.similar_pairs(examples, 0.5)
    assert all(true[pair] == values for pair, (_, values) in found.items() if pair in true)
    assert set(found) <= set(true)
    wanted = 0
    for (i, j), values in true.items():
        relation = reference.relation(values, (examples[i][1], examples[j][1]), 0.7)
        if relation in ("copy", "same-prompt", "same-answer") and first[i] != first[j]:
            wanted += 1
            assert found[min(first[i], first[j]), max(first[i], first[j])] == (relation, values)
    assert wanted > 100


def test_a_set_made_from_forms_has_the_relations_of_the_definition():
    generator = random.Random(5)
    form = "You are given a review of a product and have to say whether it is good or bad in one word only please "
    labels = ["good", "bad", "the reviewer says that " * 6 + "it is good"]
    examples = [
        (form + question(generator)[0] * generator.choice([0, 1]), generator.choice(labels)) for _ in range(150)
    ]
    corpus = prepared(examples)
    duplicates = find(corpus)
    assert len(duplicates.template_shingles) == len(reference.template(examples))
    found = found_pairs(corpus, duplicates)
    for (i, j), values in reference.similar_pairs(examples, 0.7).items():
        if duplicates.first[i] == i and duplicates.first[j] == j:
            relation = reference.relation(values, (examples[i][1], examples[j][1]), 0.7)
            if relation in ("copy", "same-prompt", "same-answer"):
                assert found[i, j] == (relation, values)


def as_texts(examples, corpus, duplicates):
    pairs = with_relations(duplicates.pairs, corpus, 0.7)
    return {
        (frozenset((examples[left], examples[right])), relation, w)
        for left, right, relation, w in pairs.select("left", "right", "relation", "whole").rows()
    }


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(1, 200), st.randoms(use_true_random=False))
def test_threads_blocks_and_order_change_nothing(seed, block, shuffler):
    examples = examples_with_copies(seed, 60, 40)
    examples += examples[:5]
    corpus = prepared(examples)
    expected = find(corpus, threads=1)
    in_blocks = find(prepared(examples, block), threads=2)
    assert in_blocks.pairs.equals(expected.pairs)
    assert in_blocks.forest.equals(expected.forest)
    shuffled = shuffler.sample(examples, len(examples))
    other = prepared(shuffled)
    assert as_texts(shuffled, other, find(other)) == as_texts(examples, corpus, expected)


@pytest.mark.parametrize("seed", range(3))
def test_comparing_only_what_is_new_gives_what_comparing_everything_gives(seed):
    examples = examples_with_copies(seed, 200, 150)
    before, added = examples[:-20], examples[-20:]
    old = prepared(before, 50)
    earlier = find(old)
    now = prepared([*added[:8], *before[100:], *added[8:]], 50)
    positions = np.full(len(before), -1)
    positions[100:] = np.arange(8, 8 + len(before) - 100)
    again = find(now, earlier=Earlier(earlier, positions))
    everything = find(now)
    assert again.pairs.equals(everything.pairs)
    assert again.candidates < everything.candidates / 2


def test_examples_without_words_are_similar_to_nothing_but_their_exact_duplicates():
    examples = [("?", "!"), ("?", "!"), ("...", "!"), ("", ""), ("", ""), ("a", "✓"), ("A", "✗"), ("a", "✓")]
    corpus = prepared(examples)
    pairs = with_relations(find(corpus).pairs, corpus, 0.7).filter(relation="copy")
    assert pairs.select("left", "right").rows() == [(0, 1), (3, 4), (5, 7)]


def test_an_empty_set_has_no_pairs():
    assert len(find(prepared([])).pairs) == 0


def test_a_million_equal_examples_are_one_pair_each():
    corpus = prepared([("What is the capital of France?", "Paris, of course.")] * 200_000, 50_000)
    duplicates = find(corpus)
    assert len(duplicates.pairs) == 199_999
    assert duplicates.pairs["exact"].all()
