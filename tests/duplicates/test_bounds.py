"""The bound that spares most comparisons is never below the similarity itself, so that no pair is lost to it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.duplicates.verify.jaccard import similarities
from curator.duplicates.verify.named_pairs import pair_features
from curator.duplicates.verify.templates import template_shingles
from curator.duplicates.verify.upper_bounds import upper_bounds
from tests.duplicates.build import prepared
from tests.duplicates.material import examples_with_copies, sentence


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.booleans(), st.randoms(use_true_random=False))
def test_no_similarity_exceeds_its_bound(seed, from_a_form, generator):
    form = f"{sentence(generator, 30)} " if from_a_form else ""
    examples = [(form + prompt, answer) for prompt, answer in examples_with_copies(seed, 30, 30)]
    examples += [("", "x"), ("a b", ""), (form, "x"), (examples[0][1], examples[0][0])]
    corpus = prepared(examples)
    splits, _ = pair_features(corpus, template_shingles(corpus, np.ones(len(corpus), dtype=np.bool_)))
    for left in range(len(corpus)):
        for right in range(left):
            found, most = similarities(left, right, splits), upper_bounds(left, right, splits)
            assert all(similarity <= bound for similarity, bound in zip(found, most, strict=True))
