"""The blocks of a set seen as one: small columns joined, shingles left where they lie."""

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from curator.duplicates.compiled import kernel
from curator.duplicates.prepared import Prepared
from curator.duplicates.signatures import PERMUTATIONS, Banding, band_hashes, permutations, sign_views
from curator.duplicates.words import Hashes, mix

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Whole:
    """All examples of a set, by position.

    Attributes:
        blocks: what it was made of; kept, because `addresses` point into them.
        addresses: uint64 [n], where in memory the shingles of each example begin.
        counts: uint32 [n], how many they are.

    The other attributes are those of `Prepared`.
    """

    blocks: tuple[Prepared, ...]
    addresses: Hashes
    counts: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint32]
    equal_words: Hashes
    equal_text: Hashes
    numbers: Hashes
    context: Hashes
    exact: Hashes
    text_only: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """Examples in the set."""
        return len(self.exact)

    def at(self, positions: npt.NDArray[np.int64]) -> "Whole":
        """The set of the examples at `positions`, in this order."""
        chosen = {field.name: getattr(self, field.name)[positions] for field in fields(self) if field.name != "blocks"}
        return Whole(blocks=self.blocks, **chosen)

    def bands(self, banding: Banding, threads: Executor) -> npt.NDArray[np.uint32]:
        """Band hashes of all examples of the blocks, uint32 [n, 3 x bands]: a new array, column after column.

        Blocks that were signed for another banding are signed again.
        """

        def of_block(block: Prepared) -> npt.NDArray[np.uint32]:
            if tuple(block.banding) == (banding.bands, banding.rows):
                return block.bands
            return _sign_again(block.shingles, block.ends, block.sizes, permutations(), banding.bands, banding.rows)

        hashes = np.empty((len(self), 3 * banding.bands), dtype=np.uint32, order="F")
        begin = 0
        for part in threads.map(of_block, self.blocks):
            hashes[begin : begin + len(part)] = part
            begin += len(part)
        return hashes


def assemble(blocks: Iterable[Prepared]) -> Whole:
    """The set whose examples are those of `blocks`, in order."""
    kept = tuple(block for block in blocks if len(block))
    addresses = [
        np.uint64(block.shingles.ctypes.data) + block.ends[:-1].astype(np.uint64) * np.uint64(8) for block in kept
    ]
    return Whole(
        blocks=kept,
        addresses=_joined(addresses, (0,), np.uint64),
        counts=_joined([np.diff(block.ends) for block in kept], (0,), np.uint32),
        sizes=_joined([block.sizes for block in kept], (0, 3), np.uint32),
        words=_joined([block.words for block in kept], (0, 2), np.uint32),
        equal_words=_joined([block.equal_words for block in kept], (0, 2), np.uint64),
        equal_text=_joined([block.equal_text for block in kept], (0, 2), np.uint64),
        numbers=_joined([block.numbers for block in kept], (0,), np.uint64),
        context=_joined([block.context for block in kept], (0,), np.uint64),
        exact=_joined([block.exact for block in kept], (0,), np.uint64),
        text_only=_joined([block.text_only for block in kept], (0,), np.bool_),
    )


def first_equal(*keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """For every position, the first position at which all `keys` (uint64 [n]) are the same."""
    key = keys[0] if len(keys) == 1 else _mixed(np.stack(keys))
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    begins = np.ones(len(key), dtype=np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    first = np.empty(len(key), dtype=np.int64)
    first[order] = order[np.flatnonzero(begins)][np.cumsum(begins) - 1]
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
    hashes = np.zeros((ends.size - 1, 3 * bands), dtype=np.uint32)
    for example in range(ends.size - 1):
        sign_views(shingles, ends[example], ends[example + 1], permutation[0], permutation[1], signatures)
        for view in range(3):
            if sizes[example, view] > 0:
                band_hashes(signatures[view], rows, hashes[example, view * bands : (view + 1) * bands])
    return hashes
