"""A block of prepared examples on the disk is what it was in memory."""

from dataclasses import fields

import numpy as np

from curator.duplicates.block_features import BlockFeatures
from tests.duplicates.build import prepared
from tests.duplicates.material import examples_with_copies


def test_a_block_that_was_stored_is_the_block_that_was_made(tmp_path):
    made = prepared(examples_with_copies(3)).blocks[0]
    made.save(tmp_path / "block.arrow")
    found = BlockFeatures.load(tmp_path / "block.arrow")
    for field in fields(BlockFeatures):
        assert np.array_equal(getattr(found, field.name), getattr(made, field.name)), field.name


def test_band_hashes_whose_memory_was_given_back_can_still_be_read(tmp_path):
    made = prepared(examples_with_copies(3)).blocks[0]
    made.save(tmp_path / "block.arrow")
    found = BlockFeatures.load(tmp_path / "block.arrow")
    before = np.array(found.bands)
    for block in (found, made):
        block.release_bands()
        assert np.array_equal(block.bands, before)
