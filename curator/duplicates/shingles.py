"""Shingle sets of an example: word 5-grams of its prompt, its answer and the whole, in one sorted list.

A shingle is a 61-bit hash above three bits that say which sets it is in, so that one walk over two lists counts what
two examples share in all three views. One to four words are one shingle of all of them.
"""

from typing import Any

import numpy as np

from curator.duplicates.compiled import inner_kernel, signed
from curator.duplicates.words import mix

WORDS = 5
PROMPT, ANSWER, WHOLE = np.uint64(1), np.uint64(2), np.uint64(4)
VIEWS = PROMPT | ANSWER | WHOLE
TAG_BITS = np.uint64(3)

_SEED = np.uint64(0x9E3779B97F4A7C15)
_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_ROTATION = np.uint64(29)
_ROTATED = np.uint64(35)


@inner_kernel
def shingle(words: Any, at: int, length: int) -> Any:
    """The hash of `length` words from `at` on; its three lowest bits are free."""
    value = _SEED + np.uint64(length)
    for step in range(length):
        value = (((value << _ROTATION) | (value >> _ROTATED)) ^ words[at + step]) * _FACTOR
    return mix(value) & ~VIEWS


@inner_kernel
def tagged_shingles(words: Any, prompt_words: int, answer_words: int, out: Any) -> int:
    """Write every shingle of an example, with its views, to `out`; how many (equal ones more than once).

    Args:
        words: hashes of the prompt's words, then of the answer's.
        prompt_words: how many are the prompt's.
        answer_words: how many are the answer's.
        out: room for `prompt_words + answer_words + 2`.
    """
    total = prompt_words + answer_words
    count = 0
    for at in range(total - WORDS + 1):
        views = WHOLE
        if at + WORDS <= prompt_words:
            views |= PROMPT
        elif at >= prompt_words:
            views |= ANSWER
        out[count] = shingle(words, at, WORDS) | views
        count += 1
    if 0 < total < WORDS:
        out[count] = shingle(words, 0, total) | WHOLE
        count += 1
    if 0 < prompt_words < WORDS:
        out[count] = shingle(words, 0, prompt_words) | PROMPT
        count += 1
    if 0 < answer_words < WORDS:
        out[count] = shingle(words, prompt_words, answer_words) | ANSWER
        count += 1
    return count


@inner_kernel
def sorted_set(values: Any, count: int, ends: Any, out: Any) -> int:
    """Sort `values[:count]` into `out`, equal shingles as one with the views of all; how many are left.

    Hashes are spread evenly, so that dealing them by their highest bits leaves little to an insertion sort.

    Args:
        values: shingles with their views.
        count: how many.
        ends: uint32 scratch of at least twice `count` and two entries.
        out: room for `count`.
    """
    bits = 1
    while (1 << bits) < count:
        bits += 1
    shift = np.uint64(64 - bits)
    for bucket in range((1 << bits) + 1):
        ends[bucket] = 0
    for index in range(count):
        ends[signed(values[index] >> shift) + 1] += np.uint32(1)
    for bucket in range(1 << bits):
        ends[bucket + 1] += ends[bucket]
    for index in range(count):
        bucket = signed(values[index] >> shift)
        out[ends[bucket]] = values[index]
        ends[bucket] += np.uint32(1)
    for index in range(1, count):
        value = out[index]
        at = index
        while at > 0 and out[at - 1] > value:
            out[at] = out[at - 1]
            at -= 1
        out[at] = value
    kept = 0
    for index in range(count):
        if kept > 0 and (out[kept - 1] >> TAG_BITS) == (out[index] >> TAG_BITS):
            out[kept - 1] |= out[index]
        else:
            out[kept] = out[index]
            kept += 1
    return kept
