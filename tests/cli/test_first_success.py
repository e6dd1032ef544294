"""The first success of README.md: the sample data, the printed steps and nothing else, and the set is ready."""

import re
import shlex
import tomllib
from pathlib import Path

from curator.cli.boundary import run
from curator.data.sample_data import NAMES

ROOT = Path(__file__).parents[2]
AUDIT = "curator audit desk/messy.jsonl"
MOST = 10


def printed_commands(text):
    """The commands that a report offers, in order."""
    return [line.strip() for line in text.splitlines() if line.strip().startswith("curator ")]


def shown_in_readme():
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## First success")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curator ")]


def test_following_only_the_printed_steps_reaches_ready_in_at_most_ten_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    done = []

    def type_in(command):
        done.append(command)
        capsys.readouterr()
        outcome = run(shlex.split(command)[1:])
        return outcome, capsys.readouterr().out

    assert type_in("curator sample desk")[0] == 0
    outcome, report = type_in(AUDIT)
    while "Ready: " not in report:
        assert outcome == 1
        for command in printed_commands(report):
            assert type_in(command)[0] == 0, command
        outcome, report = type_in(AUDIT)
    assert outcome == 0
    assert len(done) <= MOST, done
    for command in printed_commands(report):
        assert type_in(command)[0] == 0, command
    assert (tmp_path / "curated" / "train.jsonl").exists()
    typed = [command for command in done if "--where check:inconsistent" not in command]
    assert [command.replace(" --fail-on never", "") for command in shown_in_readme()] == typed


def test_an_installed_package_brings_the_samples_along():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {f"sample_data/{name}": f"curator/sample/{name}" for name in NAMES}
    assert all((ROOT / name).is_file() for name in included)


def test_samples_that_are_there_stay_and_another_file_of_their_name_is_not_touched(tmp_path, capsys):
    assert run(["sample", str(tmp_path / "desk")]) == 0
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "desk").iterdir()}
    assert run(["sample", str(tmp_path / "desk")]) == 0
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "desk").iterdir()} == before
    (tmp_path / "desk" / "messy.jsonl").write_text("mine")
    assert run(["sample", str(tmp_path / "desk")]) == 2
    assert "is there already and is not the sample" in capsys.readouterr().err
    assert (tmp_path / "desk" / "messy.jsonl").read_text() == "mine"
