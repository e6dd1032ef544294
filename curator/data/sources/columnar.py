"""Rows of Parquet and Arrow as JSON objects, a few thousand at a time."""

from collections.abc import Iterator
from typing import IO, Any

import msgspec

from curator.data.blocks import Element
from curator.data.media import is_media_key
from curator.data.sources.containers import ARROW_FILE, seekable
from curator.errors import UnreadableInput

_ROWS = 4096
_RAW = frozenset({"bytes", "data"})
"""Beside names of media, keys under which bytes are no text: pictures and sounds as `datasets` keeps them."""


def columnar_rows(stream: IO[bytes], name: str, kind: str) -> Iterator[Element]:
    """The rows, numbered from 1.

    Args:
        stream: the bytes.
        name: of the source.
        kind: `parquet`, or `arrow` (a file or a stream).

    Raises:
        UnreadableInput: it is damaged.
    """
    import pyarrow

    number = 0
    try:
        for batch in _batches(stream, kind):
            has_bytes = any(_holds_bytes(field.type) for field in batch.schema)
            for value in batch.to_pylist():
                number += 1
                yield _element(number, value, has_bytes=has_bytes)
    except (pyarrow.ArrowException, pyarrow.ArrowInvalid) as error:
        title = "Parquet" if kind == "parquet" else "Arrow"
        raise UnreadableInput(f"{name} is not sound {title}: {str(error).rstrip('.')}.") from None


def _batches(stream: IO[bytes], kind: str) -> Iterator[Any]:
    from pyarrow import ipc, parquet

    file = seekable(stream)
    if kind == "parquet":
        yield from parquet.ParquetFile(file).iter_batches(_ROWS)
        return
    is_file = file.read(len(ARROW_FILE)) == ARROW_FILE
    file.seek(0)
    if is_file:
        reader = ipc.open_file(file)
        batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        batches = iter(ipc.open_stream(file))
    for batch in batches:
        for start in range(0, len(batch), _ROWS):
            yield batch.slice(start, _ROWS)


def _element(number: int, value: dict[str, Any], *, has_bytes: bool) -> Element:
    if has_bytes:
        try:
            value = {key: _with_text(held, key) for key, held in value.items()}
        except UnicodeDecodeError as error:
            return Element(number, b"", ("invalid-encoding", f"A text of the row is not UTF-8 ({error.reason})."))
    return Element(number, msgspec.json.encode(value, enc_hook=str))


def _with_text(held: Any, key: str) -> Any:
    """`held` with bytes as the text that they are; those of pictures and sounds stay and are written in base64."""
    if isinstance(held, bytes):
        return held if key in _RAW or is_media_key(key) else held.decode()
    if isinstance(held, dict):
        return {inner: _with_text(part, inner) for inner, part in held.items()}
    if isinstance(held, list):
        return [_with_text(part, key) for part in held]
    return held


def _holds_bytes(kind: Any) -> bool:
    from pyarrow import types

    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return True
    return any(_holds_bytes(kind.field(at).type) for at in range(kind.num_fields))
