"""The command line is what people expect: the usual short options, the nearest name, completion, reports by ending."""

import hashlib
import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from curator.cli.boundary import run
from curator.errors import UsageError
from curator.training.runs.find import run_folder
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Seventy lines with faults, as `d.jsonl`."""
    lines = (SAMPLES / "messy.jsonl").read_bytes().splitlines(keepends=True)[:70]
    (tmp_path / "d.jsonl").write_bytes(b"".join(lines))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder):
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_report_is_written_in_the_form_of_its_ending_and_open_findings_alone_reach_ci(folder, capsys):
    endings = ("html", "json", "md", "sarif", "xml")
    reports = [word for ending in endings for word in ("--report", f"r.{ending}")]
    assert run(["audit", "d.jsonl", "-q", *reports]) == 1
    before = json.loads((folder / "r.sarif").read_text())["runs"][0]["results"]
    assert {"error", "warning"} <= {result["level"] for result in before}
    assert ElementTree.parse(folder / "r.xml").getroot().find("testcase/failure") is not None
    assert (folder / "r.html").read_text().startswith("<!doctype html>")
    assert run(["audit", "d.jsonl", "-q", "--accept-all", *reports]) == 0
    assert json.loads((folder / "r.sarif").read_text())["runs"][0]["results"] == []
    assert ElementTree.parse(folder / "r.xml").getroot().find("testcase/failure") is None
    capsys.readouterr()
    assert run(["audit", "d.jsonl", "-q", "--output-format", "github"]) == 0
    assert capsys.readouterr().out == ""


def test_githubs_annotations_stand_at_their_lines(folder, capsys):
    assert run(["audit", "d.jsonl", "-q", "--output-format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("::error file=d.jsonl,line=50,title=invalid-json::") for line in lines)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)


@pytest.mark.parametrize("place", ["nowhere/r.html", "r.pdf", "."])
def test_a_report_that_cannot_be_written_is_refused_before_the_work(folder, capsys, place):
    assert run(["audit", "d.jsonl", "--report", place]) == 2
    assert place in capsys.readouterr().err
    assert not (folder / "d.jsonl.curator" / "cache").exists() or not any(
        (folder / "d.jsonl.curator" / "cache").rglob("*-about.*")
    )


def test_json_is_a_flag_and_short_options_are_the_usual_ones(folder, capsys):
    assert run(["audit", "d.jsonl", "-q", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["examples"]
    assert run(["show", "d.jsonl", "-q", "-n", "2", "--json", "--no-color"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert run(["split", "d.jsonl", "-q", "--json", "-o", "s.json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((folder / "s.json").read_text())
    assert run(["leaks", "d.jsonl", "d.jsonl", "-q", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["leaking"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["duplicates", "d.jsonl", "--thresold", "0.5"], "Did you mean '--threshold'?"),
        (["audit", "d.jsonl", "--output-format", "jsn"], "Did you mean 'json'?"),
        (["audi", "d.jsonl"], "Did you mean 'audit'?"),
        (["audit", "d.jsonl", "--target", "opnai"], "Did you mean 'openai'?"),
        (["audit", "d.jsonl", "--format", "sharegtp"], "Did you mean 'sharegpt'?"),
        (["completion", "fsh"], "Did you mean 'fish'?"),
        (["audit", "d.jsnl"], "Did you mean 'd.jsonl'?"),
        (["d.jsonl"], "It is a file: a command goes before it"),
        (["audit", "d.jsonl", "--fail-on", "eror"], "Did you mean 'error'?"),
        (["audit", "d.jsonl", "--select", "refusl"], "Did you mean 'refusal'?"),
        (["show", "d.jsonl", "--where", "severity:eror"], "Did you mean 'error'?"),
        (["show", "d.jsonl", "--where", "split:trian"], "Did you mean 'train'?"),
        (["show", "d.jsonl", "--where", "kind:prefernce"], "Did you mean 'preference'?"),
        (["show", "d.jsonl", "--where", "chek:refusal"], "Did you mean 'check'?"),
        (["duplicates", "d.jsonl", "--relations", "copi"], "Did you mean 'copy'?"),
        (["decide", "d.jsonl", "--policy", "recomended"], "Did you mean 'recommended'?"),
        (["config", "set", "chekcs.select", "refusal", "d.jsonl"], "Did you mean 'check.select'?"),
        (["train", "d.jsonl", "--model", "x", "--set", "training.epoch=2"], "(nearest: epochs)"),
    ],
)
def test_whatever_does_not_exist_gets_the_nearest_that_does(folder, capsys, words, hint):
    assert run(words) == 2
    assert hint in capsys.readouterr().err


def test_an_option_is_offered_only_where_it_means_something_and_shared_ones_come_last(capsys):
    assert run(["undo", "--help"]) == 0
    undo = capsys.readouterr().out
    assert "--against" not in undo and "--annotator" in undo
    assert run(["audit", "--help"]) == 0
    own, _, shared = capsys.readouterr().out.partition("Shared options:")
    assert "--fail-on" in own and "--select" in shared and "--where" not in own + shared


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["compl"], "completion"),
        (["audit", "--select", "refusal,near"], "refusal,near-duplicate"),
        (["export", "--target", "axo"], "axolotl"),
        (["decide", "--policy", "reco"], "recommended"),
        (["audit", "--tokenizer", "qw"], "qwen3"),
    ],
)
def test_a_shell_completes_names_and_values(typed, offered):
    words = ["curator", *typed]
    environment = os.environ | {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    outcome = subprocess.run(
        [sys.executable, "-P", "-m", "curator"],
        env=environment | {"_CURATOR_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"plain,{offered}" in outcome.stdout.splitlines(), outcome


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_script(shell, capsys):
    assert run(["completion", shell]) == 0
    assert f"{shell}_complete" in capsys.readouterr().out


def test_a_dry_run_writes_nothing_at_all(folder, capsys):
    before = contents(folder)
    assert run(["decide", "d.jsonl", "--policy", "recommended", "--dry-run"]) == 0
    assert "repair" in capsys.readouterr().out
    assert contents(folder) == before
    assert run(["audit", "d.jsonl", "-q"]) == 1
    before = contents(folder)
    assert run(["decide", "d.jsonl", "--where", "check:refusal", "--drop", "--dry-run"]) == 0
    model = str(SAMPLES / "tiny-llama")
    words = ["train", "d.jsonl", "--model", model, "--dry-run", "--skip-invalid", "--mask-secrets", "--allow-leaks"]
    assert run(words) == 0, capsys.readouterr().err
    assert contents(folder) == before


def test_a_run_is_named_by_its_name_or_last_or_its_folder(tmp_path):
    with pytest.raises(UsageError, match="There is no run 'last'"):
        run_folder("last", tmp_path)
    assert run_folder(str(tmp_path), tmp_path) == tmp_path


def test_the_trainer_says_its_version():
    outcome = subprocess.run(
        [sys.executable, "-P", "-m", "trainer", "--version"], capture_output=True, text=True, check=True
    )
    assert outcome.stdout.startswith("trainer, version ")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("review.keep", "bogus", "no key 'bogus'"),
        ("review.kep", "x", "no action 'review.kep'"),
        ("review.keep", "d", "d"),
    ],
)
def test_config_set_refuses_what_is_no_key_and_a_key_that_is_taken(folder, capsys, key, value, said):
    assert run(["config", "set", f"keys.{key}", value, "d.jsonl"]) == 2
    assert said in capsys.readouterr().err
    assert not (folder / "curator.toml").exists()
    assert run(["config", "set", "keys.review.keep", "K", "d.jsonl"]) == 0


def test_the_kinds_of_allow_lost_are_the_trainers():
    from typing import get_args

    from curator.cli.train.train import LOSSES
    from trainer.contract.settings import TrainingSettings

    (kinds,) = get_args(TrainingSettings.model_fields["allow_lost"].annotation)
    assert get_args(kinds) == LOSSES


def test_lost_content_is_allowed_by_kind(folder, capsys):
    model = str(SAMPLES / "tiny-llama")
    words = [
        "train",
        "d.jsonl",
        "-q",
        "--model",
        model,
        "--prepare",
        "--skip-invalid",
        "--mask-secrets",
        "--allow-leaks",
    ]
    assert run([*words, "--allow-lost", "tools", "--allow-lost", "reasoning"]) == 0
    made = json.loads(capsys.readouterr().out)["folder"]
    assert 'allow_lost = ["tools", "reasoning"]' in (folder / made / "run.toml").read_text()
