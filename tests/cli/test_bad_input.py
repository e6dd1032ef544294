"""What cannot be read or written ends with the documented code and a sentence; source and decisions stay."""

import json
import os
import resource
import subprocess
import sys

import pytest

from curator.cli.boundary import run
from curator.project.lock import only_one
from curator.project.opening import open_project
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")


@pytest.fixture
def desk(tmp_path):
    data = tmp_path / "desk.jsonl"
    data.write_bytes(b"".join((SAMPLES / "messy.jsonl").read_bytes().splitlines(keepends=True)[:60]))
    assert run(["decide", str(data), "--where", "line:3", "--flag", "--quiet"]) == 0
    return data


def decisions(data):
    with open_project([data]) as project:
        return project.database.rows("SELECT id, action FROM decision")


def audited(data, *options):
    return run(["audit", str(data), "--fail-on", "never", "--quiet", *options])


def on_a_disk_of(size, *arguments):
    """As a process that may make no file larger than `size` bytes, which is how a full disk looks to it."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "curator", *arguments],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


def test_a_full_disk_ends_with_4_and_the_next_run_goes_on(desk):
    before, source = decisions(desk), desk.read_bytes()
    for path in desk.with_name("desk.jsonl.curator").rglob("cache/*/*"):
        path.unlink()
    outcome = on_a_disk_of(4_000, "audit", str(desk), "--quiet")
    assert (outcome.returncode, "full" in outcome.stderr) == (4, True), outcome.stderr
    assert (decisions(desk), desk.read_bytes()) == (before, source)
    assert audited(desk) == 0


def test_a_decision_that_finds_no_room_is_refused_and_earlier_ones_stay(desk):
    before = decisions(desk)
    outcome = on_a_disk_of(70_000, "decide", str(desk), "--where", "line:<61", "--drop", "--reason", "x" * 5000)
    assert (outcome.returncode, "full" in outcome.stderr) == (4, True), outcome.stderr
    assert decisions(desk) == before


@pytest.mark.parametrize("option", ["--findings", "--html", "--markdown", "--pairs"])
def test_a_report_that_finds_no_room_ends_with_4(desk, capsys, option):
    assert audited(desk, option, "/dev/full") == 4
    assert "No space left" in capsys.readouterr().err


def test_output_that_finds_no_room_ends_with_4():
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        outcome = subprocess.run(
            [sys.executable, "-P", "-m", "curator", "checks"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (outcome.returncode, "disk is full" in outcome.stderr, "Traceback" in outcome.stderr) == (4, True, False)


def test_a_second_audit_at_the_same_time_is_refused_and_says_who_is_at_work(desk, capsys, monkeypatch):
    monkeypatch.setattr(only_one, "__wrapped__", only_one.__wrapped__)  # the lock is the real one
    monkeypatch.setattr(only_one.__wrapped__, "__defaults__", (0.1,))
    with open_project([desk]) as project, only_one(project, "an audit"):
        capsys.readouterr()
        assert audited(desk) == 2
    said = capsys.readouterr().err
    assert "An audit is running" in said and str(os.getpid()) in said


def test_a_file_in_another_encoding_is_told_how_to_convert_it(tmp_path, capsys):
    line = '{"messages": [{"role": "user", "content": "Où?"}, {"role": "assistant", "content": "Là."}]}\n'
    (tmp_path / "a.jsonl").write_bytes(line.encode("latin-1") * 3)
    assert run(["audit", str(tmp_path / "a.jsonl")]) == 1
    assert "iconv -f WINDOWS-1252 -t UTF-8" in capsys.readouterr().out


def test_lines_of_another_encoding_among_others_are_named_and_nothing_else_is_lost(tmp_path):
    line = '{"messages": [{"role": "user", "content": "Où?"}, {"role": "assistant", "content": "Là."}]}\n'
    (tmp_path / "a.jsonl").write_bytes(line.encode() * 2 + line.encode("latin-1") + line.encode())
    assert audited(tmp_path / "a.jsonl", "--findings", str(tmp_path / "f.jsonl")) == 0
    found = [json.loads(one) for one in (tmp_path / "f.jsonl").read_text().splitlines()]
    assert [one["line"] for one in found if one["check"] == "invalid-encoding"] == [3]
    assert {one["line"] for one in found if one["check"] == "exact-duplicate"} == {2, 4}


def test_a_pipe_is_read_whole_and_leaves_nothing_behind(tmp_path):
    content = (SAMPLES / "support_desk.jsonl").read_bytes()[:20_000].rpartition(b"\n")[0]
    outcome = subprocess.run(
        [sys.executable, "-P", "-m", "curator", "show", "-", "--limit", "1", "--project", str(tmp_path / "project")],
        input=content,
        capture_output=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "-:1" in outcome.stdout.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["project"]
