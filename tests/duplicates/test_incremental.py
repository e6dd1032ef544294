"""A set that grew, shrank and was reordered has the pairs and groups that a full run finds."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.duplicates import stored
from curator.duplicates.groups import default_rank, group
from curator.duplicates.search import Earlier, find
from tests.duplicates.build import prepared
from tests.duplicates.material import examples_with_copies, sentence


def material(seed, kind):
    generator = random.Random(seed)
    examples = examples_with_copies(seed, 60, 60)
    if kind == "forms":
        form = sentence(generator, 30)
        examples += [(f"{form} {sentence(generator, generator.choice([2, 6]))}", "yes") for _ in range(60)]
    if kind == "equals":
        examples += generator.choices(examples, k=60)
    return examples


@settings(max_examples=25)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["plain", "forms", "equals"]),
    st.integers(0, 40),
    st.integers(0, 25),
    st.randoms(use_true_random=False),
)
def test_comparing_only_what_is_new_gives_the_groups_of_a_full_run(seed, kind, new, gone, shuffler):
    examples = material(seed, kind)
    shuffler.shuffle(examples)
    before, added = examples[: len(examples) - new], examples[len(examples) - new :]
    earlier = find(prepared(before, 50))
    now = [*enumerate(before[gone:], gone), *((-1, example) for example in added)]
    shuffler.shuffle(now)
    positions = np.full(len(before), -1)
    for place, (old, _) in enumerate(now):
        if old >= 0:
            positions[old] = place
    corpus = prepared([example for _, example in now], 50)
    again, everything = find(corpus, earlier=Earlier(earlier, positions)), find(corpus)
    assert again.pairs.equals(everything.pairs)
    ranks = default_rank(corpus)
    assert (group(corpus, again, ranks).keeper == group(corpus, everything, ranks).keeper).all()


@pytest.mark.parametrize("examples", [[], material(1, "forms"), [("a", "b")]])
def test_a_stored_result_is_the_result(tmp_path, examples):
    found = find(prepared(examples))
    stored.save(found, tmp_path / "found")
    loaded = stored.load(tmp_path / "found")
    for name in ("pairs", "forest", "templates"):
        assert getattr(loaded, name).equals(getattr(found, name)), name
    for name in ("exact_first", "first", "template_shingles", "template_key"):
        assert (getattr(loaded, name) == getattr(found, name)).all(), name
    assert (loaded.views, loaded.incomplete, loaded.recall) == (found.views, found.incomplete, found.recall)
