"""Ctrl-C or `kill -9` at any moment: a sentence where one is possible, and no decision, file or source is harmed."""

import hashlib
import json
import random
import signal
import subprocess
import sys

import pytest

from curator.cli.boundary import run
from curator.project.opening import open_project
from tests.cli.moments import Moment
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")

LINES = 90
KILLED = """
import os, signal, sys
from curator.cli.boundary import run
from tests.cli.moments import Moment
with Moment(int(sys.argv[1]), lambda: os.kill(os.getpid(), signal.SIGKILL), within="project").watched() as moment:
    outcome = run(sys.argv[2:])
print("lines", moment.lines)
sys.exit(outcome)
"""


@pytest.fixture
def desk(tmp_path):
    data = tmp_path / "desk.jsonl"
    data.write_bytes(b"".join((SAMPLES / "messy.jsonl").read_bytes().splitlines(keepends=True)[:LINES]))
    assert run(["decide", str(data), "--where", "line:3", "--flag", "--reason", "made before", "--quiet"]) == 0
    return data


def fingerprint(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def decided(data):
    with open_project([data]) as project:
        assert project.database.rows("PRAGMA integrity_check") == [("ok",)]
        return project.database.rows("SELECT id, action FROM decision ORDER BY id")


def findings(data, folder):
    assert run(["audit", str(data), "--findings", str(folder / "f.jsonl"), "--fail-on", "never", "--quiet"]) == 0
    return [json.loads(line) for line in (folder / "f.jsonl").read_text().splitlines()]


def forget_what_was_derived(data):
    """The next audit starts anew, so that there is something to interrupt."""
    for path in data.with_name("desk.jsonl.curator").rglob("cache/*/*"):
        path.unlink()


COMMANDS = {
    "audit": ["audit", "DATA", "--findings", "OUT", "--html", "OUT.html", "--fail-on", "never"],
    "decide": ["decide", "DATA", "--where", "line:10..39", "--drop", "--quiet"],
    "policy": ["decide", "DATA", "--policy", "recommended", "--quiet"],
    "export": [
        "export",
        "DATA",
        "--target",
        "huggingface",
        "--out",
        "OUT.d",
        "--skip-invalid",
        "--mask-secrets",
        "--replace",
        "--quiet",
    ],
}


def worded(command, data):
    locations = {"DATA": str(data), "OUT": "out", "OUT.html": "out.html", "OUT.d": "out"}
    return [
        str(data.parent / locations[word]) if word.startswith("OUT") else locations.get(word, word) for word in command
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_at_any_moment_ends_with_130_and_a_sentence(desk, capsys, name):
    command, before, source = worded(COMMANDS[name], desk), decided(desk), fingerprint(desk)
    with Moment(0, lambda: None).watched() as whole:
        assert run(command) == 0
    chance = random.Random(f"interrupted {name}")
    for at in sorted(chance.randrange(1, whole.lines) for _ in range(8)):
        forget_what_was_derived(desk)
        capsys.readouterr()
        with Moment(at, lambda: signal.raise_signal(signal.SIGINT)).watched():
            outcome = run(command)
        said = capsys.readouterr()
        assert (outcome, "Traceback" in said.err) == (130, False), (at, said.err)
        assert "curator: interrupted." in said.err
        assert fingerprint(desk) == source
        assert set(before) <= set(decided(desk))
        assert [path.name for path in desk.parent.glob(".*")] == [], "nothing half-written is left behind"


@pytest.mark.parametrize("name", ["audit", "decide"])
def test_kill_9_at_any_moment_loses_no_decision_and_leaves_no_half_of_one(desk, name):
    command, source = worded(COMMANDS[name], desk), fingerprint(desk)
    wanted, before = findings(desk, desk.parent), decided(desk)
    forget_what_was_derived(desk)
    whole = killed(0, command)
    assert whole.returncode == 0, whole.stderr
    at_once = len(decided(desk)) - len(before)
    assert at_once == (0 if name == "audit" else 30)
    lines, chance = int(whole.stdout.split()[-1]), random.Random(f"killed {name}")
    for at in (chance.randrange(1, lines) for _ in range(4)):
        before = decided(desk)
        forget_what_was_derived(desk)
        assert killed(at, command).returncode == -signal.SIGKILL
        assert fingerprint(desk) == source
        assert set(before) <= set(decided(desk))
        assert len(decided(desk)) - len(before) in (0, at_once), "all that is decided at once, or nothing"
    assert findings(desk, desk.parent) == wanted


def killed(at, command):
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(at), *command], capture_output=True, text=True, check=False
    )
