"""Pipes in and out, streams that are full or closed, and file names of any bytes: no command ends in a crash."""

import json
import os
import subprocess
import sys
import threading

import pytest

from curator.cli.boundary import run
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")

CURATOR = [sys.executable, "-m", "curator"]


@pytest.fixture
def desk(tmp_path):
    data = tmp_path / "desk.jsonl"
    data.write_bytes(b"".join((SAMPLES / "messy.jsonl").read_bytes().splitlines(keepends=True)[:40]))
    assert run(["decide", str(data), "--where", "line:3", "--flag", "--quiet"]) == 0
    return data


def decided(data):
    assert run(["decisions", "export", str(data), str(data.parent / "all.jsonl"), "--quiet"]) == 0
    return [json.loads(line) for line in (data.parent / "all.jsonl").read_text().splitlines()]


def into(destination, folder, *arguments):
    """As a command whose stdout is `destination`: an exit code and what was said."""
    with open(destination, "wb") as stdout:  # noqa: PTH123 - a device
        outcome = subprocess.run(
            [*CURATOR, *arguments], cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
        )
    return outcome.returncode, outcome.stderr


CHANGES = {
    "undo": (["undo", "desk.jsonl"], "The undo was made"),
    "decide": (["decide", "desk.jsonl", "--where", "line:4", "--drop"], "1 decision was made"),
    "policy": (["decide", "desk.jsonl", "--policy", "recommended"], " made"),
    "import": (["decisions", "import", "desk.jsonl", "theirs.jsonl"], "The decisions were imported"),
    "split": (["split", "desk.jsonl"], "The split was made and saved"),
    "export": (
        ["export", "desk.jsonl", "--target", "mlx", "--skip-invalid", "--mask-secrets", "--out", "out"],
        "The export was written",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_done_is_said_to_be_done_when_its_report_finds_no_room(desk, name):
    command, sentence = CHANGES[name]
    line = {"id": "x", "example": "a" * 16, "action": "drop", "annotator": "anna", "time": "2020-01-01T00:00:00Z"}
    (desk.parent / "theirs.jsonl").write_text(json.dumps(line))
    desk.write_bytes(desk.read_bytes() + desk.read_bytes().splitlines(keepends=True)[0])  # a copy, for the policy
    before = decided(desk)
    code, said = into("/dev/full", desk.parent, *command)
    assert (code, sentence in said, "Only the report of it" in said) == (4, True, True), said
    assert "run the command again;" not in said
    assert (len(decided(desk)) > len(before)) == (name not in ("split", "export"))


COMMANDS = [
    ["audit", "desk.jsonl", "--findings", "F", "--html", "H", "--pairs", "P"],
    ["audit", "desk.jsonl", "--findings", "-"],
    ["show", "desk.jsonl", "--limit", "0"],
    ["show", "desk.jsonl", "--limit", "0", "--json"],
    ["duplicates", "desk.jsonl", "--pairs", "P"],
    ["decisions", "export", "desk.jsonl", "-"],
    ["checks"],
    ["explain", "near-duplicate"],
    ["schema", "audit"],
    ["validate", "desk.jsonl", "--target", "openai"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_reader_that_leaves_at_once_ends_a_command_quietly_and_files_are_whole(desk, command):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stdout:
        outcome = subprocess.run(
            [*CURATOR, *command], cwd=desk.parent, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
        )
    assert outcome.returncode in (0, 141), outcome.stderr
    assert "Traceback" not in outcome.stderr and "curator:" not in outcome.stderr
    for name in [name for name in command if name in ("F", "H", "P")]:
        assert (desk.parent / name).exists()


def test_streams_that_are_closed_or_full_do_not_stop_a_decision(desk):
    before = len(decided(desk))
    script = 'exec "$0" -m curator decide desk.jsonl --where line:4 --drop'
    for redirected in (">&- 2>&- <&-", ">/dev/null 2>/dev/full"):
        code = subprocess.run(["sh", "-c", f"{script} {redirected}", sys.executable], cwd=desk.parent, check=False)
        assert code.returncode == 0
    assert len(decided(desk)) == before + 2


@pytest.mark.parametrize("outputs", [["--findings", "-", "--json"], ["--pairs", "-", "--html", "-"]])
def test_two_outputs_cannot_share_standard_output(desk, capsys, outputs):
    assert run(["audit", str(desk), *outputs]) == 2
    assert "Only one of the outputs" in capsys.readouterr().err


@pytest.mark.parametrize(("place", "code"), [("folder", 2), ("no/such/file", 2), ("x" * 300, 2), ("/dev/null", 0)])
def test_an_output_that_cannot_be_written_ends_with_a_sentence(desk, monkeypatch, capsys, place, code):
    monkeypatch.chdir(desk.parent)
    (desk.parent / "folder").mkdir()
    assert run(["audit", "desk.jsonl", "--findings", place, "--fail-on", "never"]) == code
    assert run(["decisions", "export", "desk.jsonl", place]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_named_pipe_is_read_once_and_its_copy_is_private_and_gone_afterwards(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    pipe, content = tmp_path / "pipe", (SAMPLES / "support_desk.jsonl").read_bytes()[:20_000].rpartition(b"\n")[0]
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    options = ["--limit", "1", "--project", str(tmp_path / "project")]
    outcome = subprocess.run([*CURATOR, "show", str(pipe), *options], capture_output=True, text=True, check=False)
    writer.join()
    assert outcome.returncode == 0, outcome.stderr
    assert f"{pipe}:1" in outcome.stdout.replace("\n", "")
    assert list((tmp_path / "own").iterdir()) == []


def test_a_pipe_beside_the_data_is_no_data_and_a_device_is_refused(desk, capsys):
    os.mkfifo(desk.parent / "desk.pipe")
    assert run(["audit", str(desk.parent / "desk.*"), "--fail-on", "never", "--quiet"]) == 0
    for place in ("/dev/zero", "/dev/null"):
        assert run(["audit", place]) == 2
        assert run(["validate", place, "--target", "openai"]) == 2
    assert "is a device" in capsys.readouterr().err


NAMES = [b"caf\xe9.jsonl", b"new\nline.jsonl", b"esc\x1b[31m.jsonl", "rtl\u202e.jsonl".encode(), b"-q'u\"o te.jsonl"]
NAMES += [b"x" * 249 + b".jsonl", "é".encode() * 124 + b".jsonl"]


@pytest.mark.skipif(sys.platform == "darwin", reason="names are always UTF-8 there")
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_file_may_have_any_name(desk, name):
    folder = desk.parent / "any"
    folder.mkdir()
    (folder / os.fsdecode(name)).write_bytes(desk.read_bytes())
    data = b"./" + name
    commands = [
        ["audit", data, "--fail-on", "never", "--findings", "F", "--report", "J.json", "--html", "H"],
        ["decide", data, "--where", "line:3", "--drop"],
        ["decisions", "export", data, "D"],
        ["export", data, "--target", "huggingface", "--skip-invalid", "--mask-secrets", "--out", "out"],
    ]
    for command in commands:
        outcome = subprocess.run([*CURATOR, *command], cwd=folder, capture_output=True, check=False)
        assert outcome.returncode == 0, outcome.stderr
        assert not any(mark in outcome.stdout + outcome.stderr for mark in (b"\x1b", "\u202e".encode()))
    assert json.loads((folder / "F").read_text().splitlines()[0])["check"]
    assert json.loads((folder / "J.json").read_text())["schema_version"]
    assert len((folder / "D").read_text().splitlines()) == 1
    assert (folder / "out" / "train.parquet").exists()


FIELDS = ["prompt", "completion", "text", "chosen", "label", "images", "conversations", "system", "output", "history"]


def test_a_field_of_the_users_own_may_be_named_like_any_column(tmp_path, capsys):
    values = ["some text", None, ["a", "b"], {"a": 1}, 5]
    for field in FIELDS:
        for kind in (values, ["some text"]):
            messages = [
                [{"role": "user", "content": f"Say {n}"}, {"role": "assistant", "content": f"{n}!"}] for n in range(9)
            ]
            rows = [
                {field: kind[n % len(kind)], "prompt_id": str(n), "messages": one} for n, one in enumerate(messages)
            ]
            data = tmp_path / f"{field}.jsonl"
            data.write_text("\n".join(map(json.dumps, rows)))
            out = str(tmp_path / "out")
            assert run(["export", str(data), "--target", "huggingface", "--out", out, "--replace", "--quiet"]) == 0
            assert (tmp_path / "out" / "train.parquet").exists()
            assert run(["audit", str(data), "--findings", "-", "--fail-on", "never", "--quiet"]) == 0
            assert "meant?" not in capsys.readouterr().out
