"""A first audit reads its source once and parses each line once."""

import json
import sys

import pytest

from curator.data import batches
from tests.audit.run import curator
from tests.house.product import ROOT

SET = ROOT / "sample_data" / "support_desk.jsonl"
LINES = 600


@pytest.fixture
def opened():
    """How often a file called `set.jsonl` is opened."""
    times, is_over = [], []

    def heard(event, arguments):
        if event == "open" and not is_over and str(arguments[0]).endswith("set.jsonl"):
            times.append(arguments[0])

    sys.addaudithook(heard)
    yield times
    is_over.append(True)


@pytest.fixture
def parsed(monkeypatch):
    """The lines that are parsed, each as often as it is."""
    lines = []
    decode = batches.decode_json

    def counted(raw):
        lines.append(bytes(raw))
        return decode(raw)

    monkeypatch.setattr(batches, "decode_json", counted)
    return lines


def test_each_line_is_parsed_once_and_of_what_is_shown_again(tmp_path, opened, parsed):
    """The file is opened to see what it is, to be read, and for the examples that the report shows."""
    (tmp_path / "set.jsonl").write_bytes(SET.read_bytes())
    opened.clear()
    outcome = curator(tmp_path, "audit", "set.jsonl", "--fail-on", "never", "--report", "report.json")
    assert outcome.code == 0, outcome.err
    shown = json.loads((tmp_path / "report.json").read_text())["specimens"]
    assert len(parsed) == len(set(parsed)) + len(shown) == LINES + len(shown)
    assert len(opened) == 3


def test_the_texts_do_not_stay_when_the_vectors_are_made(tmp_path):
    (tmp_path / "set.jsonl").write_bytes(SET.read_bytes())
    curator(tmp_path, "audit", "set.jsonl", "--fail-on", "never")
    kept = [path for path in (tmp_path / "set.jsonl.curator" / "cache").rglob("*") if path.is_file()]
    question = SET.read_bytes().splitlines()[0].split(b'"content": "')[1][:40]
    assert kept
    assert [path.name for path in kept if question in path.read_bytes()] == []
