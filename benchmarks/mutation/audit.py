"""Run ``curator audit`` as anybody would, and read what it found."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.mutation.score import read_lines


def audit(data: Path, findings: Path, *options: str) -> list[dict[str, Any]]:
    """The findings of an audit of ``data``, which are written to ``findings``; its project lies beside that file."""
    program = Path(sys.executable).with_name("curator")
    command = [str(program), "audit", str(data), "--findings", str(findings), "--fail-on", "never", "--quiet"]
    project = ["--project", str(findings.with_suffix(".curator"))]
    subprocess.run([*command, *project, *options], check=True, stdout=subprocess.DEVNULL)
    return read_lines(findings)
