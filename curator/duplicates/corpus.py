"""The blocks of a set seen as one: small columns joined, shingles left where they lie."""

import itertools
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from curator.duplicates.block_features import BlockFeatures
from curator.duplicates.minhash.signatures import PERMUTATIONS, Banding, band_hashes, permutations, sign_views
from curator.duplicates.text.words import Hashes, mix
from curator.duplicates.verify.bitmap import BITMAP_WORDS
from curator.jit import kernel, signed

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Corpus:
    """All examples of a set, by position.

    Attributes:
        blocks: what it was made of; kept, because `addresses` point into them.
        addresses: uint64 [n], where in memory the shingles of each example begin.
        counts: uint32 [n], how many they are.

    The other attributes are those of `BlockFeatures`.
    """

    blocks: tuple[BlockFeatures, ...]
    addresses: Hashes
    counts: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint32]
    equal_words: Hashes
    equal_text: Hashes
    bitmaps: Hashes
    numbers: Hashes
    symbols: Hashes
    equal_prompt: Hashes
    context: Hashes
    weights: Hashes
    exact: Hashes
    text_only: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """Examples in the set."""
        return len(self.exact)

    def at(self, positions: npt.NDArray[np.int64]) -> "Corpus":
        """The set of the examples at `positions`, in this order."""
        chosen = {field.name: getattr(self, field.name)[positions] for field in fields(self) if field.name != "blocks"}
        return Corpus(blocks=self.blocks, **chosen)

    def bands(self, banding: Banding, views: tuple[int, ...], threads: Executor) -> npt.NDArray[np.uint32]:
        """Band hashes of all examples of the blocks: a new array, column after column.

        Blocks that were signed for another banding are signed again.

        Args:
            banding: of the hashes.
            views: whose they are; 0 whole, 1 prompt, 2 answer.
            threads: so many blocks are taken at once.

        Returns: uint32 [n, views x bands].
        """
        hashes = np.empty((len(self), len(views) * banding.bands), dtype=np.uint32, order="F")

        def take_in(block: BlockFeatures, begin: int) -> None:
            part = block.bands
            if tuple(block.banding) != (banding.bands, banding.rows):
                part = _sign_again(block.shingles, block.ends, block.sizes, permutations(), banding.bands, banding.rows)
            to = hashes[begin : begin + len(block)]
            for at, view in enumerate(views):
                here = part[view * banding.bands : (view + 1) * banding.bands]
                to[:, at * banding.bands : (at + 1) * banding.bands] = here.T
            block.release_bands()

        begins = itertools.accumulate((len(block) for block in self.blocks), initial=0)
        for _ in threads.map(take_in, self.blocks, begins):
            pass
        return hashes


def assemble(blocks: Iterable[BlockFeatures]) -> Corpus:
    """The set whose examples are those of `blocks`, in order."""
    kept = tuple(block for block in blocks if len(block))
    addresses = [
        np.uint64(block.shingles.ctypes.data) + block.ends[:-1].astype(np.uint64) * np.uint64(8) for block in kept
    ]
    return Corpus(
        blocks=kept,
        addresses=_joined(addresses, (0,), np.uint64),
        counts=_joined([np.diff(block.ends) for block in kept], (0,), np.uint32),
        sizes=_joined([block.sizes for block in kept], (0, 3), np.uint32),
        words=_joined([block.words for block in kept], (0, 2), np.uint32),
        equal_words=_joined([block.equal_words for block in kept], (0, 2), np.uint64),
        equal_text=_joined([block.equal_text for block in kept], (0, 2), np.uint64),
        bitmaps=_joined([block.bitmaps for block in kept], (0, BITMAP_WORDS), np.uint64),
        numbers=_joined([block.numbers for block in kept], (0,), np.uint64),
        symbols=_joined([block.symbols for block in kept], (0,), np.uint64),
        equal_prompt=_joined([block.equal_prompt for block in kept], (0,), np.uint64),
        context=_joined([block.context for block in kept], (0,), np.uint64),
        weights=_joined([block.weights for block in kept], (0,), np.uint64),
        exact=_joined([block.exact for block in kept], (0,), np.uint64),
        text_only=_joined([block.text_only for block in kept], (0,), np.bool_),
    )


def first_equal(*keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """For every position, the first position at which all `keys` (uint64 [n]) are the same."""
    firsts = np.full(1 << (2 * len(keys[0]) + 1).bit_length(), -1, dtype=np.int64)
    return _first_equal(keys[0] if len(keys) == 1 else _mixed(np.stack(keys)), firsts)


@kernel
def _first_equal(keys: npt.NDArray[np.uint64], firsts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """`first_equal`; `firsts` becomes a hash table of the first position of each key, and is -1 before."""
    slots = firsts.size
    first = np.empty(keys.size, dtype=np.int64)
    for at in range(keys.size):
        place = signed(mix(keys[at]) & np.uint64(slots - 1))
        while firsts[place] >= 0 and keys[firsts[place]] != keys[at]:
            place = (place + 1) & (slots - 1)
        if firsts[place] < 0:
            firsts[place] = at
        first[at] = firsts[place]
    return first


@kernel
def _mixed(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """One key a column of `keys` [parts, n]."""
    mixed = np.zeros(keys.shape[1], dtype=np.uint64)
    for part in range(keys.shape[0]):
        for at in range(keys.shape[1]):
            mixed[at] = mix(mixed[at] ^ keys[part, at]) + np.uint64(part)
    return mixed


def _joined(arrays: Iterable[npt.NDArray[Any]], empty: tuple[int, ...], kind: type[Scalar]) -> npt.NDArray[Scalar]:
    return np.concatenate([np.empty(empty, dtype=kind), *arrays]).astype(kind, copy=False)


@kernel
def _sign_again(
    shingles: Hashes,
    ends: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.uint32],
    permutation: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]],
    bands: int,
    rows: int,
) -> npt.NDArray[np.uint32]:
    signatures = np.empty((3, PERMUTATIONS), dtype=np.uint32)
    hashes = np.zeros((3 * bands, ends.size - 1), dtype=np.uint32)
    own_bands = np.empty(bands, dtype=np.uint32)
    for example in range(ends.size - 1):
        sign_views(shingles, ends[example], ends[example + 1], permutation[0], permutation[1], signatures)
        for view in range(3):
            if sizes[example, view] > 0:
                band_hashes(signatures[view], rows, own_bands)
                for band in range(bands):
                    hashes[view * bands + band, example] = own_bands[band]
    return hashes
