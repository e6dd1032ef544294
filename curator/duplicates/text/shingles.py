"""Shingle sets of an example: word 5-grams of its prompt, its answer and the whole, in one sorted list.

A shingle is a 61-bit hash above three bits that say which sets it is in, so that one walk over two lists counts what
two examples share in all three views. One to four words are one shingle of all of them.
"""

from typing import Any

import numpy as np

from curator.duplicates.text.words import mix
from curator.jit import inner_kernel, signed

WORDS = 5
PROMPT, ANSWER, FULL_TEXT = np.uint64(1), np.uint64(2), np.uint64(4)
VIEWS = PROMPT | ANSWER | FULL_TEXT
TAG_BITS = np.uint64(3)

_SEED = np.uint64(0x9E3779B97F4A7C15)
_FREE = np.uint64(0)  # no shingle with its views is 0
_ONE = np.uint64(1)
_STEP = signed(29)  # bits that a word is turned by for each word after it; odd, so that no order of words is lost
_TO_FIRST = signed(29 * (WORDS - 1) % 64)  # bits that the first of five words was turned by when the last came


@inner_kernel
def _rotated(value: Any, bits: int) -> Any:
    """`value` with its bits rotated."""
    return (value << np.uint64(bits)) | (value >> np.uint64(64 - bits))


@inner_kernel
def _of_words(words: Any, at: int, length: int) -> Any:
    """What `length` words from `at` on come to before it is mixed."""
    value = np.uint64(0)
    for step in range(length):
        value = _rotated(value, _STEP) ^ words[at + step]
    return value


@inner_kernel
def _finished(value: Any, length: int) -> Any:
    """The hash of a shingle of `length` words that came to `value`; its three lowest bits are free."""
    return mix(value + _SEED * np.uint64(length)) & ~VIEWS


@inner_kernel
def tagged_shingles(words: Any, prompt_words: int, answer_words: int, out: Any) -> int:
    """Write every shingle of an example, with its views, to `out`; how many (equal ones more than once).

    A shingle comes from the one before it: the first word is taken away, one is put to the end.

    Args:
        words: hashes of the prompt's words, then of the answer's.
        prompt_words: how many are the prompt's.
        answer_words: how many are the answer's.
        out: room for `prompt_words + answer_words + 2`.
    """
    total = prompt_words + answer_words
    count = max(total - WORDS + 1, 0)
    value = _of_words(words, signed(0), signed(WORDS - 1)) if count > 0 else np.uint64(0)
    gone = np.uint64(0)
    for at in range(count):
        value = _rotated(value ^ gone, _STEP) ^ words[at + WORDS - 1]
        gone = _rotated(words[at], _TO_FIRST)
        in_prompt = PROMPT if at + WORDS <= prompt_words else np.uint64(0)
        in_answer = ANSWER if at >= prompt_words else np.uint64(0)
        out[at] = _finished(value, signed(WORDS)) | FULL_TEXT | in_prompt | in_answer
    if 0 < total < WORDS:
        out[count] = _finished(_of_words(words, signed(0), total), total) | FULL_TEXT
        count += 1
    if 0 < prompt_words < WORDS:
        out[count] = _finished(_of_words(words, signed(0), prompt_words), prompt_words) | PROMPT
        count += 1
    if 0 < answer_words < WORDS:
        out[count] = _finished(_of_words(words, prompt_words, answer_words), answer_words) | ANSWER
        count += 1
    return count


@inner_kernel
def sorted_set(values: Any, count: int, table: Any, out: Any, low: int) -> int:
    """Sort `values[:count]` into `out` from `low` on, equal shingles as one with the views of all; where they end.

    Hashes are spread evenly: in a table with twice the places and more, each goes to the place that its highest bits
    name, or a little behind it where a smaller one is there.

    Args:
        values: shingles with their views.
        count: how many.
        table: scratch of at least five times `count` and two, all 0, and left so.
        out: room for `count` and one more.
        low: where to begin.
    """
    bits = 1
    while (1 << bits) < 2 * count:
        bits += 1
    shift = np.uint64(64 - bits)
    for index in range(count):
        value = values[index]
        place = signed(value >> shift)
        while table[place] != _FREE:
            here = table[place]
            if (here >> TAG_BITS) == (value >> TAG_BITS):
                value |= here
                break
            if here > value:
                table[place] = value
                value = here
            place += 1
        table[place] = value
    end = low
    place = 0
    while place < (1 << bits) or table[place] != _FREE:
        value = table[place]
        out[end] = value  # written over where the place was free: nothing here to guess for the processor
        end += value != _FREE
        table[place] = _FREE
        place += 1
    return end


@inner_kernel
def count_views(shingles: Any, low: int, high: int) -> tuple[int, int, int]:
    """How many of `shingles[low:high]` are in the whole, the prompt and the answer."""
    corpus = prompt = answer = np.uint64(0)
    for at in range(low, high):
        corpus += (shingles[at] >> np.uint64(2)) & _ONE
        prompt += shingles[at] & _ONE
        answer += (shingles[at] >> _ONE) & _ONE
    return signed(corpus), signed(prompt), signed(answer)
