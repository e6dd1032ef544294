"""What `pip install curator-tune` brings: a base without torch, all that the program reads, a typed package."""

import subprocess
import sys
import tomllib
import zipfile
from email.parser import BytesParser

import pytest

from curator.errors import EXTRAS
from tests.house.product import ROOT

HEAVY = {
    "torch",
    "transformers",
    "peft",
    "bitsandbytes",
    "sentence-transformers",
    "accelerate",
    "scipy",
    "scikit-learn",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as opened:
        yield opened


def metadata_of(wheel):
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return BytesParser().parsebytes(wheel.read(name))


def test_the_base_of_the_wheel_asks_for_no_torch(wheel):
    metadata = metadata_of(wheel)
    assert metadata["Name"] == "curator-tune"
    base = [wish for wish in metadata.get_all("Requires-Dist") if "extra ==" not in wish]
    names = {wish.replace(">", " ").replace("<", " ").replace("=", " ").split()[0] for wish in base}
    assert names and names.isdisjoint(HEAVY)


def test_the_wheel_holds_every_file_that_the_program_reads(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "curator", "trainer"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    samples = [f"curator/sample/{name}.jsonl" for name in ("messy", "support_desk", "benchmark")]
    wanted = {*tracked, *samples, "curator/py.typed", "trainer/py.typed"}
    assert wanted - set(wheel.namelist()) == set()


def test_the_wheel_has_three_commands(wheel):
    name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(name).decode()
    assert [command for command in ("curator", "trainer", "curator-tune") if f"{command} = " not in text] == []


def test_curator_and_trainer_have_one_version():
    import curator
    import trainer

    assert curator.__version__ == trainer.__version__


def test_every_install_line_names_an_extra_that_exists():
    assert set(EXTRAS.values()) <= set(PROJECT["optional-dependencies"])


def test_all_is_every_extra_for_users():
    extras = PROJECT["optional-dependencies"]
    (everything,) = extras["all"]
    named = set(everything.partition("[")[2].rstrip("]").split(","))
    assert named == set(extras) - {"all", "test", "check", "bench"}
