"""The reader accepts and refuses exactly what pydantic would, whatever is on the line."""

from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from curator.data.batches import read_batch, read_example
from curator.data.dialects.dialect import DIALECTS, Dialect
from curator.data.json_line import InvalidEncoding, InvalidJson, decode_json
from curator.data.validation import judge
from tests.data.made import block_of
from tests.data.shaped import damaged, line, nearly

EACH_DIALECT = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
SEEDS = given(seed=st.integers(0, 2**32))
REFUSING = {
    "invalid-json",
    "invalid-encoding",
    "unrecognised-example",
    "unknown-role",
    "missing-content",
    "invalid-weight",
    "invalid-tool-call",
}
"""Checks under whose names the reader refuses."""


@cache
def adapter(shape: Any) -> TypeAdapter:
    return TypeAdapter(shape)


def pydantic_accepts(raw: bytes, dialect: Dialect) -> bool:
    try:
        adapter(dialect.shape).validate_python(from_json(raw, allow_inf_nan=False), strict=True)
    except (ValueError, ValidationError):
        return False
    return True


def we_accept(raw: bytes, dialect: Dialect) -> bool:
    try:
        return judge(decode_json(raw), dialect) == []
    except (InvalidJson, InvalidEncoding):
        return False


@EACH_DIALECT
@settings(max_examples=20)
@SEEDS
def test_values_are_judged_as_pydantic_judges_them(dialect, seed):
    rng = Random(seed)
    for _ in range(40):
        raw = line(nearly(dialect.shape, rng), rng)
        assert we_accept(raw, dialect) == pydantic_accepts(raw, dialect), raw


@EACH_DIALECT
@settings(max_examples=20)
@SEEDS
def test_damaged_lines_are_judged_as_pydantic_judges_them(dialect, seed):
    rng = Random(seed)
    for _ in range(40):
        raw = damaged(line(nearly(dialect.shape, rng), rng), rng)
        assert we_accept(raw, dialect) == pydantic_accepts(raw, dialect), raw
        outcome = read_example(raw, dialect)
        if isinstance(outcome, list):
            assert {refusal.check for refusal in outcome} <= REFUSING
            assert all(refusal.message.endswith(".") for refusal in outcome)


@EACH_DIALECT
def test_the_values_made_here_are_accepted_often_and_refused_often(dialect):
    rng = Random(0)
    accepted = [we_accept(line(nearly(dialect.shape, rng), rng), dialect) for _ in range(400)]
    assert 0.1 < sum(accepted) / len(accepted) < 0.98


DEEP = (b"[" * 199 + b"]" * 199, b"[" * 201 + b"]" * 201, b'{"a":' * 300 + b"1" + b"}" * 300, b"[" * 100_000)
NOT_QUITE = tuple(
    rb"""{}x {'a':1} [1,] NaN -Infinity 1e400 -0 01 1. .5 tru "\ud800" "\ud83d\ude00" "\u0000" {"a":1,"a":2}""".split()
)
ODD_BYTES = (b"", b"   ", b"\xef\xbb\xbf{}", b"{}\r", b"\x0b{}", b'"a\tb"', b"1" * 30, b"\xff\xfe")
NOT_UTF_8 = (b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\xc0\xaf"')


@pytest.mark.parametrize("raw", [*DEEP, *NOT_QUITE, *ODD_BYTES, *NOT_UTF_8])
def test_json_is_decoded_exactly_as_pydantic_decodes_it(raw):
    try:
        wanted = from_json(raw, allow_inf_nan=False)
    except ValueError:
        with pytest.raises((InvalidJson, InvalidEncoding)):
            decode_json(raw)
    else:
        assert decode_json(raw) == wanted


@EACH_DIALECT
@settings(max_examples=20)
@SEEDS
def test_every_line_becomes_an_example_or_a_refusal_and_none_is_lost(dialect, seed):
    rng = Random(seed)
    lines = [damaged(line(nearly(dialect.shape, rng), rng), rng) for _ in range(20)]
    batch = read_batch(block_of(*lines), dialect)
    accepted = set(batch.examples["line"])
    refused = set(batch.refused.filter(batch.refused["row"].is_null())["line"])
    assert batch.lines == len(lines)
    assert accepted | refused == set(range(1, len(lines) + 1))
    assert not accepted & refused
    assert set(batch.messages["row"]) <= set(batch.examples["row"])
