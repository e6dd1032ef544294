"""A folder of data in which there is a module of every name that the program imports: not one of them is run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from curator.module_path import module_command
from tests.audit.run import chat, write
from tests.safety.traps import ROOT, Mark, environment, imported_names, plant_modules

MODEL = ROOT / "sample_data" / "tiny-llama"
PROGRAMS = Path(sys.executable).parent

AUDIT_IN_WORKERS = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
from curator.cli.boundary import run
from curator.audit.runners import local as workers
run(["audit", "chats.jsonl", "--project", "first", "--quiet"])
workers.WORTH_A_WORKER, workers.cores = 0, lambda: 2
sys.path.insert(0, "")  # as in a notebook
sys.exit(run(["audit", "chats.jsonl", "--project", "second", "--quiet"]))
"""

AUDIT_AS_A_JOB = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
from curator.audit.job import start_audit
from curator.audit.open_data import open_data
from curator.settings.request import DataRequest
with open_data(DataRequest(("chats.jsonl",), project="job")) as opened:
    job = start_audit(opened)
    for _ in job.follow():
        pass
assert job.state() == "finished", job.log_tail()
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A folder with data and a run's folder, both full of traps, and the mark that they leave."""
    folder = tmp_path_factory.mktemp("hostile")
    mark = Mark(tmp_path_factory.mktemp("mark") / "sprung")
    write(folder / "chats.jsonl", [chat(f"What is {n}?", f"The number {n}, and {n * 7} after it.") for n in range(40)])
    received = folder / "run"
    received.mkdir()
    write(received / "train.jsonl", [chat(f"What is {n}?", f"The number {n}, and no other.") for n in range(12)])
    write(received / "validation.jsonl", [chat(f"Which is {n}?", f"It is number {n}.") for n in range(50, 53)])
    (received / "run.toml").write_text(f"[model]\nname = {json.dumps(str(MODEL))}\n")
    for place in (folder, received):
        plant_modules(place, mark, imported_names())
    return folder, mark


def done(hostile, command, folder="."):
    place, mark = hostile
    mark.path.unlink(missing_ok=True)
    ended = subprocess.run(command, cwd=place / folder, env=environment(), capture_output=True, text=True)
    assert mark.sprung == []
    return ended


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("audit chats.jsonl", (0, 1)),
        ("split chats.jsonl", (0,)),
        ("export chats.jsonl --target openai --out out --skip-invalid", (0,)),
        ("validate chats.jsonl --target openai", (0, 1)),
        (f"train chats.jsonl --model {MODEL} --dry-run --allow-leaks --skip-invalid", (0,)),
    ],
    ids=lambda value: str(value).partition(" ")[0],
)
def test_no_command_runs_what_lies_in_its_working_folder(hostile, command, codes):
    ended = done(hostile, [PROGRAMS / "curator", *command.split()])
    assert ended.returncode in codes, ended.stderr


@pytest.mark.parametrize(("verb", "code"), [("plan", 0), ("chat", 3)])
def test_no_trainer_runs_what_lies_in_the_run_that_it_is_given(hostile, verb, code):
    ended = done(hostile, [PROGRAMS / "trainer", verb, "."], "run")
    assert ended.returncode == code, ended.stderr


@pytest.mark.parametrize("script", [AUDIT_IN_WORKERS, AUDIT_AS_A_JOB], ids=["workers", "job"])
def test_nothing_that_is_started_runs_it_either(hostile, script):
    ended = done(hostile, [sys.executable, "-c", script])
    assert ended.returncode in (0, 1), ended.stderr
    assert "Traceback" not in ended.stderr, ended.stderr


def test_a_page_of_the_app_in_a_browser_starts_without_it(hostile):
    ended = done(hostile, module_command("curator.tui.web", '{"data": ["no-such-file.jsonl"]}'))
    assert "no-such-file" in ended.stderr


def test_python_itself_asked_for_the_program_leaves_the_folder_at_once(tmp_path):
    """Before our first line it has imported a few modules of its own, and the package that it was told to run."""
    loads = subprocess.run([sys.executable, "-c", "import runpy, sys; print(*sys.modules)"], capture_output=True)
    before = {"curator", "trainer", *(name.partition(".")[0] for name in loads.stdout.decode().split())}
    mark = Mark(tmp_path / "mark")
    (tmp_path / "data").mkdir()
    plant_modules(tmp_path / "data", mark, [name for name in imported_names() if name not in before])
    for command in (["curator", "checks"], ["trainer", "plan", "."]):
        done((tmp_path / "data", mark), [sys.executable, "-m", *command])


def test_the_traps_work(hostile):
    """A Python that is started as the program is not would have run them."""
    folder, mark = hostile
    subprocess.run([sys.executable, "-c", "import torch"], cwd=folder, env=environment(), check=False)
    assert mark.sprung == ["torch"]
