"""Rows of bits that say how much two sets of shingles differ at least, without a walk over them.

Every shingle of a set flips one bit of its row. Two sets differ in at least as many shingles as their rows differ in
bits, because a shingle that both have flips the same bit of both (the bitmap filter of Sandes, Teodoro and Melo 2020).
"""

from typing import Any

import numpy as np

from curator.duplicates.text.shingles import TAG_BITS
from curator.jit import inner_kernel, signed

BITMAP_WORDS = 8
"""64-bit words an example: four of the whole, two of the prompt, two of the answer."""

_SIX = np.uint64(6)
_BIT = np.uint64(63)
_ONE = np.uint64(1)
_THREE = np.uint64(3)


@inner_kernel
def flip(row: Any, value: Any) -> None:
    """Flip what the shingle `value` flips in the views that it is in."""
    key = value >> TAG_BITS
    bit, word = key & _BIT, signed((key >> _SIX) & _THREE)
    row[word] ^= ((value >> np.uint64(2)) & _ONE) << bit
    row[4 + (word & 1)] ^= (value & _ONE) << bit
    row[6 + (word & 1)] ^= ((value >> _ONE) & _ONE) << bit


@inner_kernel
def flip_all(row: Any, shingles: Any, low: int, high: int) -> None:
    """Flip what `shingles[low:high]` do; `row`, uint64 [`BITMAP_WORDS`], is all 0 before."""
    for at in range(low, high):
        flip(row, shingles[at])
