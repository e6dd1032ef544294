"""Find the elements of a JSON array without building them, and without holding more of it than a block.

Elements are found by their brackets, so that one bad element does not take the others with it.
"""

import numpy as np
from numpy.typing import NDArray

_OPENS, _CLOSES, _COMMA, _QUOTE, _BACKSLASH = range(1, 6)
_SYMBOLS = {b"[{": _OPENS, b"]}": _CLOSES, b",": _COMMA, b'"': _QUOTE, b"\\": _BACKSLASH}
_LOOKED_AT = 1 << 20
"""Bytes whose symbols are found at once: each of them may be one and then takes some ten times its size."""
_SPACE = np.isin(np.arange(256), list(b" \t\n\r\x0b\x0c"))
_FEW = 8
"""White space between elements that is taken off all of them at once; what has more of it has it taken off alone."""


def _symbol_kinds() -> NDArray[np.uint8]:
    kinds = np.zeros(256, dtype=np.uint8)
    for symbols, kind in _SYMBOLS.items():
        kinds[list(symbols)] = kind
    return kinds


_KIND = _symbol_kinds()


class Divisions:
    """Where the elements of one array begin and end, found chunk by chunk."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_text = False
        self._escapes = False
        self._is_over = False

    def find(self, chunk: bytes) -> NDArray[np.int64]:
        """Places in the next `chunk` where an element begins or ends; int64, shape (divisions,).

        They are those of the bracket that opens the array, of the commas between its elements, and of the bracket
        that closes it. What follows the array is one more element, which nothing divides.
        """
        parts = [np.empty(0, np.int64)]
        for begin in range(0, len(chunk), _LOOKED_AT):
            if self._is_over:
                break
            parts.append(self._find(np.frombuffer(chunk, np.uint8)[begin : begin + _LOOKED_AT]) + begin)
        return np.concatenate(parts)

    def _find(self, data: NDArray[np.uint8]) -> NDArray[np.int64]:
        kinds = _KIND[data]
        offsets = np.flatnonzero(kinds)
        kinds = kinds[offsets]
        escapes = self._escapes
        is_quote = (kinds == _QUOTE) & ~self._are_escaped(offsets, kinds, len(data))
        texts = np.cumsum(is_quote, dtype=np.int32) + self._in_text
        between_texts = texts % 2 == 0
        if (between_texts & (kinds == _BACKSLASH)).any():  # a fault: it escapes nothing there
            is_quote, between_texts = self._one_by_one(offsets, kinds, len(data), escapes)
            texts = np.cumsum(is_quote, dtype=np.int32) + self._in_text
        steps = np.where(between_texts & (kinds == _OPENS), 1, 0) - np.where(between_texts & (kinds == _CLOSES), 1, 0)
        depths = np.cumsum(steps, dtype=np.int32) + self._depth
        if len(offsets):
            self._in_text, self._depth = bool(texts[-1] % 2), int(depths[-1])
        divides = (between_texts & (kinds == _COMMA) & (depths == 1)) | ((steps == 1) & (depths == 1))
        ends = np.flatnonzero((steps == -1) & (depths <= 0))
        if len(ends):
            self._is_over = True
            divides[ends[0]] = True
            divides[ends[0] + 1 :] = False
        divisions: NDArray[np.int64] = offsets[divides].astype(np.int64)
        return divisions

    def _one_by_one(
        self, offsets: NDArray[np.int64], kinds: NDArray[np.uint8], size: int, escapes: bool
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which symbols are quotation marks at the edge of a text, and which stand outside of texts."""
        is_quote, between_texts = np.zeros((2, len(offsets)), dtype=np.bool_)
        in_text, escaped = self._in_text, 0 if escapes else -1
        for at, (place, kind) in enumerate(zip(offsets.tolist(), kinds.tolist(), strict=True)):
            if kind == _QUOTE and place != escaped:
                in_text, is_quote[at] = not in_text, True
            elif kind == _BACKSLASH and in_text and place != escaped:
                escaped = place + 1
            between_texts[at] = not in_text
        self._escapes = escaped == size
        return is_quote, between_texts

    def _are_escaped(self, offsets: NDArray[np.int64], kinds: NDArray[np.uint8], size: int) -> NDArray[np.bool_]:
        """Whether an odd number of backslashes stands directly before each place, those in the data before counted."""
        backslashes = offsets[kinds == _BACKSLASH]
        if self._escapes:  # the last of the data before
            if len(backslashes) and backslashes[0] == 0:
                backslashes = backslashes[1:]
            else:
                backslashes = np.concatenate(([-1], backslashes))
        self._escapes = False
        if not len(backslashes):
            return np.zeros(len(offsets), dtype=np.bool_)
        breaks = np.flatnonzero(np.diff(backslashes) != 1)
        last = backslashes[np.append(breaks, len(backslashes) - 1)]
        first = backslashes[np.append(0, breaks + 1)]
        escaped = last[(last - first) % 2 == 0] + 1
        self._escapes = bool(len(escaped)) and bool(escaped[-1] == size)
        return np.isin(offsets, escaped)


def elements_between(data: bytes, divisions: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and length of what stands between neighbouring divisions, without white space around it; blank is nothing.

    Args:
        data: the bytes.
        divisions: ascending places in them, int64; the first may be -1 and the last the length of `data`.
    """
    starts, ends = divisions[:-1] + 1, divisions[1:].copy()
    text = np.frombuffer(data, np.uint8)
    for _ in range(_FEW):
        spaces = np.flatnonzero(starts < ends)
        spaces = spaces[_SPACE[text[starts[spaces]]]]
        if not len(spaces):
            break
        starts[spaces] += 1
    for _ in range(_FEW):
        spaces = np.flatnonzero(starts < ends)
        spaces = spaces[_SPACE[text[ends[spaces] - 1]]]
        if not len(spaces):
            break
        ends[spaces] -= 1
    filled = np.flatnonzero(starts < ends)
    starts, ends = starts[filled], ends[filled]
    for place in np.flatnonzero(_SPACE[text[starts]] | _SPACE[text[ends - 1]]):
        raw = data[starts[place] : ends[place]]
        starts[place] += len(raw) - len(raw.lstrip())
        ends[place] = starts[place] + len(raw.strip())
    return starts[starts < ends], (ends - starts)[starts < ends]
