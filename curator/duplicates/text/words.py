"""Words and symbols, read from UTF-8 bytes by compiled code: the one definition that everything lexical rests on.

Words, of the NFKC, case-folded text: runs of letters with their marks, numbers and connector punctuation (Unicode
categories L, M, N, Pc); in Han, kana, Thai, Lao, Khmer and Myanmar each base character with its marks is one word. `+`
and `#` directly after a letter belong to its word (`C++`), and so does a dot directly before one that is not the end of
an ellipsis (`node.js`, `.NET`). A word is kept as a 64-bit hash. Symbols are the other characters of the categories S*
and of `characters.SYMBOLS`. Most text is plain ASCII, and that is read 64 bytes at a time.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from curator.duplicates.intrinsics import WINDOW, CharacterMasks, characters_of, count_bits, eight_bytes, zeros_below
from curator.duplicates.text.characters import (
    ALONE,
    ALONE_NUMBER,
    DOT,
    GAP,
    JOINS_LETTER,
    LETTER,
    MARK,
    NUMBER,
    REPLACED,
    SYMBOL,
)
from curator.jit import inner_kernel, signed

Hashes = npt.NDArray[np.uint64]

_WORD_SEED = np.uint64(0xCBF29CE484222325)
_WORD_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_HALF = np.uint64(33)
_CARRY = np.uint64(0x9FB21C651E98DF25)

_SMALL = np.uint64(0x2020202020202020)
"""Set in each byte that a word of ASCII can have, it makes letters small and keeps all of them apart."""
_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)
_NOT_ASCII = np.uint64(1 << 63)  # no eight bytes of ASCII have this bit
_FULL_STOP = ord(".")
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


class Read(NamedTuple):
    """What was read so far.

    Attributes:
        total: words.
        numbers: a hash of the words with a number in them.
        symbols: a hash of the symbols.
        placed: a hash of the symbols, each with the number of words before it.
    """

    total: int
    numbers: Any
    symbols: Any
    placed: Any


@inner_kernel
def carried(value: Any, block: Any) -> Any:
    """A hash of a sequence, carried on by one 64-bit block."""
    value = (value ^ block) * _CARRY
    return value ^ (value >> np.uint64(32))


@inner_kernel
def _end(word: Any, numeric: bool, words: Any, count: int, numbers: Any) -> tuple[int, Any]:
    """Write a word's hash to `words`, and, where it is `numeric`, into `numbers`."""
    words[count] = mix(word)
    if numeric:
        numbers = mix(numbers ^ words[count])
    return count + 1, numbers


@inner_kernel
def _with_symbol(symbols: Any, placed: Any, code: Any, words_before: int) -> tuple[Any, Any]:
    """Both hashes of symbols, carried on by one."""
    return carried(symbols, code), carried(placed, code ^ (np.uint64(words_before) << np.uint64(32)))


@inner_kernel
def _word_bits(known: CharacterMasks, bits: Any, undecided: Any, after_dot: Any) -> tuple[Any, Any]:
    """Which bytes of a window belong to words, and which of them are `+` or `#`.

    Args:
        known: the window.
        bits: of the bytes that count.
        undecided: the bit of the last of them, where a letter may follow it; else 0.
        after_dot: 1 where a full stop stands before the window.
    """
    letters, joins, dots = known.letters & bits, known.joins & bits, known.dots & bits
    # a run of joins carries a bit added at its start to its end; only runs that begin behind a letter are added to
    joined = joins & ~(joins + (joins & (letters << _ONE)))
    dots &= ~((dots << _ONE) | after_dot) & ((letters >> _ONE) | undecided)
    return (known.words & bits) | joined | dots, joined


@inner_kernel
def _read_window(data: Any, at: int, high: int, after_dot: bool, words: Any, before: Read) -> tuple[int, Read]:
    """Append the words that stand in a window of ASCII, whole; see `read_words`. No word begins before `at`.

    Returns: where to read on: at the end of the window, or where a word begins that may continue behind it.
    """
    known = characters_of(data, at)
    stop = min(zeros_below(known.others), high - at)
    bits = (_ONE << np.uint64(stop)) - _ONE if stop < WINDOW else _EVERY
    goes_on = stop > 0 and at + stop < high
    undecided = _ONE << np.uint64(stop - 1) if goes_on else np.uint64(0)
    rest, joined = _word_bits(known, bits, undecided, np.uint64(after_dot))
    starts = rest & ~(rest << _ONE)
    symbols_left = known.symbols & bits & ~joined
    count, numbers = before.total, before.numbers
    while rest != 0:
        start = zeros_below(rest)
        length = zeros_below(~(rest >> np.uint64(start)))
        end = start + length
        if end == stop and goes_on:
            symbols_left &= (_ONE << np.uint64(start)) - _ONE
            stop = start
            break
        word = _WORD_SEED
        low = at + start
        left = length
        while left > 8:
            word = _absorb(word, eight_bytes(data, low) | _SMALL)
            low += 8
            left -= 8
        last = (eight_bytes(data, low) | _SMALL) & (_EVERY >> np.uint64(64 - 8 * left))
        numeric = zeros_below(known.digits >> np.uint64(start)) < length
        count, numbers = _end(_absorb(word, last), numeric, words, count, numbers)
        if end >= WINDOW:
            break
        rest = (rest >> np.uint64(end)) << np.uint64(end)
    symbols, placed = before.symbols, before.placed
    while symbols_left != 0:
        place = zeros_below(symbols_left)
        words_before = before.total + signed(count_bits(starts & ((_ONE << np.uint64(place)) - _ONE)))
        symbols, placed = _with_symbol(symbols, placed, np.uint64(data[at + place]), words_before)
        symbols_left &= symbols_left - _ONE
    return at + stop, Read(count, numbers, symbols, placed)


@inner_kernel
def _decided(kind: int, after_letter: bool) -> int:
    """`kind`; of `+` and `#` what they are behind a letter, or elsewhere."""
    if kind != JOINS_LETTER:
        return signed(kind)
    return signed(LETTER) if after_letter else signed(SYMBOL)


@inner_kernel
def read_words(data: Any, low: int, high: int, is_normal: bool, tables: Any, words: Any, before: Read) -> Read:
    """Read `data[low:high]` and append the hash of every word to `words`, which has room for two a byte.

    (No character of three bytes is normalised to more than six words.)

    Args:
        data: UTF-8.
        low: where to begin.
        high: where to end.
        is_normal: whether the text is normalised already.
        tables: kinds, actions, starts and sequences of `Characters`.
        words: uint64.
        before: what was read, and is in `words`, already.

    Returns: `before`, carried on.
    """
    kinds, actions, starts, sequences = tables
    count, numbers, symbols, placed = before
    word, in_word, alone, numeric = _WORD_SEED, False, False, False
    after_letter, after_dot, waiting = False, False, False  # waiting: a dot is read that belongs to a letter behind it
    block, filled = np.uint64(0), np.uint64(0)  # ASCII characters not yet in `word`, and how many bits they are
    at, code = low, 0
    replacement, replacement_end = 0, 0
    while at < high or replacement < replacement_end:
        if replacement < replacement_end:
            code = signed(sequences[replacement])
            replacement += 1
        elif data[at] < 128:
            if not (in_word or waiting) and at + _ROOM <= data.size:
                read = Read(count, numbers, symbols, placed)
                reached, read = _read_window(data, at, high, after_dot, words, read)
                count, numbers, symbols, placed = read
                if reached > at:
                    at = reached
                    after_dot = data[at - 1] == _FULL_STOP
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
        dot_joins = waiting and kind == LETTER
        kind = _decided(kind, after_letter)
        by_itself = kind in (ALONE, ALONE_NUMBER)
        ends = kind in (GAP, SYMBOL) or by_itself or (alone and kind != MARK) or (waiting and not dot_joins)
        waiting = kind == DOT and not after_dot
        if in_word and (ends or (kind == DOT and not waiting)):
            count, numbers = _end(_flushed(word, block, filled), numeric, words, count, numbers)
            word, in_word, alone, numeric = _WORD_SEED, False, False, False
            block, filled = np.uint64(0), np.uint64(0)
        if dot_joins:
            word, block, filled = _with(word, block, filled, _FULL_STOP)
            in_word = True
        after_dot = kind == DOT
        after_letter = kind == LETTER or (after_letter and kind == MARK)
        if kind == SYMBOL:
            symbols, placed = _with_symbol(symbols, placed, np.uint64(code), count)
        if kind in (GAP, SYMBOL, DOT):
            continue
        alone = alone if in_word else by_itself
        in_word = True
        numeric |= kind in (NUMBER, ALONE_NUMBER)
        word, block, filled = _with(word, block, filled, code)
    if in_word:
        count, numbers = _end(_flushed(word, block, filled), numeric, words, count, numbers)
    return Read(count, numbers, symbols, placed)
