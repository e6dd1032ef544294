"""Lines of a stream in blocks, split on newline only, in bounded memory."""

from collections.abc import Iterator
from typing import IO

import numpy as np

from curator.data import blocks as sizes
from curator.data.blocks import Block, block_ends
from curator.data.sources.containers import BYTE_ORDER_MARK

_MOST_BLANK = 8 << 20
"""Bytes of blank lines that wait for what follows them; of more each line is one."""


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
        chunk = stream.read(sizes.READ_BYTES)
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
    too_long = np.flatnonzero(lengths > sizes.LONGEST_LINE)
    if len(too_long):
        return int(too_long[0]), True
    return len(lengths), size - int(lengths.sum()) > sizes.LONGEST_LINE


def _lines(data: bytes, ends: np.ndarray, first: int, offset: int) -> Block:
    starts = np.concatenate(([0], ends[:-1])).astype(np.int64)
    terminated = np.frombuffer(data, np.uint8)[ends - 1] == 0x0A
    return Block(data, starts, (ends - starts - terminated).astype(np.int64), first, offset)


def _skip_line(stream: IO[bytes], data: bytes) -> tuple[int, bytes]:
    """Bytes up to and with the next newline, and what was read beyond it."""
    skipped = len(data)
    while chunk := stream.read(sizes.READ_BYTES):
        end = chunk.find(b"\n")
        if end >= 0:
            return skipped + end + 1, chunk[end + 1 :]
        skipped += len(chunk)
    return skipped, b""


def _refused_line(head: bytes, number: int, offset: int, length: int) -> Block:
    return Block(head, np.array([0]), np.array([len(head)]), number, offset, {0: too_long(length)})


def too_long(length: int) -> tuple[str, str]:
    """The fault of a line of so many bytes."""
    sentence = f"The line is {length / 2**20:,.0f} MiB long; lines beyond {sizes.LONGEST_LINE >> 20} MiB are not read."
    return "unrecognised-example", sentence
