"""How similar two examples can be at most, from a few words of bits each: most candidates need no walk.

Every shingle of a set flips one bit of a row of bits. Two sets differ in at least as many shingles as their rows
differ in bits, because a shingle that both have flips the same bit of both, which bounds their Jaccard similarity from
above (the bitmap filter of Sandes, Teodoro and Melo 2020). No pair is lost: what cannot be similar is left out.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from curator.duplicates.compare import Sides
from curator.duplicates.compiled import inner_kernel, kernel, signed
from curator.duplicates.instructions import count_bits, load
from curator.duplicates.shingles import ANSWER, PROMPT, TAG_BITS, WHOLE
from curator.duplicates.templates import contains
from curator.duplicates.words import Hashes

PARITIES = 8
"""64-bit words an example: four of the whole, two of the prompt outside templates, two of the answer."""

_EIGHT = np.uint64(8)
_SIX = np.uint64(6)
_BIT = np.uint64(63)
_ONE = np.uint64(1)


@inner_kernel
def _flip(row: Hashes, first: int, words: int, key: np.uint64) -> None:
    word = first + signed((key >> _SIX) & np.uint64(words - 1))
    row[word] ^= _ONE << (key & _BIT)


def parities(addresses: Hashes, counts: npt.NDArray[np.uint32], table: Hashes, threads: int = 2) -> Hashes:
    """The rows of bits, uint64 [n, `PARITIES`], of examples whose template shingles are in `table`."""
    edges = [len(addresses) * part // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(
            lambda low, high: _parities(addresses[low:high], counts[low:high], table), edges[:-1], edges[1:]
        )
        return np.concatenate(list(parts))


@kernel
def _parities(addresses: Hashes, counts: npt.NDArray[np.uint32], table: Hashes) -> Hashes:
    rows = np.zeros((addresses.size, PARITIES), dtype=np.uint64)
    for example in range(addresses.size):
        for step in range(counts[example]):
            value = load(addresses[example] + _EIGHT * np.uint64(step))
            key = value >> TAG_BITS
            if value & WHOLE:
                _flip(rows[example], 0, 4, key)
            if value & PROMPT and not contains(table, key):
                _flip(rows[example], 4, 2, key)
            if value & ANSWER:
                _flip(rows[example], 6, 2, key)
    return rows


@inner_kernel
def _most(left: int, right: int, different: int) -> float:
    """The most that sets of `left` and `right` shingles have in common when at least so many are `different`."""
    both = left + right
    different = max(different, abs(left - right))
    return (both - different) / (both + different) if both > 0 else 0.0


@inner_kernel
def upper_bounds(left: int, right: int, sides: Sides) -> tuple[float, float, float, float]:
    """What `similarities` gives at most; no walk."""
    here, there = sides.parities[left], sides.parities[right]
    sizes = sides.sizes
    whole = signed(0)
    for word in range(4):
        whole += signed(count_bits(here[word] ^ there[word]))
    prompt = signed(count_bits(here[4] ^ there[4]) + count_bits(here[5] ^ there[5]))
    answer = signed(count_bits(here[6] ^ there[6]) + count_bits(here[7] ^ there[7]))
    p = _most(signed(sizes[left, 1]), signed(sizes[right, 1]), prompt)
    mine, other = signed(sides.outside[left]), signed(sides.outside[right])
    outside = p if mine == 0 and other == 0 else _most(mine, other, prompt)
    return (
        _most(signed(sizes[left, 0]), signed(sizes[right, 0]), whole),
        p,
        outside,
        _most(signed(sizes[left, 2]), signed(sizes[right, 2]), answer),
    )
