"""Next steps do what they say: each finds exactly what it speaks of, and following all of them ends where they say."""

import json

import pytest

from benchmarks.loop.follow import follow, typed
from benchmarks.loop.sets import SETS

pytestmark = pytest.mark.usefixtures("without_meaning")

READY = [
    "a desk with every defect",
    "chat with broken lines",
    "a spreadsheet with unreadable rows",
    "Alpaca",
    "preferences",
    "tools",
    "secrets",
    "mostly copies",
    "Chinese",
    "two formats in one file",
    "pictures",
    "another encoding",
    "for OpenAI",
]
NOT_READY = ["few, with secrets", "hostile lines"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", READY + NOT_READY)
def test_every_step_finds_what_it_speaks_of_and_all_of_them_end_as_they_say(name, folder):
    became = follow(SETS[name](), folder)
    assert became.wrong == []
    assert became.ready is (name in READY), became.end


def test_the_step_about_unreadable_lines_finds_them_and_no_example(folder):
    sample = SETS["chat with broken lines"]()
    (folder / sample.name).write_bytes(sample.content)
    first = json.loads(typed("audit", sample.name, "--json", "-q")[1])["verdict"]["next_steps"][0]
    found = typed("show", sample.name, "--where", first["filter"], "--json", "-n", "0", "-q")[1]
    assert {json.loads(line)["line"] for line in found.splitlines()} == {71, 72, 74}
