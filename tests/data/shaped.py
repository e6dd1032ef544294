"""Values that nearly have a dialect's shape, made from the shape itself, and lines nearly sound.

Made by a seeded generator and not by Hypothesis strategies: a hundred times as many cases in the same time.
"""

import json
from random import Random
from types import UnionType
from typing import Any, NotRequired, Union, get_args, get_origin

WORDS = (
    "user",
    "assistant",
    "system",
    "tool",
    "human",
    "gpt",
    "function_call",
    "text",
    "",
    "é\u2028字",
    "{}",
    "[]",
    "0",
)
_SYMBOLS = rb"""" \ { } [ , 0 - .5 NaN 1e999 null \ud800 \u0000""".split()
ODD = (*_SYMBOLS, b"", b" ", b"\r", b"\x00", b"\xff", b"\xe2\x82", b"\xef\xbb\xbf")
WRONG_ONE_IN = 25
"""Parts that are something else than the shape asks for."""


def junk(rng: Random, depth: int = 2) -> Any:
    """Any JSON value."""
    simple = (None, True, False, 0, 1, -7, 2**70, 0.5, 1e300, -0.0, rng.choice(WORDS))
    if depth and rng.random() < 0.3:
        inner = [junk(rng, depth - 1) for _ in range(rng.randrange(3))]
        return inner if rng.random() < 0.5 else {rng.choice(WORDS): value for value in inner}
    return rng.choice(simple)


def nearly(kind: Any, rng: Random) -> Any:
    """A value of the type `kind` in which a part here and there is something else, missing or too many."""
    if kind is Any or rng.randrange(WRONG_ONE_IN) == 0:
        return junk(rng)
    if get_origin(kind) is NotRequired:
        return nearly(get_args(kind)[0], rng)
    if get_origin(kind) in (Union, UnionType):
        return nearly(rng.choice(get_args(kind)), rng)
    if get_origin(kind) is list:
        return [nearly(get_args(kind)[0], rng) for _ in range(rng.randrange(4))]
    if get_origin(kind) is dict:
        return {rng.choice(WORDS): junk(rng) for _ in range(rng.randrange(3))}
    if hasattr(kind, "__required_keys__"):
        return _object(kind, rng)
    made = {str: rng.choice(WORDS), bool: rng.random() < 0.5, int: rng.choice((0, 1, 2, -1)), float: rng.random()}
    return made.get(kind)


def _object(kind: Any, rng: Random) -> dict[str, Any]:
    made = {rng.choice(WORDS): junk(rng)} if rng.random() < 0.1 else {}
    for key, part in kind.__annotations__.items():
        if rng.random() < (0.98 if key in kind.__required_keys__ else 0.3):
            made[key] = nearly(part, rng)
    return made


def line(value: Any, rng: Random) -> bytes:
    """A value as one or another writer would put it on a line."""
    return json.dumps(value, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def damaged(raw: bytes, rng: Random) -> bytes:
    """A line in which up to three stretches of bytes were cut out, doubled or replaced."""
    for _ in range(rng.randrange(4)):
        start = rng.randrange(len(raw) + 1)
        end = min(len(raw), start + rng.choice((0, 0, 1, 2, 9)))
        raw = raw[:start] + rng.choice((*ODD, raw[start:end] * 2)) + raw[end:]
    return raw
