"""How long an audit takes and how much memory it needs, cold and when nothing changed.

Usage: python -m benchmarks.audit DATA...
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, measured

HELP_RUNS = 11


def main() -> None:
    print(f"Machine: {machine()}\n")
    print("| what | seconds | peak memory (private, all processes) |\n| --- | --- | --- |")
    runs = [measured(["curator", "--help"]).seconds for _ in range(HELP_RUNS)]
    print(f"| `curator --help`, median of {HELP_RUNS} | {statistics.median(runs):.3f} | |")
    for data in sys.argv[1:]:
        folder = Path(tempfile.mkdtemp(prefix="curator-bench-"))
        command = ["curator", "audit", data, "--project", str(folder / "project"), "--fail-on", "never", "--quiet"]
        try:
            for name in ("cold", "nothing changed"):
                run = measured(command)
                assert run.exit_code == 0, run.stdout
                print(
                    f"| audit of {Path(data).name}, {name} | {run.seconds:.1f} | {run.mebibytes:,.0f} MiB |", flush=True
                )
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
