"""Find the elements of a JSON array without building them.

A sound array is cut by msgspec in one pass over the bytes. In a broken one the elements are found by their brackets,
so that one bad element does not take the others with it.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import numpy as np

_STRUCTURE = re.compile(rb'["\\\[\]{},]')
_decode = msgspec.json.Decoder(list[msgspec.Raw]).decode


def element_places(data: memoryview) -> tuple[np.ndarray, np.ndarray]:
    """Offset and length in bytes of each element of the array in `data` (int64, shape (elements,))."""
    try:
        elements = _decode(data)
    except (msgspec.MsgspecError, RecursionError):
        return _places_by_brackets(data)
    base = np.frombuffer(data, np.uint8).ctypes.data
    places = [(view.ctypes.data - base, view.nbytes) for view in (np.frombuffer(raw, np.uint8) for raw in elements)]
    array = np.array(places, dtype=np.int64).reshape(-1, 2)
    return array[:, 0].copy(), array[:, 1].copy()


def _places_by_brackets(data: memoryview) -> tuple[np.ndarray, np.ndarray]:
    """Elements between the commas of the outermost level; what follows the array, or a fault, is the last one."""
    cuts: list[int] = []
    depth = 0
    for at, symbol in _symbols(data):
        if symbol in b"[{":
            depth += 1
            if depth == 1:
                cuts.append(at)
        elif symbol in b"]}":
            depth -= 1
            if depth == 0:
                cuts.append(at)
                break
        elif depth == 1:
            cuts.append(at)
    places = []
    for start, end in pairwise([*cuts, len(data)]):
        raw = bytes(data[start + 1 : end])
        if raw.strip():
            places.append((start + 1 + len(raw) - len(raw.lstrip()), len(raw.strip())))
    array = np.array(places, dtype=np.int64).reshape(-1, 2)
    return array[:, 0].copy(), array[:, 1].copy()


def _symbols(data: memoryview) -> Iterator[tuple[int, int]]:
    """Place and byte of each bracket, brace and comma that does not stand in a text."""
    in_text, escaped_until = False, -1
    for match in _STRUCTURE.finditer(data):
        at, symbol = match.start(), data[match.start()]
        if at < escaped_until:
            continue
        if symbol == 0x22:
            in_text = not in_text
        elif in_text and symbol == 0x5C:  # backslash: the next byte is no closing quote
            escaped_until = at + 2
        elif not in_text and symbol != 0x5C:
            yield at, symbol
