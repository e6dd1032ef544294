"""Data as other tools leave them: folders of `datasets`, pointers, names of the hub; and curator in their pipelines."""

import json
import shlex

import pyarrow as pa
import pytest
import yaml
from pyarrow import ipc

import curator
from curator.cli.boundary import run
from tests.house.product import ROOT


@pytest.fixture(autouse=True)
def away(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("CURATOR_MEANING_EMBEDDER", "none")
    monkeypatch.chdir(tmp_path)


def rows(first, last):
    return [
        {"prompt": f"Where is the desk number {number} on the floor?", "completion": f"On floor {number}."}
        for number in range(first, last)
    ]


def saved(folder, examples):
    """As `datasets.Dataset.save_to_disk` writes it."""
    folder.mkdir(parents=True)
    table = pa.Table.from_pylist(examples)
    with ipc.new_stream(str(folder / "data-00000-of-00001.arrow"), table.schema) as stream:
        stream.write_table(table)
    (folder / "state.json").write_text('{"_data_files": [{"filename": "data-00000-of-00001.arrow"}]}')
    (folder / "dataset_info.json").write_text('{"features": {}}')


def test_a_saved_dataset_dict_is_checked_for_leaks_between_its_splits(tmp_path):
    saved(tmp_path / "desks" / "train", rows(0, 30))
    saved(tmp_path / "desks" / "test", rows(28, 34))
    (tmp_path / "desks" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    audit = curator.audit("desks")
    assert audit.examples.height == 36
    assert audit.findings.filter(check="split-leak").height >= 2


def test_a_pointer_of_git_lfs_is_named(tmp_path, capsys):
    (tmp_path / "chats.jsonl").write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d' * 32}\nsize 12345\n"
    )
    assert run(["audit", "chats.jsonl"]) == 2
    assert "git lfs pull" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("acme/desk-chats", "hf download acme/desk-chats --repo-type dataset --local-dir desk-chats"),
        ("hf://datasets/acme/desk_chats.v2", "hf download acme/desk_chats.v2 --repo-type dataset"),
        ("s3://acme/chats.jsonl", "fetch it first, and name the file"),
        ("https://acme.example/chats.jsonl", "fetch it first, and name the file"),
    ],
)
def test_data_that_are_elsewhere_are_to_be_fetched(name, sentence, capsys):
    assert run(["audit", name]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("name", ["chats.jsonl", "data/chats.jsonl", "./acme/chats", "a/b/c"])
def test_a_file_that_is_missing_is_only_missing(name, capsys):
    assert run(["audit", name]) == 2
    assert capsys.readouterr().err.endswith("does not exist.\n")


def test_the_hook_of_pre_commit_runs(tmp_path, capsys):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (tmp_path / "chats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(0, 5)))
    words = [*shlex.split(hook["entry"])[1:], *hook["args"]]
    assert run([*words, "chats.jsonl"]) == 0
    with (tmp_path / "chats.jsonl").open("a") as file:
        file.write('{"prompt": "Who?", "completion": \n')
    assert run([*words, "chats.jsonl"]) == 1
    assert "::error file=chats.jsonl,line=6" in capsys.readouterr().out


def test_the_action_asks_for_options_that_exist(tmp_path, capsys):
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    script = action["runs"]["steps"][-1]["run"]
    assert not any("${{" in step["run"] for step in action["runs"]["steps"]), "an input is no shell code"
    (tmp_path / "chats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(0, 5)))
    command = script[script.index("curator audit") : script.index("||")].replace("\\\n", " ")
    for name, value in {
        "$DATA": "chats.jsonl", '"$FAIL_ON"': "error", "$ARGUMENTS": "", "$RUNNER_TEMP": str(tmp_path),
    }.items():  # fmt: skip
        command = command.replace(name, value)
    assert run(shlex.split(command)[1:]) == 0
    assert (tmp_path / "curator.md").read_text().startswith("#")
