"""Signatures are datasketch's, and banding keeps what it promises."""

import numpy as np
import pytest
from datasketch import MinHash

from curator.duplicates.block_features import block_features
from curator.duplicates.minhash.signatures import RECALL, Banding, permutations, sign_views
from tests.duplicates.material import examples_with_copies
from tests.duplicates.reference import views


def test_the_permutations_are_those_of_datasketch():
    assert np.array_equal(MinHash(num_perm=128, scheme="affine32").permutations, permutations())


def test_a_signature_equals_datasketchs_for_the_same_shingle_hashes_bit_for_bit():
    examples = [
        *examples_with_copies(1, 20, 5),
        ("one two", "three"),
        ("same words here for all", "same words here for all"),
    ]
    block = block_features(views(examples))
    ours = np.empty((3, 128), dtype=np.uint32)
    for example in range(len(block)):
        low, high = block.ends[example : example + 2]
        sign_views(block.shingles, low, high, *permutations(), ours)
        for view, bit in enumerate((4, 1, 2)):
            theirs = MinHash(num_perm=128, scheme="affine32", hashfunc=int)
            chosen = block.shingles[low:high][(block.shingles[low:high] & np.uint64(bit)) > 0]
            theirs.update_batch((chosen >> np.uint64(32)).tolist())
            assert np.array_equal(ours[view], theirs.hashvalues)


def test_the_banding_at_the_default_threshold_is_32_bands_of_4():
    assert Banding.for_threshold(0.7) == Banding(bands=32, rows=4)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
def test_every_threshold_gets_a_banding_that_proposes_999_of_1000_pairs_at_it(threshold):
    assert Banding.for_threshold(threshold).recall(threshold) >= RECALL
