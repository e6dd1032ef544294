"""MinHash signatures, and the banding that makes candidates of them.

A shingle's 32-bit hash is the upper half of its hash; a signature is what
`datasketch.MinHash(num_perm=128, scheme="affine32")` makes of those, bit for bit.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from curator.duplicates.text.shingles import ANSWER, FULL_TEXT, PROMPT, VIEWS
from curator.jit import inner_kernel

PERMUTATIONS = 128
RECALL = 0.999
"""Share of the pairs at exactly the threshold that banding must propose."""

_EMPTY = np.uint32(0xFFFFFFFF)
_UPPER_HALF = np.uint64(32)
_BAND_FACTOR = np.uint32(0x9E3779B1)
_BAND_SHIFT = np.uint32(15)


@dataclass(frozen=True)
class Banding:
    """How a signature is cut: `bands` bands of `rows` values; a pair is a candidate where one band is equal."""

    bands: int
    rows: int

    @classmethod
    def for_threshold(cls, threshold: float) -> "Banding":
        """The banding with the longest bands, hence the fewest false candidates, that keeps `RECALL` at `threshold`."""
        for rows in range(PERMUTATIONS, 1, -1):
            banding = cls(PERMUTATIONS // rows, rows)
            if banding.recall(threshold) >= RECALL:
                return banding
        return cls(PERMUTATIONS, 1)

    def recall(self, similarity: float) -> float:
        """The expected share of the pairs of this similarity that become candidates."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


@inner_kernel
def _finished(hashed: Any) -> Any:
    """MurmurHash3's 32-bit finaliser, fmix32."""
    hashed = np.uint32((hashed ^ (hashed >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    hashed = np.uint32((hashed ^ (hashed >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(hashed ^ (hashed >> np.uint32(16)))


@inner_kernel
def _hashed(value: Any) -> Any:
    """What is permuted of a shingle: fmix32 of its 32-bit hash."""
    return _finished(np.uint32(value >> _UPPER_HALF))


@inner_kernel
def add_shingle(signature: Any, value: Any, multipliers: Any, offsets: Any) -> None:
    """Lower `signature` (uint32) by the shingle `value`."""
    hashed = _hashed(value)
    for index in range(PERMUTATIONS):
        permuted = np.uint32(multipliers[index] * hashed + offsets[index])
        signature[index] = min(signature[index], permuted)


@inner_kernel
def _add_shingles(
    signature: Any, shingles: Any, low: int, high: int, mask: Any, tags: Any, multipliers: Any, offsets: Any
) -> None:
    """Lower `signature` by the shingles that have `tags` among `mask`, four at a time: it is read and written once."""
    first = second = third = fourth = np.uint32(0)
    found = 0
    for index in range(low, high + 4):
        if index < high:
            if shingles[index] & mask != tags:
                continue
            first, second, third, fourth = _hashed(shingles[index]), first, second, third
            if found == 0:
                second = third = fourth = first
            found += 1
        elif found & 3 == 0:
            break
        else:
            found = (found | 3) + 1  # what is there already may be added again
        if found & 3 == 0:
            for at in range(PERMUTATIONS):
                a, b = multipliers[at], offsets[at]
                one = min(np.uint32(a * first + b), np.uint32(a * second + b))
                other = min(np.uint32(a * third + b), np.uint32(a * fourth + b))
                signature[at] = min(signature[at], min(one, other))


@inner_kernel
def band_hashes(signature: Any, rows: int, out: Any) -> None:
    """The 32-bit hash of each band of a signature that is not empty; never 0, which means no band.

    A band's values stand as far apart as there are bands, so that all bands are hashed side by side.
    """
    for band in range(out.size):
        out[band] = 0
    for row in range(rows):
        for band in range(out.size):
            value = np.uint32((out[band] ^ signature[row * out.size + band]) * _BAND_FACTOR)
            out[band] = np.uint32(value ^ (value >> _BAND_SHIFT))
    for band in range(out.size):
        out[band] = max(_finished(out[band]), np.uint32(1))


@inner_kernel
def sign_views(shingles: Any, low: int, high: int, multipliers: Any, offsets: Any, signatures: Any) -> None:
    """Sign the whole, the prompt and the answer of one example into the rows of `signatures` (uint32, [3, 128]).

    A shingle of a part that is in the whole, as nearly all are, is hashed once: the whole starts from its parts.
    """
    for view in range(3):
        for row in range(PERMUTATIONS):
            signatures[view, row] = _EMPTY
    in_prompt, in_answer = PROMPT | FULL_TEXT, ANSWER | FULL_TEXT
    _add_shingles(signatures[1], shingles, low, high, in_prompt, in_prompt, multipliers, offsets)
    _add_shingles(signatures[2], shingles, low, high, in_answer, in_answer, multipliers, offsets)
    _add_shingles(signatures[0], shingles, low, high, VIEWS, FULL_TEXT, multipliers, offsets)
    for row in range(PERMUTATIONS):
        signatures[0, row] = min(signatures[0, row], signatures[1, row], signatures[2, row])
    # parts of one to four words
    _add_shingles(signatures[1], shingles, low, high, in_prompt, PROMPT, multipliers, offsets)
    _add_shingles(signatures[2], shingles, low, high, in_answer, ANSWER, multipliers, offsets)


@cache
def permutations() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Multipliers and offsets, as kernels take them: those of `datasketch.MinHash(num_perm=128, scheme="affine32")`.

    They are drawn as datasketch draws them, because importing it to ask takes a second. A permutation takes a 32-bit
    shingle hash h to `a * fmix32(h) + b` modulo 2^32; a is odd, so none collides.
    """
    drawn = np.random.RandomState(1)  # whose stream numpy has frozen
    multipliers = drawn.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return multipliers, drawn.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
