"""A set that was audited is there again at once, and says so when its file is not what it was."""

import gzip
import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from curator.audit.ids import ids_of, positions_of
from curator.audit.loading.reread import originals_at
from curator.audit.open_data import open_data
from curator.errors import UsageError, WorkFailed
from curator.review.filter.evaluate import Searched, matching
from curator.review.filter.text_search import StoredTexts
from curator.review.read_one import Reader
from curator.settings.request import DataRequest

DESK = Path("sample_data/messy.jsonl")
FILTERS = (
    "tokens:>60",
    "check:near-duplicate",
    "severity:error or severity:warning",
    "not role:system",
    "decided:no",
    "decided:drop",
    "id:0 or id:f",
    "order",
    '"the order"',
    "/^(hello|hi)/",
    "/[0-9]{4,}$/ not check:near-duplicate",
)


def quiet(what: str, done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    path = tmp_path_factory.mktemp("desk") / "desk.jsonl"
    shutil.copy(DESK, path)
    with open_data(DataRequest(data=(str(path),))) as opened:
        yield opened, opened.audited(quiet, texts=True)


def test_what_was_audited_is_remembered_as_it_was(audited):
    opened, audit = audited
    known = opened.saved_audit()
    assert known is not None
    assert known.loaded.facts.equals(audit.loaded.facts)
    assert known.loaded.facts.schema == audit.loaded.facts.schema
    assert known.findings.equals(audit.findings)
    assert known.findings.schema == audit.findings.schema
    assert known.similar is not None
    assert known.similar.pairs.equals(audit.similar.pairs)
    assert (known.similar.keeper == audit.similar.keeper).all()
    assert known.similar.summary == audit.similar.summary
    assert (known.loaded.placed, known.not_run) == (audit.loaded.placed, audit.not_run)


def test_a_second_audit_takes_the_place_of_the_first(audited):
    opened, _ = audited
    folder = opened.project.cache.folder
    before = len(list(folder.rglob("*.*")))
    opened.audited(quiet, texts=True)
    assert len(list(folder.rglob("*.*"))) == before
    assert opened.saved_audit() is not None


@pytest.mark.parametrize("text", FILTERS)
def test_the_stored_texts_find_what_the_source_holds(audited, text):
    opened, audit = audited
    some = ids_of(audit.loaded)[::7].to_list()
    state = pl.DataFrame({"id": some, "status": ["drop"] * len(some)})
    stored = StoredTexts.of(audit.loaded, opened.project.cache)
    assert stored is not None
    fast = matching(text, Searched(audit.loaded, audit.findings, state, stored))
    assert (fast == matching(text, Searched(audit.loaded, audit.findings, state))).all()
    assert 0 < fast.sum() < len(fast)


def test_words_are_not_found_across_two_messages(audited):
    opened, audit = audited
    stored = StoredTexts.of(audit.loaded, opened.project.cache)
    first = next(iter(originals_at(audit.loaded, [0]))).content.messages
    across = (first[0]["content"].split()[-1] + "\n" + first[1]["content"].split()[0]).replace("\n", "\\s+")
    state = opened.state()
    assert not matching(f"/{across}/", Searched(audit.loaded, audit.findings, state, stored))[0]


def test_an_expression_that_the_search_does_not_know_is_refused_in_a_sentence(audited):
    opened, audit = audited
    stored = StoredTexts.of(audit.loaded, opened.project.cache)
    with pytest.raises(UsageError, match="not supported"):
        matching("/(?=a)b/", Searched(audit.loaded, audit.findings, opened.state(), stored))


def test_ids_lead_back_to_positions(audited):
    _, audit = audited
    ids = ids_of(audit.loaded)
    assert positions_of(audit.loaded, ids).tolist() == list(range(len(ids)))
    gone = pl.Series(["0" * 16, ids[0] + "-999", "f" * 16])
    assert positions_of(audit.loaded, gone).tolist() == [-1, -1, -1]


def messages(number: int) -> dict:
    return {
        "messages": [
            {"role": "user", "content": f"How many legs have {number} cats? é\u2028"},
            {"role": "assistant", "content": f"They have {4 * number} legs."},
        ]
    }


def edits(folder: Path, ending: str) -> Path:
    examples = [messages(number) for number in range(30)]
    path = folder / f"data{ending}"
    lines = "".join(json.dumps(example, ensure_ascii=False) + "\n" for example in examples)
    match ending:
        case ".jsonl.gz":
            path.write_bytes(gzip.compress(lines.encode()))
        case ".jsonl":
            path.write_text("\ufeff" + lines + "{broken\n" + lines[:0], encoding="utf-8")
        case ".json":
            path.write_text(json.dumps(examples, ensure_ascii=False, indent=1), encoding="utf-8")
        case ".parquet":
            pl.DataFrame(examples).write_parquet(path)
        case ".csv":
            pairs = [[message["content"] for message in example["messages"]] for example in examples]
            pl.DataFrame(pairs, schema=["prompt", "completion"], orient="row").write_csv(path)
    return path


@pytest.mark.parametrize("texts", [True, False])
@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".json", ".parquet", ".csv"])
def test_an_example_is_read_at_once_from_any_format(tmp_path, ending, texts):
    path = edits(tmp_path, ending)
    with open_data(DataRequest(data=(str(path),))) as opened:
        loaded = opened.audited(quiet, texts=texts).loaded
        reader = Reader(loaded, opened.project.cache)
        for original in originals_at(loaded, [0, 17, 29]):
            assert reader.at(original.position) == original
        reader.close()


def test_a_file_that_changed_is_not_remembered(tmp_path):
    path = edits(tmp_path, ".jsonl")
    with open_data(DataRequest(data=(str(path),))) as opened:
        opened.audited(quiet)
        path.write_text(path.read_text(encoding="utf-8").replace("17 cats", "18 cats"), encoding="utf-8")
        assert opened.saved_audit() is None


def test_a_change_that_the_clock_does_not_show_is_found_when_an_example_is_read(tmp_path):
    path = edits(tmp_path, ".jsonl")
    with open_data(DataRequest(data=(str(path),))) as opened:
        loaded = opened.audited(quiet).loaded
        state = path.stat()
        path.write_text(path.read_text(encoding="utf-8").replace("17 cats", "18 cats"), encoding="utf-8")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert opened.saved_audit() is not None
        with pytest.raises(WorkFailed, match="changed"):
            Reader(loaded, opened.project.cache).at(17)
