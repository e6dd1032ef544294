"""A block: some consecutive lines (or elements) of a source, as raw JSON bytes.

Blocks are cut where the content says so, not at fixed offsets: a line inserted early in a file changes one block,
and everything that was derived from the others is found again by their hash.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xxhash

SMALLEST = 2 << 20
LARGEST = 8 << 20
CUT_EVERY = 4096
"""A line whose length is 0 modulo this many bytes ends a block that is large enough."""

MOST_ELEMENTS = 1 << 16
"""Elements of one block, however short they are: what is held of each beside its bytes stays bounded, too."""

LONGEST_LINE = 64 << 20
"""A line that is longer, its newline included, is refused unread: no trainer takes an example of 64 MiB, and memory
stays bounded."""


@dataclass(frozen=True)
class Block:
    """Consecutive elements of one source.

    Attributes:
        data: their bytes, one after the other.
        starts: offsets into `data`, int64, shape (elements,).
        lengths: bytes, int64, shape (elements,).
        first: number of the first element (1-based physical line, or element).
        offset: where `data` starts in the (decompressed) source, in bytes; -1 where the source is not made of JSON.
        faults: check and sentence for elements (by position in the block) that the source itself could not deliver.
    """

    data: bytes
    starts: np.ndarray
    lengths: np.ndarray
    first: int
    offset: int
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.starts)

    def elements(self) -> Iterator[tuple[int, bytes, int]]:
        """Number, bytes and offset in the source of each element."""
        ends = self.starts + self.lengths
        for index, (start, end) in enumerate(zip(self.starts.tolist(), ends.tolist(), strict=True)):
            yield self.first + index, self.data[start:end], -1 if self.offset < 0 else self.offset + start

    @cached_property
    def digest(self) -> str:
        """Hash of the content, whatever the position."""
        hasher = xxhash.xxh3_128(self.data)
        hasher.update(self.lengths.tobytes())
        hasher.update(repr(sorted(self.faults.items())).encode())
        return hasher.hexdigest()


def ends_block(size: int, last_length: int, elements: int) -> bool:
    """Whether a block of `size` bytes and so many `elements` ends with its last one, of `last_length` bytes."""
    is_full = size >= LARGEST or elements >= MOST_ELEMENTS
    return is_full or (size >= SMALLEST and last_length % CUT_EVERY == 0)


def block_ends(lengths: np.ndarray, *, at_end: bool) -> Iterator[int]:
    """How many of the elements with these lengths (bytes, in order) come before the end of each block.

    The last ones make a block only `at_end`; else there is more to read before it is known where theirs ends.
    """
    total = np.cumsum(lengths)
    cuts = np.flatnonzero(lengths % CUT_EVERY == 0)
    first, before = 0, 0
    while first < len(lengths):
        large_enough = np.searchsorted(total, before + SMALLEST)
        cut = np.searchsorted(cuts, large_enough)
        last = min(
            int(np.searchsorted(total, before + LARGEST)),
            int(cuts[cut]) if cut < len(cuts) else len(lengths),
            first + MOST_ELEMENTS - 1,
        )
        if last >= len(lengths):
            if at_end:
                yield len(lengths)
            return
        yield last + 1
        first, before = last + 1, int(total[last])
