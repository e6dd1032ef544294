"""What leaks from one set into another is found exactly, and a split along ties has no leak."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.duplicates.containment.leaks import leaks
from curator.duplicates.must_link import must_link
from curator.splitting.components import components
from tests.duplicates import reference
from tests.duplicates.build import grouped, prepared
from tests.duplicates.material import examples_with_copies, question, sentence


def whole_text(example):
    return reference.shingles("\n".join(example))


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_most_similar_training_example_is_the_one_that_brute_force_finds(seed):
    examples = examples_with_copies(seed, 40, 60)
    generator = random.Random(seed)
    generator.shuffle(examples)
    train, validation = examples[30:], examples[:30]
    found = leaks(prepared(train), prepared(validation))
    for row, example in zip(found.nearest.iter_rows(named=True), validation, strict=True):
        best = max(reference.jaccard(whole_text(example), whole_text(other)) for other in train)
        asked = [reference.read(prompt) for prompt, _ in train]
        same = reference.read(example[0]) in asked
        assert row["similarity"] == (best if best >= 0.05 else None)
        assert (row["same_prompt"] is not None) == same
        assert row["leaks"] == (best >= 0.7 or same)
        if best >= 0.05:
            assert reference.jaccard(whole_text(example), whole_text(train[row["nearest"]])) == best
    assert found.leaking == found.nearest["leaks"].sum()
    assert found.unproven == 0


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.9])
def test_examples_made_from_one_form_are_told_apart_from_leaks(threshold):
    generator = random.Random(2)
    form = sentence(generator, 40)
    examples = [(f"{form} {sentence(generator, generator.choice([3, 8, 15]))}", "yes") for _ in range(200)]
    train, validation = examples[50:], examples[:50]
    found = leaks(prepared(train), prepared(validation), threshold)
    true = [max(reference.jaccard(whole_text(v), whole_text(t)) for t in train) >= threshold for v in validation]
    assert found.nearest["leaks"].to_list() == true


def test_a_split_along_the_ties_does_not_leak_and_a_random_one_does():
    examples = examples_with_copies(9, 150, 150)
    corpus, duplicates, groups = grouped(examples)
    of = components(len(examples), *must_link(corpus, duplicates, groups)).of
    in_validation = of % 10 == 0
    assert leaks(corpus.at(np.flatnonzero(~in_validation)), corpus.at(np.flatnonzero(in_validation))).leaking == 0
    anywhere = np.random.default_rng(0).random(len(examples)) < 0.1
    assert leaks(corpus.at(np.flatnonzero(~anywhere)), corpus.at(np.flatnonzero(anywhere))).leaking > 0


def test_a_prompt_with_another_symbol_is_no_leak_and_no_tie():
    train, validation = [("What is 3 + 4?", "It is seven")], [("what is 3 * 4", "twelve"), ("WHAT IS 3 + 4", "7")]
    found = leaks(prepared(train), prepared(validation)).nearest
    assert found["same_prompt"].to_list() == [None, 0]
    corpus, duplicates, groups = grouped(train + validation)
    first, other, again = components(3, *must_link(corpus, duplicates, groups)).of.tolist()
    assert first == again != other


def test_the_claim_is_a_sentence_with_its_figures():
    generator = random.Random(1)
    examples = [question(generator) for _ in range(20)]
    certificate = leaks(prepared(examples[2:]), prepared(examples[:4]))
    assert certificate.claim().startswith("2 of 4 validation examples have a training example with similarity 0.7")


def test_empty_sets_do_not_leak():
    some = prepared([("a b c", "d e f")])
    assert leaks(prepared([]), some).leaking == 0
    assert leaks(some, prepared([])).checked == 0
