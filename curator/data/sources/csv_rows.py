"""Rows of a table of text as JSON objects, each with the physical line that it begins on.

A field may be in quotes, and then hold the delimiter, newlines and doubled quotes. Where a faulty row takes up several
lines, because a quote is missing, reading continues at the first of them from which on they are rows by themselves.
"""

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

import msgspec

from curator.data import blocks as sizes
from curator.data.blocks import BYTE_ORDER_MARK, Element, too_long
from curator.data.column_names import delimiter_of
from curator.errors import UnreadableInput

_LOOKED_AHEAD = 1 << 20
"""Bytes of one row that are looked through for its end while reading seeks where to continue."""
_FORGOTTEN = 4096
"""Lines that were read after which they are let go."""


class _Fault(ValueError):
    """A row that is not sound; the text says why, without a full stop. It takes up so many lines."""

    def __init__(self, message: str, lines: int = 1) -> None:
        super().__init__(message)
        self.lines = lines


class _Row(NamedTuple):
    """A row: its fields, the lines it takes up, and whether a field that is not in quotes holds one."""

    fields: list[bytes]
    lines: int
    has_stray_quote: bool = False


class CsvRows:
    """The rows of a table.

    Args:
        stream: the bytes.
        name: of the source.
        prefers_tabs: whether the file's name says that tabs divide its fields.

    Raises:
        UnreadableInput: it has no header that can be read.
    """

    def __init__(self, stream: IO[bytes], name: str, *, prefers_tabs: bool = False) -> None:
        self._stream = stream
        self._lines: list[bytes] = []
        self._long: dict[int, int] = {}
        self._moved = 0
        self._number = 1
        self._at_end = False
        self._names: list[str] = []
        first = self._line(0).removeprefix(BYTE_ORDER_MARK)
        if len(first) >= sizes.LONGEST_LINE:
            raise UnreadableInput(f"{name} begins with a line of more than {sizes.LONGEST_LINE >> 20} MiB: no header.")
        self._lines[0] = first
        self._delimiter = delimiter_of(first, prefers_tabs=prefers_tabs)
        unquoted = b"[^" + re.escape(self._delimiter) + rb"\r\n]*+"
        self._field = re.compile(rb'"((?:[^"]++|"")*+)("?)|(' + unquoted + b")")
        self._behind = re.compile(re.escape(self._delimiter) + rb"|\r?\n|\r?$")
        try:
            header = self._row(0)
            self._names = _unique([field.decode() for field in header.fields])
        except (_Fault, UnicodeDecodeError) as fault:
            raise UnreadableInput(f"{name} has no header that can be read: {fault}.") from None
        self._move(header.lines)

    def elements(self) -> Iterator[Element]:
        """The rows behind the header; blank lines are none."""
        while line := self._line(0):
            if line.isspace():
                self._move(1)
                continue
            number = self._number
            try:
                row = self._checked(self._row(0))
            except _Fault as fault:
                lines = self._lines_to_skip(fault.lines)
                skipped = sum(self._size(ahead) for ahead in range(lines))
                where = (
                    f"reading continues at line {number + lines}" if self._line(lines) else "up to the end of the file"
                )
                yield Element(number, b"", ("invalid-json", f"{fault}. {skipped:,} bytes were skipped; {where}."))
                self._move(lines)
            else:
                yield self._element(number, row.fields)
                self._move(row.lines)

    def _element(self, number: int, fields: list[bytes]) -> Element:
        try:
            value = {name: field.decode() for name, field in zip(self._names, fields, strict=True)}
        except UnicodeDecodeError as error:
            return Element(number, b"", ("invalid-encoding", f"The row is not UTF-8 ({error.reason})."))
        return Element(number, msgspec.json.encode(value))

    def _checked(self, row: _Row) -> _Row:
        has, wanted = len(row.fields), len(self._names)
        if has != wanted:
            hint = "; a text that holds the delimiter needs quotes around it" if has > wanted else ""
            fields = "1 field" if has == 1 else f"{has} fields"
            raise _Fault(f"The row has {fields} and the header has {wanted}{hint}", row.lines)
        if row.lines > 1 and row.has_stray_quote:
            raise _Fault("The row takes up several lines and has a quote inside a field without quotes", row.lines)
        return row

    def _row(self, at: int, most: int = 0) -> _Row:
        """The row that begins at a line ahead; between tabs a quote is often one of the text.

        Raises:
            _Fault: it is not sound, or longer than `most` bytes (0: than any line may be).
        """
        try:
            return self._quoted_row(at, most)
        except _Fault:
            fields = self._line(at).rstrip(b"\r\n").split(self._delimiter)
            if self._delimiter == b"\t" and len(fields) == len(self._names):
                return _Row(fields, 1)
            raise

    def _quoted_row(self, at: int, most: int) -> _Row:
        text = self._line(at)
        if at + self._moved in self._long:
            raise _Fault(too_long(self._size(at))[1].rstrip("."))
        if b'"' not in text:
            return _Row(text.rstrip(b"\r\n").split(self._delimiter), 1)
        fields: list[bytes] = []
        place, lines, has_stray = 0, 1, False
        while True:
            match = self._field.match(text, place)
            assert match is not None, "an empty field matches, too"
            if match[3] is None and not match[2]:
                text, lines = self._with_more(text, place, at, lines, most or sizes.LONGEST_LINE)
                continue
            fields.append(match[1].replace(b'""', b'"') if match[3] is None else match[3])
            has_stray |= match[3] is not None and b'"' in match[3]
            behind = self._behind.match(text, match.end())
            if behind is None:
                there = f" on line {self._number + at + lines - 1}" if lines > 1 else ""
                raise _Fault(f"Text follows a closing quote{there}", lines)
            if behind[0] != self._delimiter:
                return _Row(fields, lines, has_stray)
            place = behind.end()

    def _with_more(self, text: bytes, place: int, at: int, lines: int, most: int) -> tuple[bytes, int]:
        """The text with the lines up to one after which the field in quotes at `place` may be closed."""
        parts, size, quotes = [text], len(text), text.count(b'"', place)
        while quotes % 2:
            line = self._line(at + lines)
            size += len(line)
            if not line or size > most:
                raise _Fault("A quote that opens in this row is never closed", lines)
            parts.append(line)
            quotes += line.count(b'"')
            lines += 1
        return b"".join(parts), lines

    def _lines_to_skip(self, lines: int) -> int:
        """Of a faulty row of so many lines those up to the first from which on its text is rows by itself."""
        for ahead in range(1, lines):
            row = self._sound(ahead)
            if row and (ahead + row.lines >= lines or self._sound(ahead + row.lines)):
                return ahead
        return lines

    def _sound(self, ahead: int) -> _Row | None:
        try:
            row = self._checked(self._row(ahead, _LOOKED_AHEAD))
        except _Fault:
            return None
        return None if row.has_stray_quote else row

    def _line(self, ahead: int) -> bytes:
        """A line that was not moved beyond, its end included; empty behind the last one."""
        while len(self._lines) - self._moved <= ahead and not self._at_end:
            line = self._stream.readline(sizes.LONGEST_LINE)
            if len(line) == sizes.LONGEST_LINE and not line.endswith(b"\n"):
                size, more = len(line), b""
                while not more.endswith(b"\n") and (more := self._stream.readline(sizes.READ_BYTES)):
                    size += len(more)
                self._long[len(self._lines)] = size
            self._at_end = not line
            if line:
                self._lines.append(line)
        at = ahead + self._moved
        return self._lines[at] if at < len(self._lines) else b""

    def _size(self, ahead: int) -> int:
        return self._long.get(ahead + self._moved, len(self._lines[ahead + self._moved]))

    def _move(self, lines: int) -> None:
        self._number += lines
        self._moved += lines
        if self._moved >= _FORGOTTEN:
            del self._lines[: self._moved]
            self._long = {at - self._moved: size for at, size in self._long.items() if at >= self._moved}
            self._moved = 0


def _unique(names: list[str]) -> list[str]:
    """Each name once: a second column of a name is `name (2)`."""
    unique: list[str] = []
    for name in names:
        times = names[: len(unique)].count(name)
        unique.append(f"{name} ({times + 1})" if times else name)
    return unique


def text_rows(stream: IO[bytes]) -> Iterator[Element]:
    """The lines of plain text as objects with a `text`; blank ones are none."""
    for number, line in enumerate(iter(lambda: stream.readline(sizes.LONGEST_LINE), b""), 1):
        text = line.rstrip(b"\r\n")
        if number == 1:
            text = text.removeprefix(BYTE_ORDER_MARK)
        if text and not text.isspace():
            try:
                yield Element(number, msgspec.json.encode({"text": text.decode()}))
            except UnicodeDecodeError as error:
                yield Element(number, b"", ("invalid-encoding", f"The line is not UTF-8 ({error.reason})."))
