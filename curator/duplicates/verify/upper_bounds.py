"""How similar two examples can be at most, from a few words of bits each: most candidates need no walk.

Their rows of bits (parities.py) say in how many shingles they differ at least, which bounds their Jaccard similarity
from above. No pair is lost: what cannot be similar is skipped.
"""

from curator.duplicates.intrinsics import count_bits
from curator.duplicates.verify.jaccard import PairFeatures
from curator.jit import inner_kernel, signed


@inner_kernel
def _most(left: int, right: int, different: int) -> float:
    """The most that sets of `left` and `right` shingles have in common when at least so many are `different`."""
    both = left + right
    different = max(different, abs(left - right))
    return (both - different) / (both + different) if both > 0 else 0.0


@inner_kernel
def upper_bounds(left: int, right: int, features: PairFeatures) -> tuple[float, float, float, float]:
    """What `similarities` gives at most; no walk."""
    here, there = features.bitmaps[left], features.bitmaps[right]
    sizes = features.sizes
    full_text = signed(0)
    for word in range(4):
        full_text += signed(count_bits(here[word] ^ there[word]))
    prompt = signed(count_bits(here[4] ^ there[4]) + count_bits(here[5] ^ there[5]))
    answer = signed(count_bits(here[6] ^ there[6]) + count_bits(here[7] ^ there[7]))
    p = _most(signed(sizes[left, 1]), signed(sizes[right, 1]), prompt)
    mine, other = signed(features.without_template[left]), signed(features.without_template[right])
    without_template = p if mine == 0 and other == 0 else _most(mine, other, prompt)
    return (
        _most(signed(sizes[left, 0]), signed(sizes[right, 0]), full_text),
        p,
        without_template,
        _most(signed(sizes[left, 2]), signed(sizes[right, 2]), answer),
    )
