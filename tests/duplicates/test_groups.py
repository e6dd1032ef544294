"""Groups hold copies of their keeper and nothing else, and templates are no copies."""

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import assemble
from curator.duplicates.groups import default_rank, group
from curator.duplicates.search import find
from tests.duplicates import reference
from tests.duplicates.build import grouped, prepared
from tests.duplicates.material import WORDS, examples_with_copies, sentence

PROMPT = "Explain in a few plain words why leaves turn red and yellow in the autumn of each year"
ANSWER = (
    "Trees stop making the green pigment when days grow short and so the other colours that were there all along show"
)


def chain(text, steps):
    """`text`, then the same with ever more of its words replaced."""
    words = text.split()
    return [" ".join([*(f"new{k}" for k in range(step)), *words[step:]]) for step in range(steps)]


def plain_groups(examples, rank):
    """The contract's walk, in plain Python."""
    pairs = reference.similar_pairs(examples, 0.7)
    copies = {pair for pair, found in pairs.items() if min(found[1:]) >= 0.7}
    keeper = {}
    for example in sorted(range(len(examples)), key=lambda e: (rank[e], e)):
        if example not in keeper:
            keeper[example] = example
            for other in range(len(examples)):
                if other not in keeper and (min(example, other), max(example, other)) in copies:
                    keeper[other] = example
    return [keeper[example] for example in range(len(examples))]


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_groups_are_those_of_the_walk_in_keeper_order(seed, shuffler):
    examples = examples_with_copies(seed, 25, 60)
    examples += shuffler.choices(examples, k=10)
    rank = np.array(shuffler.choices(range(20), k=len(examples)))
    _, _, groups = grouped(examples, rank)
    assert groups.keeper.tolist() == plain_groups(examples, rank)


def test_a_chain_of_ever_less_similar_copies_is_not_one_group():
    examples = [(PROMPT, answer) for answer in chain(ANSWER, 16)]
    _, _, groups = grouped(examples, np.arange(16))
    for example, keeper in enumerate(groups.keeper):
        similarity = reference.jaccard(*(reference.shingles(examples[at][1]) for at in (example, keeper)))
        assert similarity >= 0.7
    assert len(set(groups.keeper.tolist())) > 2


def test_one_long_instruction_with_short_inputs_and_labels_has_no_copies():
    generator = random.Random(0)
    instruction = sentence(generator, 60)
    examples = [
        (f"{instruction}\n{sentence(generator, 10)}", generator.choice(["good", "bad", "neither"])) for _ in range(600)
    ]
    _, duplicates, groups = grouped(examples)
    assert (groups.keeper == np.arange(600)).all()
    assert duplicates.templates["examples"].sum() == 600


def test_equal_words_with_other_signs_are_a_copy_for_review_only():
    examples = [(f"{PROMPT} where x < 3 holds", ANSWER), (f"{PROMPT} where x > 3 holds", ANSWER)]
    pair = grouped(examples)[2].pairs.row(0, named=True)
    assert (pair["relation"], pair["exact"], pair["plain"]) == ("copy", False, False)


def test_other_numbers_are_a_copy_for_review_only():
    long = " ".join(WORDS)
    examples = [(f"{long} 12 {PROMPT}", f"{ANSWER} {long}"), (f"{long} 13 {PROMPT}", f"{ANSWER} {long}")]
    pair = grouped(examples)[2].pairs.row(0, named=True)
    assert (pair["relation"], pair["plain"]) == ("copy", False)
    assert grouped([examples[0], (examples[0][0] + " please", examples[0][1])])[2].pairs["plain"].all()


def test_other_symbols_or_weights_are_a_copy_for_review_only():
    examples = [(f"{PROMPT} - {ANSWER}", f"{ANSWER} again"), (f"{PROMPT} + {ANSWER} please", f"{ANSWER} again")]
    pair = grouped(examples)[2].pairs.row(0, named=True)
    assert (pair["relation"], pair["plain"]) == ("copy", False)
    same = [(f"{PROMPT} - {ANSWER}", f"{ANSWER} again"), (f"please {PROMPT} - {ANSWER}", f"{ANSWER} again")]
    assert grouped(same)[2].pairs["plain"].all()
    corpus = assemble([block_features(reference.views(same).with_columns(weights=pl.Series([1, 2], dtype=pl.UInt64)))])
    assert not group(corpus, find(corpus), default_rank(corpus)).pairs["plain"].any()


def test_the_same_texts_from_others_are_a_copy_for_review_only():
    frame = reference.views([(PROMPT, ANSWER)] * 2).with_columns(exact=pl.Series([1, 2], dtype=pl.UInt64))
    corpus = assemble([block_features(frame)])
    pair = group(corpus, find(corpus), default_rank(corpus)).pairs.row(0, named=True)
    assert (pair["relation"], pair["exact"], pair["plain"]) == ("copy", False, False)


def test_another_system_prompt_keeps_two_examples_apart():
    examples = [(PROMPT, "Because."), (PROMPT, "Because of it.")]
    assert grouped([examples[0]] * 2, contexts=[1, 2])[2].pairs["exact"].all()
    pairs = grouped(
        [(PROMPT, "Yes it is so, my friend"), (f"{PROMPT} now", "Yes it is so, my friend")], contexts=[1, 2]
    )
    assert pairs[2].keeper.tolist() == [0, 1]


def test_the_longer_answer_is_kept_then_the_earlier_example():
    examples = [(PROMPT, ANSWER), (PROMPT, f"{ANSWER} again"), (PROMPT, f"{ANSWER} again.")]
    assert grouped(examples)[2].keeper.tolist() == [1, 1, 1]


def test_a_higher_threshold_regroups_from_what_is_stored():
    examples = examples_with_copies(3, 80, 80)
    corpus, duplicates, _ = grouped(examples)
    strict = group(corpus, duplicates, default_rank(corpus), 0.9)
    again = prepared(examples)
    assert strict.keeper.tolist() == grouped(examples, threshold=0.9)[2].keeper.tolist()
    assert len(again) == len(corpus)
    with pytest.raises(ValueError, match="needs a new search"):
        group(corpus, duplicates, default_rank(corpus), 0.6)


def test_texts_without_roles_are_copies_by_the_whole_text():
    examples = [("", ANSWER), ("", f"{ANSWER} too"), ("", "something else entirely is written here")]
    assert grouped(examples, text_only=True)[2].keeper.tolist() == [1, 1, 2]
