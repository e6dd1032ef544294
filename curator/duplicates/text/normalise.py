"""Texts as the compiled reader of words takes them: their bytes, and in Unicode's normal form where that is needed.

A text with a character that may join its neighbour (a combining mark, a Hangul vowel) is normalised by `unicodedata`
first; every other one is normalised character by character while it is read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.duplicates.intrinsics import WINDOW, characters_of, zeros_below
from curator.duplicates.text.characters import NEEDS_NEIGHBOURS, UNKNOWN, Characters, normalised
from curator.duplicates.text.words import decode
from curator.jit import grown, kernel

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NormalisedTexts:
    """Texts as the compiled reader takes them.

    Attributes:
        data: UTF-8, all texts one after another.
        offsets: [texts + 1] where each begins.
        instead: [texts] for a text that had to be normalised first, its number in `normal`; else -1.
        normal: those texts, normalised.
        normal_offsets: where each of those begins.
    """

    data: Bytes
    offsets: Offsets
    instead: npt.NDArray[np.int32]
    normal: Bytes
    normal_offsets: Offsets


def as_texts(series: pl.Series, characters: Characters) -> NormalisedTexts:
    """`series` of strings, with every character it contains learned."""
    data, offsets = _buffers(series)
    unknown, needs_neighbours = _not_ascii(data, offsets, characters.actions)
    if len(unknown):
        characters.learn(unknown.tolist())
        _, needs_neighbours = _not_ascii(data, offsets, characters.actions)
    joined = np.flatnonzero(needs_neighbours)
    instead = np.full(len(series), -1, dtype=np.int32)
    instead[joined] = np.arange(len(joined), dtype=np.int32)
    normal, normal_offsets = _buffers(pl.Series([normalised(text) for text in series.gather(joined)], dtype=pl.String))
    characters.learn(_not_ascii(normal, normal_offsets, characters.actions)[0].tolist())
    return NormalisedTexts(data, offsets, instead, normal, normal_offsets)


def _buffers(series: pl.Series) -> tuple[Bytes, Offsets]:
    """The bytes of `series` and where each text begins; never writable, so that kernels see one type."""
    array: Any = series.to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = array.buffers()
    if len(series) == 0 or data is None:
        offsets, data = bytes(8 * (len(series) + array.offset + 1)), b""
    edges = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(series) + 1]
    return np.frombuffer(data, dtype=np.uint8), edges


@kernel
def _not_ascii(data: Any, offsets: Any, actions: Any) -> Any:
    """The code points that were not learned, and whether each text has one that cannot be normalised alone."""
    known = np.zeros(0x110000 // 8, dtype=np.uint8)
    found = np.empty(64, dtype=np.int64)
    count = 0
    needs_neighbours = np.zeros(offsets.size - 1, dtype=np.bool_)
    text = 0
    at = offsets[0]
    while at < offsets[-1]:
        if data[at] < 128:
            at += zeros_below(characters_of(data, at).others) if at + WINDOW <= data.size else 1
            continue
        while at >= offsets[text + 1]:
            text += 1
        code, at = decode(data, at)
        needs_neighbours[text] |= actions[code] == NEEDS_NEIGHBOURS
        bit = np.uint8(1 << (code & 7))
        if actions[code] == UNKNOWN and not known[code >> 3] & bit:
            known[code >> 3] |= bit
            if count == found.size:
                found = grown(found)
            found[count] = code
            count += 1
    return found[:count], needs_neighbours
