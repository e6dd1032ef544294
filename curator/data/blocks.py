"""A block: some consecutive lines (or elements) of a source, as raw JSON bytes.

Blocks are cut where the content says so, not at fixed offsets: a line inserted early in a file changes one block,
and everything that was derived from the others is found again by their hash.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import IO, NamedTuple

import numpy as np
import xxhash

READ_BYTES = 4 << 20
"""Bytes read of a source at once."""

SMALLEST = 2 << 20
LARGEST = 8 << 20
CUT_EVERY = 4096
"""A line whose length is 0 modulo this many bytes ends a block that is large enough."""

MOST_ELEMENTS = 1 << 16
"""Elements of one block, however short they are: what is held of each beside its bytes stays bounded, too."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_MOST_BLANK = 8 << 20
"""Bytes of blank lines that wait for what follows them; of more each line is one."""

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
        lines: by how much the number of each element is greater than `first`, int64, shape (elements,), where elements
            take up several lines; None: they are numbered one after the other.
        offsets: of each element behind `offset`, in bytes of the source, int64, shape (elements,); None: as in `data`.
    """

    data: bytes
    starts: np.ndarray
    lengths: np.ndarray
    first: int
    offset: int
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    lines: np.ndarray | None = None
    offsets: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def elements(self) -> Iterator[tuple[int, bytes, int]]:
        """Number, bytes and offset in the source of each element."""
        ends = self.starts + self.lengths
        numbers = range(len(self)) if self.lines is None else self.lines.tolist()
        offsets = (self.starts if self.offsets is None else self.offsets).tolist()
        for number, start, end, place in zip(numbers, self.starts.tolist(), ends.tolist(), offsets, strict=True):
            yield self.first + number, self.data[start:end], -1 if self.offset < 0 else self.offset + place

    def head(self, count: int) -> "Block":
        """The first `count` elements, or all where there are fewer."""
        count = min(len(self), count)
        end = int(self.starts[count - 1] + self.lengths[count - 1])
        return replace(
            self,
            data=self.data[:end],
            starts=self.starts[:count],
            lengths=self.lengths[:count],
            faults={index: fault for index, fault in self.faults.items() if index < count},
            lines=None if self.lines is None else self.lines[:count],
            offsets=None if self.offsets is None else self.offsets[:count],
        )

    @cached_property
    def digest(self) -> str:
        """Hash of the content, whatever the position."""
        hasher = xxhash.xxh3_128(self.data)
        hasher.update(self.lengths.tobytes())
        hasher.update(repr(sorted(self.faults.items())).encode())
        for numbers in (self.lines, self.offsets):
            if numbers is not None:
                hasher.update(numbers.tobytes())
        return hasher.hexdigest()


def ends_block(size: int, last_length: int, elements: int) -> bool:
    """Whether a block of `size` bytes and so many `elements` ends with its last one, of `last_length` bytes."""
    is_full = size >= LARGEST or elements >= MOST_ELEMENTS
    return is_full or (size >= SMALLEST and last_length % CUT_EVERY == 0)


class Element(NamedTuple):
    """An element of a source that is not made of lines.

    Attributes:
        number: its line, or its number.
        raw: its bytes, as JSON.
        fault: why there are none.
        place: where it begins in the source, in bytes; -1 where the source is not made of JSON.
    """

    number: int
    raw: bytes
    fault: tuple[str, str] | None = None
    place: int = -1


def blocks_of(elements: Iterable[Element]) -> Iterator[Block]:
    """Blocks of elements."""
    pending: list[Element] = []
    size = 0
    for element in elements:
        pending.append(element)
        size += len(element.raw)
        if ends_block(size, len(element.raw), len(pending)):
            yield _joined(pending)
            pending, size = [], 0
    if pending:
        yield _joined(pending)


def _joined(elements: list[Element]) -> Block:
    lengths = np.array([len(element.raw) for element in elements], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    lines = np.array([element.number for element in elements], dtype=np.int64) - elements[0].number
    are_counted = bool((lines == np.arange(len(lines))).all())
    offset = elements[0].place
    return Block(
        b"".join(element.raw for element in elements),
        starts,
        lengths,
        elements[0].number,
        offset,
        {position: element.fault for position, element in enumerate(elements) if element.fault is not None},
        None if are_counted else lines,
        None if offset < 0 else np.array([element.place for element in elements], dtype=np.int64) - offset,
    )


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


def line_blocks(stream: IO[bytes]) -> Iterator[Block]:
    """Physical lines; a final newline does not make one more line, and blank lines at the end are none."""
    head = stream.read(len(BYTE_ORDER_MARK))
    offset = len(head) if head == BYTE_ORDER_MARK else 0
    data, number, at_end = head[offset:], 1, False
    while data or not at_end:
        ends = _line_ends(data, at_end=at_end)
        lengths = np.diff(ends, prepend=0)
        before_long, begins_long = _up_to_too_long(lengths, len(data))
        done = done_bytes = 0
        for end in block_ends(lengths[:before_long], at_end=at_end or begins_long):
            last = int(ends[end - 1])
            yield _lines(data[done_bytes:last], ends[done:end] - done_bytes, number + done, offset + done_bytes)
            done, done_bytes = end, last
        if begins_long and done == before_long:
            skipped, rest = (
                (int(ends[done]) - done_bytes, data[ends[done] :])
                if done < len(ends)
                else _skip_line(stream, data[done_bytes:])
            )
            yield _refused_line(data[done_bytes : done_bytes + 200], number + done, offset + done_bytes, skipped)
            number, offset, data = number + done + 1, offset + done_bytes + skipped, rest
            continue
        if at_end:
            return  # what is left is blank
        number, offset, data = number + done, offset + done_bytes, data[done_bytes:]
        chunk = stream.read(READ_BYTES)
        at_end = not chunk
        data += chunk


def _line_ends(data: bytes, *, at_end: bool) -> np.ndarray:
    """Where each complete line of `data` ends, its newline included; the last one of a file needs none.

    Blank lines at the end of the data wait for what follows them.
    """
    filled = len(data.rstrip(b" \t\r\x0b\x0c\n"))
    if at_end or len(data) - filled < _MOST_BLANK:
        line_end = data.find(b"\n", filled)
        complete = line_end + 1 if line_end >= 0 else len(data)
        view = np.frombuffer(data, np.uint8, complete if filled else 0)
    else:
        view = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(view == 0x0A) + 1
    if at_end and len(view) and view[-1] != 0x0A:
        ends = np.append(ends, len(view))
    return ends


def _up_to_too_long(lengths: np.ndarray, size: int) -> tuple[int, bool]:
    """How many lines come before the first that is too long to be read, and whether there is one (complete or not)."""
    too_long = np.flatnonzero(lengths > LONGEST_LINE)
    if len(too_long):
        return int(too_long[0]), True
    return len(lengths), size - int(lengths.sum()) > LONGEST_LINE


def _lines(data: bytes, ends: np.ndarray, first: int, offset: int) -> Block:
    starts = np.concatenate(([0], ends[:-1])).astype(np.int64)
    terminated = np.frombuffer(data, np.uint8)[ends - 1] == 0x0A
    return Block(data, starts, (ends - starts - terminated).astype(np.int64), first, offset)


def _skip_line(stream: IO[bytes], data: bytes) -> tuple[int, bytes]:
    """Bytes up to and with the next newline, and what was read beyond it."""
    skipped = len(data)
    while chunk := stream.read(READ_BYTES):
        end = chunk.find(b"\n")
        if end >= 0:
            return skipped + end + 1, chunk[end + 1 :]
        skipped += len(chunk)
    return skipped, b""


def _refused_line(head: bytes, number: int, offset: int, length: int) -> Block:
    return Block(head, np.array([0]), np.array([len(head)]), number, offset, {0: too_long(length)})


def too_long(length: int) -> tuple[str, str]:
    """The fault of a line of so many bytes."""
    sentence = f"The line is {length / 2**20:,.0f} MiB long; lines beyond {LONGEST_LINE >> 20} MiB are not read."
    return "unrecognised-example", sentence
