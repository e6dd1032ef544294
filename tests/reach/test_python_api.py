"""What `import curator` gives: the verbs of the command line, over files, frames and records."""

import doctest
import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import curator
from curator.cli.boundary import run
from tests.house.product import ROOT

PAGE = ROOT / "docs" / "python.md"
DESK = ROOT / "sample_data" / "support_desk.jsonl"


def examples(count=120):
    return [json.loads(line) for line in DESK.read_text(encoding="utf-8").splitlines()[:count]]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_public_names_are_few_typed_and_explained():
    assert len(curator.__all__) <= 12
    for name in curator.__all__:
        public = getattr(curator, name)
        assert public.__doc__, name
    for room in ("audit", "duplicates"):
        assert callable(getattr(curator, room)), "a room is entered by this name, too"
    for kind in (curator.Project, curator.Audit):
        for name, member in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_"):
                assert member.__doc__ and "return" in member.__annotations__, name


def test_an_import_loads_nothing_of_the_program():
    code = "import sys\nbefore = set(sys.modules)\nimport curator\nprint(sorted(set(sys.modules) - before))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() in ("['curator']", "['curator', 'types']")


def test_the_script_of_the_manual_goes_from_audit_to_export(folder, capsys):
    shutil.copy(ROOT / "sample_data" / "messy.jsonl", folder / "desk.jsonl")
    script = re.search(r"```python\n(import curator\n\nwith .*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    assert len([line for line in script.splitlines() if line]) <= 15
    exec(compile(script, str(PAGE), "exec"), {})
    capsys.readouterr()
    assert run(["validate", "curated/train.jsonl", "--target", "huggingface"]) == 0
    assert run(["audit", "desk.jsonl"]) == 0, "what was decided from Python quiets the command line"


def test_the_sessions_of_the_manual_come_out_as_printed(folder):
    lines = "".join(json.dumps({"messages": one["messages"]}) + "\n" for one in examples(9))
    (folder / "train.jsonl").write_text(lines, encoding="utf-8")
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert tried and not failed


def test_frames_datasets_and_records_are_the_same_examples(folder):
    records = [{"messages": one["messages"]} for one in examples(40) if set(one) == {"messages"}]
    ids = curator.audit(records).examples["example"].to_list()
    frame = pl.DataFrame({"messages": [one["messages"] for one in records]})
    (folder / "same.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    for data in (frame, frame.lazy(), iter(records), "same.jsonl", Path("same.jsonl"), ["same.jsonl"]):
        assert curator.audit(data).examples["example"].to_list() == ids


class FrameLikePandas:
    """What a pandas frame answers, as this environment has none."""

    columns = ("prompt", "completion")

    def to_dict(self, orient):
        assert orient == "records"
        return [
            {"prompt": f"What is {number}?", "completion": f"It is {number}.", "score": float("nan")}
            for number in range(9)
        ]


FrameLikePandas.__module__ = "pandas.core.frame"


def test_a_pandas_frame_is_read_by_its_rows(folder):
    assert curator.audit(FrameLikePandas()).examples.height == 9


def test_a_dict_of_splits_is_checked_for_leaks(folder):
    records = examples(60)
    found = curator.audit({"train": records, "validation": records[:2]}).findings
    assert found.filter(check="split-leak").height >= 2


def test_an_audit_of_records_leaves_nothing_behind(folder):
    audit = curator.audit(examples(20))
    assert audit.examples.height == 20
    assert [path for path in folder.iterdir() if path.name != "state"] == []


def test_decisions_about_records_stay_where_a_project_says(folder):
    records = examples(30)
    with curator.open(records, project="desk.curator") as project:
        first = project.audit().examples["example"][0]
        assert project.decide(f"id:{first}", "drop", reason="wrong") == 1
    with curator.open(records, project="desk.curator") as project:
        assert project.decisions.rows() == [(first, "drop", "wrong", None, False, False)]
        assert project.where("decided:drop")["example"].to_list() == [first]
        assert project.undo() == 1
        assert project.decisions.filter(status="drop").is_empty()
        assert project.undo(redo=True) == 1


def test_labels_are_those_of_the_settings(folder):
    shutil.copy(DESK, folder / "desk.jsonl")
    (folder / "curator.toml").write_text('[labels.tone]\nvalues = ["warm", "cold"]\n')
    with curator.open("desk.jsonl") as project:
        assert project.label("line:<4", "tone", "warm") == 3
        with pytest.raises(curator.CuratorError, match="no answer to 'tone'"):
            project.label("line:<4", "tone", "wrm")


def test_texts_are_compared_by_their_position(folder):
    copies = ["", "a b c d e f", "a b c d e f", "   ", "a b c d e f"]
    assert curator.duplicates(copies)["left", "right"].rows() == [(0, 3), (1, 2), (1, 4)]
    assert curator.duplicates([]).is_empty()
    with pytest.raises(curator.CuratorError, match="goes from"):
        curator.duplicates(copies, threshold=70)


def test_a_misspelled_option_is_named(folder):
    with pytest.raises(curator.CuratorError, match="Did you mean 'tokenizer'"):
        curator.open(examples(3), tokeniser="o200k_base")


def test_what_is_no_data_is_said(folder):
    with pytest.raises(curator.CuratorError, match="A int is no data"):
        curator.audit(7)


def test_a_closed_project_says_so(folder):
    with curator.open(examples(3)) as project:
        pass
    with pytest.raises(curator.CuratorError, match="The project is closed"):
        project.audit()


def test_an_audit_is_drawn_safely_in_a_notebook(folder):
    page = curator.audit([{"prompt": "<script>alert(1)</script>", "completion": ""}] * 3)._repr_html_()
    assert page.startswith("<p><b>Not ready") and "<script>" not in page


def test_a_script_without_a_guard_is_not_run_again_by_workers(folder):
    sentence = "A fairly long question about the opening hours of the desk in the third week of the month. "
    record = {"messages": [{"role": "user", "content": sentence * 30}, {"role": "assistant", "content": sentence * 30}]}
    (folder / "big.jsonl").write_text((json.dumps(record) + "\n") * 1_400)
    script = folder / "script.py"
    script.write_text(
        "import curator\nprint('begun', flush=True)\n"
        "print(curator.audit('big.jsonl', select=['near-duplicate'], embedder='none').examples.height)\n"
    )
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert ended.stdout.split() == ["begun", "1400"], ended.stderr
