"""From a file of any format to blocks of JSON elements, in bounded memory."""

import csv
import gzip
import io
import os
import re
import shlex
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from glob import glob, has_magic
from pathlib import Path
from typing import IO

import msgspec
import numpy as np

from curator.data.blocks import LONGEST_LINE, Block, block_ends, ends_block
from curator.data.json_array import Divisions, elements_between
from curator.data.safe_text import as_text
from curator.data.sources.pipes import is_pipe, is_regular, refuse_special, spooled, spooled_pipe
from curator.errors import UnreadableInput

_READ_BYTES = 4 << 20
_ARRAY_BYTES = 1 << 20
"""Of an array, whose elements may have two bytes each: what is known of them is many times as large."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TABLE_ROWS = 4096
_LONGEST_FIELD = 16 << 20
"""Characters of a field of a table. Python's reader takes four bytes for each while it puts a field together."""
EXTRA_FIELDS = "(more fields than the header has)"
"""Key under which the surplus fields of a CSV line are kept."""

_WIDE_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""Byte order marks, the longer first."""
_FEWEST_PAIRS = 8

FORMATS = ("jsonl", "json-array", "csv", "parquet")


@dataclass(frozen=True)
class Source:
    r"""A file to read.

    Attributes:
        path: where it is; for standard input, the temporary copy.
        name: as the user wrote it; bytes that are not UTF-8 as `\xe9`.
        format: one of `FORMATS`.
        packing: "", ".gz" or ".zst".
        is_copy: whether `path` is a temporary copy of standard input or of a pipe.
    """

    path: Path
    name: str
    format: str
    packing: str
    is_copy: bool = False

    @property
    def seekable(self) -> bool:
        """Whether an example's offset and length say where in the file it is."""
        return self.format in ("jsonl", "json-array") and not self.packing


def expand(arguments: Iterable[str]) -> list[Source]:
    """The sources that file names and glob patterns stand for, in order, each once.

    Standard input and pipes are read at once, into files of this process's own.

    Raises:
        UnreadableInput: one is missing, a directory, a device, empty or not text.
    """
    sources: dict[Path, Source] = {}
    for argument in arguments:
        if argument == "-":
            path = spooled(sys.stdin.buffer)
            sources[path] = replace(inspect(path, "-"), is_copy=True)
            continue
        for name in _names(argument):
            place = Path(os.path.realpath(name))
            if place not in sources:
                sources[place] = _source(Path(name), name)
    return list(sources.values())


def _names(argument: str) -> list[str]:
    """What a pattern finds, less pipes, devices and project folders; any other name is taken as it is."""
    if not has_magic(argument) or Path(argument).exists():
        return [argument]
    found = sorted(glob(argument, recursive=True))  # noqa: PTH207 - a pattern may be absolute
    names = [name for name in found if is_regular(Path(name)) or (Path(name).is_dir() and ".curator" not in name)]
    if not names:
        raise UnreadableInput(f"No file matches {argument}.")
    return names


def _source(path: Path, given: str) -> Source:
    name = as_text(given)
    refuse_special(path, name)
    if not is_pipe(path):
        return inspect(path, name)
    return replace(inspect(spooled_pipe(path), name), is_copy=True)


def inspect(path: Path, name: str) -> Source:
    """The source at `path`, its format taken from its name and its first bytes.

    Raises:
        UnreadableInput: it is missing, a directory, empty, or not text.
    """
    if path.is_dir():
        raise UnreadableInput(f"{name} is a directory. Name the files in it, for example {name.rstrip('/')}/*.jsonl.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packing = suffixes.pop() if suffixes and suffixes[-1] in (".gz", ".zst") else ""
    ending = suffixes[-1] if suffixes else ""
    try:
        with path.open("rb") as raw, _unpacked(raw, packing) as stream:
            head = stream.read(4096)
    except FileNotFoundError:
        raise UnreadableInput(f"{name} does not exist.") from None
    except PermissionError:
        raise UnreadableInput(f"{name} may not be read by this user.") from None
    except (OSError, EOFError) as error:
        raise UnreadableInput(f"{name} cannot be read: {error}.") from None
    if not head:
        raise UnreadableInput(f"{name} is empty.")
    if head.startswith(b"PAR1"):
        return Source(path, name, "parquet", packing)
    _refuse_binary(head, name)
    if ending in (".csv", ".tsv"):
        return Source(path, name, "csv", packing)
    body = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    _refuse_spread(body, name)
    return Source(path, name, "json-array" if _opens_array(body, ending) else "jsonl", packing)


def _opens_array(body: bytes, ending: str) -> bool:
    """A `[` opens an array of examples, unless the first line is complete by itself in a file of lines."""
    if not body.startswith(b"["):
        return False
    if ending in (".jsonl", ".ndjson"):
        first_line = body.split(b"\n", 1)[0].rstrip()
        return not (first_line.endswith(b"]") and b"\n" in body)
    return True


def _refuse_spread(body: bytes, name: str) -> None:
    """An object written over several lines: as lines, not one of them would be an example."""
    if re.match(rb"\{[^\S\n]*\n\s*\"", body):
        raise UnreadableInput(
            f"{name} has JSON objects spread over several lines. Put each on a line of its own: "
            f"jq -c . {shlex.quote(name)} > lines.jsonl; or make it one list that begins with [."
        )


def _refuse_binary(head: bytes, name: str) -> None:
    encoding = _wide_encoding(head)
    if encoding:
        convert = f"iconv -f {encoding} -t UTF-8 {shlex.quote(name)} > utf8.jsonl"
        raise UnreadableInput(f"{name} is {encoding} and not UTF-8. Convert it first: {convert}")
    if head.startswith(b"\x1f\x8b"):
        raise UnreadableInput(f"{name} is gzip data under a name without .gz. Rename it.")
    if b"\x00" in head:
        raise UnreadableInput(f"{name} is not text: it has NUL bytes at its start.")


def _wide_encoding(head: bytes) -> str | None:
    """The encoding of text in characters of two or four bytes, by its mark or its NUL bytes; None: it is another."""
    for mark, encoding in _WIDE_MARKS.items():
        if head.startswith(mark):
            return encoding
    for first, encoding in ((0, "UTF-16BE"), (1, "UTF-16LE")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) > _FEWEST_PAIRS and b"\x00" not in others and zeros.count(0) > 0.9 * len(zeros):
            return encoding
    return None


@contextmanager
def _unpacked(raw: IO[bytes], packing: str) -> Iterator[IO[bytes]]:
    if packing == ".gz":
        with gzip.open(raw, "rb") as stream:
            yield stream  # type: ignore[misc]
    elif packing == ".zst":
        import pyarrow

        # zstandard's own reader takes the end of a file that was cut off for the end of its data.
        with pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, "r"), "zstd") as stream:
            yield io.BufferedReader(stream)
    else:
        yield raw


def blocks(source: Source) -> Iterator[Block]:
    """The blocks of a source, in order.

    Raises:
        UnreadableInput: a compressed or Parquet file turns out to be damaged.
    """
    readers = {"jsonl": _line_blocks, "json-array": _array_blocks, "csv": _csv_blocks, "parquet": _parquet_blocks}
    try:
        yield from readers[source.format](source)
    except (EOFError, OSError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the system's word on a file or disk, not a library's on the content
        what = str(error).strip().rstrip(".")
        raise UnreadableInput(f"{source.name} is damaged: {what}.") from None


def _line_blocks(source: Source) -> Iterator[Block]:
    """Physical lines, split on newline only; a final newline does not make one more line."""
    with source.path.open("rb") as raw, _unpacked(raw, source.packing) as stream:
        head = stream.read(len(_BYTE_ORDER_MARK))
        offset = len(head) if head == _BYTE_ORDER_MARK else 0
        data, number, at_end = head[offset:], 1, False
        while data or not at_end:
            ends = _line_ends(data, at_end)
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
            number, offset, data = number + done, offset + done_bytes, data[done_bytes:]
            if not at_end:
                chunk = stream.read(_READ_BYTES)
                at_end = not chunk
                data += chunk


def _line_ends(data: bytes, at_end: bool) -> np.ndarray:
    """Where each complete line of `data` ends, its newline included; the last one of a file needs none."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 0x0A) + 1
    if at_end and data and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
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
    while chunk := stream.read(_READ_BYTES):
        end = chunk.find(b"\n")
        if end >= 0:
            return skipped + end + 1, chunk[end + 1 :]
        skipped += len(chunk)
    return skipped, b""


def _refused_line(head: bytes, number: int, offset: int, length: int) -> Block:
    fault = ("unrecognised-example", _too_long(length))
    return Block(head, np.array([0]), np.array([len(head)]), number, offset, {0: fault})


def _too_long(length: int) -> str:
    return f"The line is {length / 2**20:,.0f} MiB long; lines beyond {LONGEST_LINE >> 20} MiB are not read."


def _array_blocks(source: Source) -> Iterator[Block]:
    """Elements of the outermost array; what follows it is one more."""
    with source.path.open("rb") as raw, _unpacked(raw, source.packing) as stream:
        head = stream.read(len(_BYTE_ORDER_MARK))
        offset = len(head) if head == _BYTE_ORDER_MARK else 0
        divisions, data, number, at_end = Divisions(), head[offset:], 1, False
        found = divisions.find(data)
        while True:
            starts, lengths = elements_between(data, np.append(found, len(data)) if at_end else found)
            last_bytes = 0 if at_end or not len(found) else len(data) - int(found[-1]) - 1  # of one that may go on
            before_long, begins_long = _up_to_too_long(lengths, int(lengths.sum()) + last_bytes)
            done = 0
            for end in block_ends(lengths[:before_long], at_end=at_end or begins_long):
                yield _elements(data, starts[done:end], lengths[done:end], number + done, offset)
                done = end
            number += done
            dropped = _up_to_division(found, int(starts[done]) if done < len(starts) else len(data))
            if begins_long and done == before_long:
                begin = int(starts[done]) if done < len(starts) else int(found[-1]) + 1
                head, number = data[begin : begin + 200], number + 1
                if done == len(starts):
                    skipped, rest, found = _skip_element(stream, divisions)
                    yield _refused_line(head, number - 1, offset + begin, len(data) - begin + skipped)
                    offset, data = offset + len(data) + skipped, rest
                    continue
                yield _refused_line(head, number - 1, offset + begin, int(lengths[done]))
                dropped = _up_to_division(found, begin + int(lengths[done]), behind=True)
            found, data, offset = found[found >= dropped] - dropped, data[dropped:], offset + dropped
            if begins_long and done == before_long:
                continue
            if at_end:
                return
            chunk = stream.read(min(_READ_BYTES, _ARRAY_BYTES))
            at_end = not chunk
            found = np.append(found, divisions.find(chunk) + len(data))
            data += chunk


def _up_to_division(found: np.ndarray, place: int, *, behind: bool = False) -> int:
    """The last division before `place`, or the first one `behind` it; the place itself where there is none."""
    at = int(np.searchsorted(found, place)) - (not behind)
    return int(found[at]) if 0 <= at < len(found) else place


def _elements(data: bytes, starts: np.ndarray, lengths: np.ndarray, first: int, offset: int) -> Block:
    begin, end = int(starts[0]), int(starts[-1] + lengths[-1])
    return Block(data[begin:end], starts - begin, lengths, first, offset + begin)


def _skip_element(stream: IO[bytes], divisions: Divisions) -> tuple[int, bytes, np.ndarray]:
    """Bytes up to the next division, what was read from that on, and the divisions in it."""
    skipped = 0
    while chunk := stream.read(_READ_BYTES):
        found = divisions.find(chunk)
        if len(found):
            return skipped + int(found[0]), chunk[found[0] :], found - found[0]
        skipped += len(chunk)
    return skipped, b"", np.empty(0, np.int64)


def _csv_blocks(source: Source) -> Iterator[Block]:
    csv.field_size_limit(_LONGEST_FIELD)
    with source.path.open("rb") as raw, _unpacked(raw, source.packing) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
        header_line = text.readline(_LONGEST_FIELD)
        if len(header_line) == _LONGEST_FIELD:
            raise UnreadableInput(
                f"{source.name} begins with a line of more than {_LONGEST_FIELD >> 20} MiB: no header."
            )
        delimiter = max("\t" if ".tsv" in source.path.name else ",;\t", key=header_line.count)
        header = next(csv.reader([header_line], delimiter=delimiter))
        yield from _element_blocks(
            _csv_elements(csv.reader(_TableLines(text), delimiter=delimiter, strict=True), header)
        )


class _TooLong(ValueError):
    """A line of a table that is longer than is read; the text says how long."""


class _TableLines:
    """The lines of a table; one that is too long is skipped, and reading goes on behind it."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if len(line) < LONGEST_LINE or line.endswith("\n"):
            if not line:
                raise StopIteration
            return line
        length = len(line)
        while line and not line.endswith("\n"):
            line = self._text.readline(_READ_BYTES)
            length += len(line)
        raise _TooLong(_too_long(length))


def _csv_elements(records: Iterator[list[str]], header: list[str]) -> Iterator[bytes | tuple[str, str]]:
    while True:
        try:
            fields = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            yield "invalid-json", f"The line is not sound CSV: {error}."
            continue
        except _TooLong as error:
            yield "unrecognised-example", str(error)
            continue
        value: dict[str, str | list[str]] = dict(zip(header, fields, strict=False))
        if len(fields) > len(header):
            value[EXTRA_FIELDS] = fields[len(header) :]
        try:
            yield msgspec.json.encode(value)
        except UnicodeEncodeError:
            yield "invalid-encoding", "The line is not UTF-8."


def _parquet_blocks(source: Source) -> Iterator[Block]:
    import pyarrow
    from pyarrow import parquet

    try:
        with source.path.open("rb") as raw, _unpacked(raw, source.packing) as stream:
            file = parquet.ParquetFile(_unpacked_copy(stream) if source.packing else stream)
            values = (
                msgspec.json.encode(value) for batch in file.iter_batches(_TABLE_ROWS) for value in batch.to_pylist()
            )
            yield from _element_blocks(values)
    except pyarrow.ArrowException as error:
        raise UnreadableInput(f"{source.name} is not sound Parquet: {str(error).rstrip('.')}.") from None


def _unpacked_copy(stream: IO[bytes]) -> IO[bytes]:
    """The bytes of a stream as a file that can be read in any order; it is gone when nobody has it open."""
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads it
    shutil.copyfileobj(stream, copy, _READ_BYTES)
    copy.seek(0)
    return copy


def _element_blocks(elements: Iterable[bytes | tuple[str, str]]) -> Iterator[Block]:
    """Blocks of elements that have no place of their own in the source."""
    pending: list[bytes] = []
    faults: dict[int, tuple[str, str]] = {}
    size, first = 0, 1
    for element in elements:
        if isinstance(element, tuple):
            faults[len(pending)] = element
            element = b""
        pending.append(element)
        size += len(element)
        if ends_block(size, len(element), len(pending)):
            yield _joined(pending, faults, first)
            first, pending, faults, size = first + len(pending), [], {}, 0
    if pending:
        yield _joined(pending, faults, first)


def _joined(elements: list[bytes], faults: dict[int, tuple[str, str]], first: int) -> Block:
    lengths = np.array([len(element) for element in elements], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    return Block(b"".join(elements), starts, lengths, first, -1, faults)
