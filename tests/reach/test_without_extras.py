"""The base does the whole work without a package of an extra, and what needs one says how to install it."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.house.product import ROOT

SAMPLES = ROOT / "sample_data"


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    lines = (SAMPLES / "support_desk.jsonl").read_bytes().splitlines(keepends=True)[:80]
    (folder / "desk.jsonl").write_bytes(b"".join(lines))
    shutil.copytree(SAMPLES / "tiny-llama", folder / "model")
    (folder / "run").mkdir()
    environment = os.environ | {"XDG_STATE_HOME": str(folder / "state"), "OPENAI_API_KEY": "none"}
    command = [sys.executable, "-m", "tests.reach.base_only", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_base_audits_reviews_splits_exports_and_validates(ended):
    assert ended.returncode == 0, ended.stderr
    done = [line for line in ended.stdout.splitlines() if line.endswith((" 0", " 1", " 2", " 3", " 70"))]
    assert done[:6] == ["audit 0", "review 0", "split 0", "export 0", "validate 0", "similar 0"], ended.stderr


@pytest.mark.parametrize("extra", ["datasketch", "train", "encoders", "openai"])
def test_what_needs_an_extra_names_the_line_that_installs_it(ended, extra):
    assert f"pip install 'curator-tune[{extra}]'" in ended.stderr


def test_what_needs_an_extra_ends_with_3(ended):
    done = [line for line in ended.stdout.splitlines() if line.endswith((" 0", " 1", " 2", " 3", " 70"))]
    assert done[6:] == ["duplicates 3", "audit 3", "audit 3", "train 3"], ended.stderr


def test_the_trainer_says_what_it_lacks(tmp_path):
    (tmp_path / "run.toml").write_text('[model]\nname = "nowhere"\n')
    code = (
        "import sys\nfrom tests.reach.base_only import leave_out_extras\nleave_out_extras()\n"
        "from trainer.cli import main\nmain()"
    )
    words = [sys.executable, "-c", code, "run", str(tmp_path)]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "pip install 'curator-tune[train]'" in ended.stderr
