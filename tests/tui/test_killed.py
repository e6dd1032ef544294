"""`kill -9` at any moment of a labelling run loses no decision, and the app reopens where it was."""

import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def run_and_kill(data, seed, lines):
    """Label until so many lines were said, then kill; the lines that came out."""
    command = [sys.executable, "-m", "tests.tui.labelling_run", str(data), str(seed)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        said = [child.stdout.readline().strip() for _ in range(lines)]
        child.kill()
        rest, trouble = child.communicate()
    assert all(said), trouble
    return said + [line for line in rest.split("\n")[:-1] if line]


def decided(data):
    """Examples of decisions in the log, undone or not, and how many undos; asked of SQLite itself."""
    with sqlite3.connect(data.parent / f"{data.name}.curator" / "project.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT example, action FROM decision ORDER BY sequence").fetchall()
    return [example for example, action in rows if action != "undo"], sum(action == "undo" for _, action in rows)


@pytest.mark.timeout(600)
def test_no_decision_is_lost_and_the_app_reopens_where_it_was(desk, tmp_path):
    shutil.copytree(desk.parent, tmp_path / "again")
    data = tmp_path / "again" / desk.name
    chance = random.Random(7)
    known, undos, last = [], 0, None
    for seed in range(4):
        said = run_and_kill(data, seed, chance.randrange(2, 25))
        known += [line.split()[1] for line in said if line.startswith("decided")]
        undos += said.count("undone")
        in_log, undone = decided(data)
        assert [example for example in known if example not in in_log] == []
        assert len(known) <= len(in_log) <= len(known) + seed + 1
        assert undos <= undone + sum(line == "undone" for line in said)
        first = next(line.split()[1] for line in said if line.startswith("showing"))
        assert last is None or first == last or last in in_log
        last = [line.split()[1] for line in said if line.startswith("showing")][-1]
