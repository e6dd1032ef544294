"""The messy support desk: every planted defect of form and length is found on its line, and no clean line is faulty."""

import json
from collections import defaultdict

import polars as pl
import pytest

from curator.checks.catalogue import CHECKS
from curator.checks.check import CheckSettings
from curator.data.batches import read_batch
from curator.data.dialects.dialect import dialect_named
from curator.data.frames import found
from curator.data.sources.source import blocks, expand
from sample_data.make_support_desk import HERE
from tests.checks.finding import facts

OURS = [check for check in CHECKS if check.family in ("structure", "length")]


def found_by_line(name: str, settings: CheckSettings) -> dict[int, list[tuple[str, str]]]:
    """By line, check and severity of each finding."""
    (source,) = expand([str(HERE / name)])
    (block,) = blocks(source)
    batch = read_batch(block, dialect_named("chat"))
    frames, numbers = [batch.refused], facts(batch)
    for check in OURS:
        frames += [found(check.name, check.find(batch, settings))] if check.find else []
        frames += [found(check.name, check.judge(numbers, settings))] if check.judge else []
    lines = batch.examples.select("row", pl.col("line").alias("of_example"))
    together = pl.concat(frames).join(lines, on="row", how="left").with_columns(pl.coalesce("line", "of_example"))
    default = {check.name: check.severity for check in CHECKS}
    by_line = defaultdict(list)
    for line, check, severity in together.select("line", "check", "severity").iter_rows():
        by_line[line].append((check, severity or default[check]))
    return by_line


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((HERE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def messy(truth) -> dict[int, list[tuple[str, str]]]:
    return found_by_line("messy.jsonl", CheckSettings(max_tokens=truth["settings"]["max_tokens"]))


def test_every_planted_defect_is_found_on_its_line(truth, messy):
    names = {check.name for check in OURS}
    planted = [entry for entry in truth["planted"] if entry["check"] in names]
    assert len(planted) > 60
    assert [entry for entry in planted if entry["check"] not in {check for check, _ in messy[entry["line"]]}] == []


def test_nothing_is_found_on_a_clean_line(truth, messy):
    assert {line: messy[line] for line in truth["clean_lines"] if messy[line]} == {}


def test_nothing_is_found_in_the_clean_support_desk():
    assert found_by_line("support_desk.jsonl", CheckSettings()) == {}
