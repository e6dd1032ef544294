"""Words, read from UTF-8 bytes by compiled code: the one definition that everything lexical rests on.

Of the NFKC, case-folded text: runs of letters with their marks, numbers and connector punctuation (Unicode categories
L, M, N, Pc); in Han, kana, Thai, Lao, Khmer and Myanmar each base character with its marks is one word. A word is kept
as a 64-bit hash. Most text is plain ASCII, and that is read 64 bytes at a time.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from curator.duplicates.characters import ALONE, ALONE_NUMBER, GAP, MARK, NUMBER, REPLACED
from curator.duplicates.instructions import WINDOW, characters_of, eight_bytes, zeros_below
from curator.jit import inner_kernel, signed

Hashes = npt.NDArray[np.uint64]

_WORD_SEED = np.uint64(0xCBF29CE484222325)
_WORD_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(33)

_SMALL = np.uint64(0x2020202020202020)
"""Set in each byte of ASCII letters, digits and the low line, it makes letters small and keeps all of them apart."""
_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)
_NOT_ASCII = np.uint64(1 << 63)  # no eight bytes of ASCII have this bit
_ROOM = WINDOW + 8  # bytes that must follow where a window is read: its last word may be read eight bytes on


@inner_kernel
def mix(value: Any) -> Any:
    """MurmurHash3's 64-bit finaliser: a bijection in which every bit hangs on every other."""
    value = (value ^ (value >> _HALF)) * _MIX_1
    value = (value ^ (value >> _HALF)) * _MIX_2
    return value ^ (value >> _HALF)


@inner_kernel
def decode(data: Any, at: int) -> tuple[int, int]:
    """The code point of the multi-byte character at `at`, and where the next one begins."""
    lead = signed(data[at])
    if lead < 0xE0:
        return ((lead & 0x1F) << 6) | (signed(data[at + 1]) & 0x3F), at + 2
    if lead < 0xF0:
        middle = (signed(data[at + 1]) & 0x3F) << 6
        return ((lead & 0x0F) << 12) | middle | (signed(data[at + 2]) & 0x3F), at + 3
    upper = ((signed(data[at + 1]) & 0x3F) << 12) | ((signed(data[at + 2]) & 0x3F) << 6)
    return ((lead & 0x07) << 18) | upper | (signed(data[at + 3]) & 0x3F), at + 4


@inner_kernel
def _absorb(word: Any, block: Any) -> Any:
    """The hash of a word, carried on by up to eight ASCII characters, made small, or by another one's code point."""
    word = (word ^ block) * _WORD_FACTOR
    return word ^ (word >> _HALF)


@inner_kernel
def _flushed(word: Any, block: Any, filled: Any) -> Any:
    """`word` with the `filled` bits of ASCII in `block` taken in."""
    return _absorb(word, block) if filled > 0 else word


@inner_kernel
def _with(word: Any, block: Any, filled: Any, code: int) -> tuple[Any, Any, Any]:
    """A word's hash, the ASCII characters that it has not taken in and how many bits they are, after `code`."""
    if code >= 128:
        return _absorb(_flushed(word, block, filled), np.uint64(code) | _NOT_ASCII), np.uint64(0), np.uint64(0)
    block |= np.uint64(code | 0x20) << filled
    if filled == 56:
        return _absorb(word, block), np.uint64(0), np.uint64(0)
    return word, block, filled + np.uint64(8)


@inner_kernel
def _end(word: Any, numeric: bool, words: Any, count: int, numbers: Any) -> tuple[int, Any]:
    """Write a word's hash to `words`, and, where it is `numeric`, into `numbers`."""
    words[count] = mix(word)
    if numeric:
        numbers = mix(numbers ^ words[count])
    return count + 1, numbers


@inner_kernel
def _read_window(data: Any, at: int, high: int, words: Any, count: int, numbers: Any) -> tuple[int, int, Any]:
    """Append the words that stand in a window of ASCII, whole; see `read_words`. No word begins before `at`.

    Returns: where to read on: at the end of the window, or where a word begins that may go on behind it.
    """
    letters, digits, others = characters_of(data, at)
    stop = min(zeros_below(others), high - at)
    if stop < WINDOW:
        letters &= (_ONE << np.uint64(stop)) - _ONE
    while letters != 0:
        start = zeros_below(letters)
        length = zeros_below(~(letters >> np.uint64(start)))
        end = start + length
        if end == stop and at + end < high:
            return at + start, count, numbers
        word = _WORD_SEED
        low = at + start
        left = length
        while left > 8:
            word = _absorb(word, eight_bytes(data, low) | _SMALL)
            low += 8
            left -= 8
        last = (eight_bytes(data, low) | _SMALL) & (_EVERY >> np.uint64(64 - 8 * left))
        numeric = zeros_below(digits >> np.uint64(start)) < length
        count, numbers = _end(_absorb(word, last), numeric, words, count, numbers)
        if end >= WINDOW:
            break
        letters = (letters >> np.uint64(end)) << np.uint64(end)
    return at + stop, count, numbers


@inner_kernel
def read_words(
    data: Any, low: int, high: int, is_normal: bool, tables: Any, words: Any, count: int, numbers: Any
) -> tuple[int, Any]:
    """Read `data[low:high]` and append the hash of every word to `words`, which has room for two a byte.

    (No character of three bytes is normalised to more than six words.)

    Args:
        data: UTF-8.
        low: where to begin.
        high: where to end.
        is_normal: whether the text is normalised already.
        tables: kinds, actions, starts and sequences of `Characters`.
        words: uint64.
        count: words that it holds already.
        numbers: a hash of the words with a number in them so far.

    Returns: how many `words` now holds, and `numbers` carried on.
    """
    kinds, actions, starts, sequences = tables
    word, in_word, alone, numeric = _WORD_SEED, False, False, False
    block, filled = np.uint64(0), np.uint64(0)  # ASCII characters not yet in `word`, and how many bits they are
    at, code = low, 0
    replacement, replacement_end = 0, 0
    while at < high or replacement < replacement_end:
        if replacement < replacement_end:
            code = signed(sequences[replacement])
            replacement += 1
        elif data[at] < 128:
            if not in_word and at + _ROOM <= data.size:
                reached, count, numbers = _read_window(data, at, high, words, count, numbers)
                if reached > at:
                    at = reached
                    continue
            code = signed(data[at])
            at += 1
        else:
            code, at = decode(data, at)
            if not is_normal and actions[code] == REPLACED:
                replacement = starts[code] + 1
                replacement_end = replacement + sequences[replacement - 1]
                continue
        kind = kinds[code]
        by_itself = kind in (ALONE, ALONE_NUMBER)
        if in_word and (kind == GAP or by_itself or (alone and kind != MARK)):
            count, numbers = _end(_flushed(word, block, filled), numeric, words, count, numbers)
            word, in_word, alone, numeric = _WORD_SEED, False, False, False
            block, filled = np.uint64(0), np.uint64(0)
        if kind == GAP:
            continue
        alone = alone if in_word else by_itself
        in_word = True
        numeric |= kind in (NUMBER, ALONE_NUMBER)
        word, block, filled = _with(word, block, filled, code)
    if in_word:
        count, numbers = _end(_flushed(word, block, filled), numeric, words, count, numbers)
    return count, numbers
