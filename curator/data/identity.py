"""Example ids: sixteen hexadecimal digits of xxh3-128 over canonical JSON.

Canonical JSON is UTF-8 without escapes beyond what JSON demands, keys sorted, no spaces, original strings; keys whose
value is null are skipped. Only what a model would be trained on counts: messages, tools, chosen, rejected, label,
and every reference to a picture, sound or video (see media.py).
"""

from typing import Any

import msgspec
import numpy as np
import polars as pl
import xxhash

_encode = msgspec.json.Encoder(order="sorted").encode


def canonical_json(value: Any) -> bytes:
    """`value` as canonical JSON."""
    return _encode(value)


def example_key(content: dict[str, Any]) -> int:
    """The first 64 bits of the hash of an example's content; its id is this number in hexadecimal."""
    return int.from_bytes(xxhash.xxh3_128_digest(_encode(content))[:8], "big")


def unreadable_key(raw: bytes, check: str | None = None) -> int:
    """The same for a line that is no example: of its bytes, so that a decision on it follows them.

    A `check` is named where the source itself could not deliver the line, and where the finding is on the whole set.
    """
    return int.from_bytes(
        xxhash.xxh3_128_digest(b"no example\0%b\0%b" % ((check or "").encode(), raw.strip()))[:8], "big"
    )


def key_to_id(key: int, occurrence: int = 1) -> str:
    """The id of the `occurrence`-th example (1-based, in file order) with this key."""
    return f"{key:016x}" if occurrence == 1 else f"{key:016x}-{occurrence}"


def id_column(key: str = "key", occurrence: str = "occurrence") -> pl.Expr:
    """The ids of a frame that has a UInt64 column `key` and a 1-based column `occurrence`."""
    digits = pl.col(key).map_batches(hexadecimal, pl.String)
    return pl.when(pl.col(occurrence) == 1).then(digits).otherwise(pl.format("{}-{}", digits, occurrence)).alias("id")


_TWO_DIGITS = np.frombuffer(bytes(range(256)).hex().encode(), dtype=np.uint16)


def hexadecimal(keys: pl.Series) -> pl.Series:
    """Sixteen hexadecimal digits of each UInt64, without a Python object for any of them."""
    import pyarrow

    digits = _TWO_DIGITS[keys.to_numpy().astype(">u8").view(np.uint8)]
    ends = np.arange(len(keys) + 1, dtype=np.int64) * 16
    buffers = [None, pyarrow.py_buffer(ends), pyarrow.py_buffer(np.ascontiguousarray(digits))]
    return pl.Series(pyarrow.Array.from_buffers(pyarrow.large_string(), len(keys), buffers))
