"""Decode one JSON value exactly as pydantic would, at the speed of msgspec.

pydantic's own parser is the law: no NaN or Infinity, no lone surrogates, no control characters inside strings, at
most 200 levels of nesting, the last of two equal keys wins. msgspec agrees with it on all of that but the nesting (it
goes deeper) and numbers beyond a float's range (it refuses, and pydantic without infinities refuses too), so a value
that msgspec accepts and that cannot be deeply nested is final, and everything else is asked of pydantic.
"""

from typing import Any

import msgspec
from pydantic_core import from_json

NESTING_LIMIT = 200
"""Levels at which pydantic's parser (jiter) gives up."""

_decode = msgspec.json.Decoder().decode


class InvalidJson(ValueError):
    """The bytes are not one JSON value; the text says why, in pydantic's words."""


class InvalidEncoding(ValueError):
    """The bytes are not UTF-8; `position` is the offset of the first wrong byte."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def decode_json(line: bytes) -> Any:
    """The value that `line` holds.

    Raises:
        InvalidEncoding: the bytes are not UTF-8.
        InvalidJson: the bytes are not one JSON value.
    """
    try:
        value = _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _ask_pydantic(line)
    if line.count(b"{") + line.count(b"[") >= NESTING_LIMIT:
        return _ask_pydantic(line)
    return value


def _ask_pydantic(line: bytes) -> Any:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidEncoding(f"byte {error.start + 1} is not UTF-8 ({error.reason})", error.start) from None
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidJson(str(error)) from None
