"""`curator --help` starts cold in the time of a few imports, whatever else the product grows."""

import subprocess
import sys

MOST_MODULES = 330
"""Modules that `--help` may load. Click and what it needs load about 250; each further package shows."""


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
