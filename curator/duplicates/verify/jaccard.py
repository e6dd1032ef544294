"""Exact comparison of candidates: the Jaccard similarities of two examples in every view, from one walk."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.duplicates.intrinsics import load
from curator.duplicates.text.shingles import TAG_BITS
from curator.duplicates.text.words import Hashes
from curator.duplicates.verify.templates import contains
from curator.jit import grown, inner_kernel, kernel, signed

LONG_ANSWER = 20
"""Words from which two answers can be called the same although their prompts are not (the contract's figure)."""

_EIGHT = np.uint64(8)
_SEVEN = np.uint64(7)

Pairs = tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64], int]
"""Positions (two a pair), similarities (four: whole, prompt, prompt outside templates, answer), and how many pairs."""


class PairFeatures(NamedTuple):
    """What comparing needs of every example; arrays [n] as in `Whole`.

    Attributes:
        without_template: uint32 [n], prompt shingles that are no template shingles.
        table: template shingles, as `contains` takes them.
        bitmaps: uint64 [n, `PARITIES`], see parities.py; of prompts without their template shingles.
    """

    addresses: Hashes
    counts: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint32]
    text_only: npt.NDArray[np.bool_]
    without_template: npt.NDArray[np.uint32]
    table: Hashes
    bitmaps: Hashes


@inner_kernel
def shared(
    left: np.uint64, left_size: int, right: np.uint64, right_size: int, table: Hashes
) -> tuple[int, int, int, int]:
    """How many shingles of the whole, the prompt and the answer are in both of two sorted lists.

    And how many of the prompt's are template shingles, where `table` has any.
    """
    full_text = 0
    prompt = 0
    answer = 0
    templates = 0
    has_templates = table.size > 1
    i = 0
    j = 0
    while i < left_size and j < right_size:
        a = load(left + _EIGHT * np.uint64(i))
        b = load(right + _EIGHT * np.uint64(j))
        key_a = a >> TAG_BITS
        key_b = b >> TAG_BITS
        views = signed(a & b & _SEVEN) if key_a == key_b else 0
        full_text += views >> 2
        answer += (views >> 1) & 1
        prompt += views & 1
        if has_templates and views & 1:
            templates += contains(table, key_a)
        i += key_a <= key_b
        j += key_b <= key_a
    return full_text, prompt, answer, templates


@inner_kernel
def jaccard(both: int, left: int, right: int) -> float:
    """Of two sets with `left` and `right` members, `both` of them shared; 0 where there are no members at all."""
    return both / (left + right - both) if left + right > 0 else 0.0


@inner_kernel
def similarities(left: int, right: int, features: PairFeatures) -> tuple[float, float, float, float]:
    """Similarity of the wholes, the prompts, the prompts outside templates, and the answers of two examples."""
    here, there = features.addresses[left], features.addresses[right]
    here_size, there_size = signed(features.counts[left]), signed(features.counts[right])
    full_text, prompt, answer, templates = shared(here, here_size, there, there_size, features.table)
    sizes = features.sizes
    w = jaccard(full_text, signed(sizes[left, 0]), signed(sizes[right, 0]))
    p = jaccard(prompt, signed(sizes[left, 1]), signed(sizes[right, 1]))
    a = jaccard(answer, signed(sizes[left, 2]), signed(sizes[right, 2]))
    mine, other = signed(features.without_template[left]), signed(features.without_template[right])
    if p == 0.0 or (mine == 0 and other == 0):
        return w, p, p, a
    return w, p, jaccard(prompt - templates, mine, other), a


class Kept(NamedTuple):
    """Which pairs are kept.

    Attributes:
        threshold: full texts as similar as this are linked, whatever the relation of the pair.
        floor: a pair is kept for a relation that it could have at this similarity or above.
        prompts_too: pairs whose prompts are similar only by their templates are kept as well.
    """

    threshold: float
    floor: float
    prompts_too: bool


@inner_kernel
def is_kept(
    left: int, right: int, found: tuple[float, float, float, float], kept: Kept, features: PairFeatures
) -> bool:
    """Whether a pair with these similarities is kept, or could be: they may be upper bounds."""
    w, p, without_template, a = found
    if w >= kept.threshold or (p >= kept.floor and (kept.prompts_too or without_template >= kept.floor)):
        return True
    if w >= kept.floor and features.text_only[left] and features.text_only[right]:
        return True
    return a >= kept.floor and features.words[left, 1] >= LONG_ANSWER and features.words[right, 1] >= LONG_ANSWER


@kernel
def add_pair(pairs: Pairs, left: int, right: int, found: tuple[float, float, float, float]) -> Pairs:
    """`pairs` with one more."""
    ids, values, count = pairs
    if 2 * count == ids.size:
        ids = grown(ids)
        values = grown(values)
    ids[2 * count] = min(left, right)
    ids[2 * count + 1] = max(left, right)
    for view in range(4):
        values[4 * count + view] = found[view]
    return ids, values, count + 1


@kernel
def no_pairs() -> Pairs:
    """Room for some pairs, and none in it."""
    return np.empty(512, dtype=np.uint32), np.empty(1024, dtype=np.float64), signed(0)
