"""Tokens of many plain texts: tiktoken's own counts, asked for once for each piece that texts are cut into.

tiktoken cuts a text into pieces (a word with the space before it, three digits, some signs) and each piece into tokens;
the same few thousand pieces make up most of any set. Compiled code cuts here as o200k_base does, as far as ASCII goes,
and adds up what tiktoken said of each piece, in a fifth of the time of asking for every text.
"""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from curator.jit import kernel

MOST_CHARACTERS = 1 << 14
"""Of a text that is counted here; longer ones are few."""

_ROOM = 2 * MOST_CHARACTERS
"""New pieces that are learned at once: more than the longest text can have."""
_SMALLEST = 1 << 18
_LARGEST = 1 << 21
"""Places of the table, half of which may be taken; when it is full it begins anew, which bounds memory (21 MB)."""

_OTHER, _UPPER, _LOWER, _DIGIT, _SPACE, _NEWLINE = range(6)


def _kinds() -> npt.NDArray[np.uint8]:
    """Of each ASCII character, as Unicode has it: letters, digits, white space; everything else is a sign."""
    kinds = np.full(128, _OTHER, dtype=np.uint8)
    kinds[ord("A") : ord("Z") + 1] = _UPPER
    kinds[ord("a") : ord("z") + 1] = _LOWER
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    kinds[[ord(character) for character in " \t\v\f"]] = _SPACE
    kinds[[ord(character) for character in "\r\n"]] = _NEWLINE
    return kinds


_KIND = _kinds()


@kernel
def _pretoken_end(data: Any, at: int, end: int) -> Any:
    """Where the piece that begins at `at` ends. The alternatives stand in the order of o200k_base's pattern."""
    kind = _KIND[data[at]]
    word = at + 1 if kind in (_OTHER, _SPACE) else at
    if word < end and kind not in (_DIGIT, _NEWLINE) and _KIND[data[word]] in (_UPPER, _LOWER):
        stop = word
        while stop < end and _KIND[data[stop]] == _UPPER:
            stop += 1
        while stop < end and _KIND[data[stop]] == _LOWER:
            stop += 1
        return _contraction_end(data, stop, end)
    stop = at
    if kind == _DIGIT:
        while stop < min(end, at + 3) and _KIND[data[stop]] == _DIGIT:
            stop += 1
        return stop
    sign = at + 1 if data[at] == 0x20 else at
    if sign < end and _KIND[data[sign]] == _OTHER:
        stop = sign
        while stop < end and _KIND[data[stop]] == _OTHER:
            stop += 1
        while stop < end and (_KIND[data[stop]] == _NEWLINE or data[stop] == 0x2F):
            stop += 1
        return stop
    line = at
    while stop < end and _KIND[data[stop]] in (_SPACE, _NEWLINE):
        stop += 1
        if _KIND[data[stop - 1]] == _NEWLINE:
            line = stop
    if line > at:
        return line
    # The last space before a word or sign belongs to that, unless it is the only one.
    return stop if stop == end or stop == at + 1 else stop - 1


@kernel
def _contraction_end(data: Any, at: int, end: int) -> Any:
    """Behind 's, 't, 're, 've, 'm, 'll or 'd at `at`, in any case; `at` where there is none."""
    if at + 1 >= end or data[at] != 0x27:
        return at
    first = data[at + 1] | 0x20
    if first in (ord("s"), ord("t"), ord("m"), ord("d")):
        return at + 2
    second = data[at + 2] | 0x20 if at + 2 < end else 0
    if (first in (ord("r"), ord("v")) and second == ord("e")) or (first == ord("l") and second == ord("l")):
        return at + 3
    return at


@kernel
def _place(data: Any, at: int, stop: int, keys: Any) -> Any:
    """The place of a piece in the table, or where it would go, and its key: FNV-1a, then MurmurHash3's mixer."""
    key = np.uint64(0xCBF29CE484222325)
    for position in range(at, stop):
        key = (key ^ np.uint64(data[position])) * np.uint64(0x100000001B3)
    key = (key ^ (key >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    key = (key ^ (key >> np.uint64(33))) | np.uint64(1)  # 0 marks an empty slot
    mask = np.uint64(keys.size - 1)
    place = (key >> np.uint64(1)) & mask
    while keys[place] != 0 and keys[place] != key:
        place = (place + np.uint64(1)) & mask
    return place, key


@kernel
def _add_up(data: Any, ends: Any, first: int, table: Any, totals: Any, new: Any) -> Any:
    """Tokens of the texts from `first` on; those of a text with a piece that was not counted yet are -1.

    Such pieces get a place in the table and are listed in `new`: where each starts and stops, and its place. Ends where
    that list may not hold those of the next text; how far it came, and how many are new.
    """
    keys, counts = table
    starts, stops, offsets = new
    found = 0
    for text in range(first, ends.size - 1):
        if found + ends[text + 1] - ends[text] > starts.size:
            return text, found
        at, total, is_known = ends[text], 0, True
        while at < ends[text + 1]:
            stop = _pretoken_end(data, at, ends[text + 1])
            place, key = _place(data, at, stop, keys)
            if keys[place] == 0:
                keys[place] = key
                starts[found], stops[found], offsets[found] = at, stop, place
                found += 1
            total += counts[place]
            is_known &= counts[place] > 0
            at = stop
        totals[text] = total if is_known else -1
    return ends.size - 1, found


class PretokenCounts:
    """Tokens of the pieces of o200k_base met so far."""

    def __init__(self, encode: Callable[[str], list[int]]) -> None:
        """`encode`: tiktoken's, for one piece."""
        self._encode = encode
        self._counting = threading.Lock()
        self._begin_anew(_SMALLEST)

    def count(self, texts: list[str]) -> list[int]:
        """Tokens of each of `texts`, which are ASCII and of at most `MOST_CHARACTERS` each."""
        data = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8)
        ends = np.concatenate(([0], np.cumsum([len(text) for text in texts]))).astype(np.int64)
        totals = np.zeros(len(texts), dtype=np.int64)
        first = 0
        with self._counting:
            while first < len(texts):
                first = self._count_from(first, data, ends, totals)
        return list(totals.tolist())

    def _count_from(self, first: int, data: Any, ends: Any, totals: Any) -> int:
        """Fill in `totals` from `first` on, as far as new pieces find room; the text after the last one."""
        if 2 * (self._known + _ROOM) > self._keys.size:
            self._begin_anew(min(2 * self._keys.size, _LARGEST))
        table = self._keys, self._counts
        starts, stops, offsets = np.empty((3, _ROOM), dtype=np.int64)
        last, found = _add_up(data, ends, first, table, totals, (starts, stops, offsets))
        pretokens = zip(starts[:found].tolist(), stops[:found].tolist(), strict=True)
        self._counts[offsets[:found]] = [len(self._encode(str(data[start:stop], "ascii"))) for start, stop in pretokens]
        self._known += found
        for text in first + np.flatnonzero(totals[first:last] < 0):
            _add_up(data, ends[text : text + 2], 0, table, totals[text : text + 1], (starts, stops, offsets))
        return int(last)

    def _begin_anew(self, size: int) -> None:
        self._keys = np.zeros(size, dtype=np.uint64)
        self._counts = np.zeros(size, dtype=np.uint16)
        self._known = 0
