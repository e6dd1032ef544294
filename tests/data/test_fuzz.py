"""No line, however broken, stops the reader, a check or a count."""

import json
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.checks.catalogue import CHECKS
from curator.checks.check import CheckSettings
from curator.checks.measures import measure
from curator.data.batches import read_batch
from curator.data.dialects.dialect import DIALECTS, dialect_named
from curator.data.facts import FACTS, facts_of
from curator.data.frames import FOUND, Batch, found
from curator.data.text import VIEWS, view_texts
from curator.tokens import count_tokens
from tests.data.made import WEATHER, block_of, call, chat, question, result
from tests.data.shaped import damaged, line, nearly

SETTINGS = CheckSettings(max_tokens=10)
REAL = [
    json.dumps(example, ensure_ascii=False).encode()
    for example in (
        question("Où est mon colis ? 👋", "It left our store.\n\n```py\nx = 1\n```\n1. One\n2. Two"),
        chat(("user", "Oslo?"), call(), result('{"t": 12}'), ("assistant", "12 °C"), tools=[WEATHER]),
        chat(
            ("user", "Mail a@example.org or +49 30 901820"), {"role": "assistant", "content": "As an AI", "weight": 0}
        ),
        chat({"role": "user", "content": [{"type": "text", "text": "<b>Hi</b> \x00\u202e"}]}, ("assistant", "cafÃ© ")),
    )
]


def survives(batch: Batch) -> None:
    """Everything that an audit does with a batch."""
    frames = [facts_of(batch), measure(batch), count_tokens(batch, "o200k_base")]
    assert frames[0].schema == FACTS
    assert view_texts(batch).schema == VIEWS
    facts = pl.concat(frames, how="horizontal")
    assert len(facts) == len(batch.examples)
    rows = set(batch.examples["row"])
    facts = facts.with_columns(pl.lit(0, pl.UInt16).alias("file"), pl.lit(1, pl.UInt32).alias("occurrence"))
    for check in CHECKS:
        for findings in (
            check.find(batch, SETTINGS) if check.find else None,
            check.judge(facts, SETTINGS) if check.judge else None,
        ):
            if findings is None:
                continue
            assert found(check.name, findings).schema == FOUND
            assert set(findings["row"].drop_nulls()) <= rows, check.name
            assert_places(findings, batch, check.name)


def assert_places(findings: pl.DataFrame, batch: Batch, name: str) -> None:
    """Every place lies inside the text of a message that exists."""
    placed = findings.drop_nulls("start").select(
        "row", pl.col("message_index").cast(pl.UInt32).alias("index"), "start", "end"
    )
    lengths = batch.messages.filter(pl.col("part") != "rejected").select(
        "row", "index", pl.col("content").str.len_chars()
    )
    joined = placed.join(lengths, on=["row", "index"], how="left")
    assert joined.filter(pl.col("content").is_null() | (pl.col("end") > pl.col("content"))).is_empty(), name


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_mutated_lines_of_real_looking_examples_stop_nothing(seed):
    rng = Random(seed)
    lines = [damaged(rng.choice(REAL), rng) for _ in range(12)]
    survives(read_batch(block_of(*lines), dialect_named("chat")))


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@settings(max_examples=3)
@given(seed=st.integers(0, 2**32))
def test_values_of_any_dialect_stop_nothing(dialect, seed):
    rng = Random(seed)
    lines = [line(nearly(dialect.shape, rng), rng) for _ in range(15)]
    survives(read_batch(block_of(*lines), dialect))
