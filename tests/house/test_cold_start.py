"""`curator --help` starts cold in the time of a few imports, whatever else the product grows."""

import subprocess
import sys

from tests.house.product import ROOT

MOST_MODULES = 330
"""Modules that `--help` may load. Click and what it needs load about 250; each further package shows."""


MOST_FILES_OF_AN_AUDIT = 204
"""Files of the product that a first audit enters; what a command may need and this one does not is imported there."""


def test_help_loads_few_modules():
    code = (
        "import contextlib, io, sys\n"
        "from curator.cli.boundary import run\n"
        "with contextlib.redirect_stdout(io.StringIO()): run(['--help'])\n"
        "print(len(sys.modules))"
    )
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(outcome.stdout) <= MOST_MODULES


def test_help_names_every_command():
    from curator.cli.commands import COMMANDS

    outcome = subprocess.run([sys.executable, "-m", "curator", "--help"], capture_output=True, text=True, check=True)
    assert [name for name in COMMANDS if f"  {name} " not in outcome.stdout] == []


def test_a_first_audit_enters_few_files(tmp_path):
    code = (
        "import contextlib, io, sys\n"
        "from curator.cli.boundary import run\n"
        "with contextlib.redirect_stdout(io.StringIO()): run(sys.argv[1:])\n"
        "own = [module for name, module in sys.modules.items() if name.split('.')[0] in ('curator', 'trainer')]\n"
        "print(sum(not str(module.__file__).endswith('__init__.py') for module in own))"
    )
    arguments = ["audit", str(ROOT / "sample_data" / "support_desk.jsonl"), "--project", str(tmp_path / "project")]
    outcome = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert int(outcome.stdout) <= MOST_FILES_OF_AN_AUDIT


def test_an_audit_of_what_did_not_change_loads_no_compiler(tmp_path):
    code = (
        "import contextlib, io, sys\n"
        "from curator.cli.boundary import run\n"
        "with contextlib.redirect_stdout(io.StringIO()): run(sys.argv[1:])\n"
        "print('numba' in sys.modules)"
    )
    arguments = ["audit", str(ROOT / "sample_data" / "support_desk.jsonl"), "--project", str(tmp_path / "project")]
    loads = [
        subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert [load.strip() for load in loads] == ["True", "False"]
