"""How long an audit takes and how much memory it needs, cold and when nothing changed; without embeddings.

Usage: python -m benchmarks.audit DATA...
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, measured

HELP_RUNS = 11
WITHOUT_EMBEDDINGS = ["--ignore", "semantic-duplicate,outlier,thin-topic,dominant-topic"]


def main() -> None:
    print(f"Machine: {machine()}\n")
    print("| what | seconds | processor seconds | peak memory (private, all processes) |\n| --- | --- | --- | --- |")
    runs = [measured(["curator", "--help"]) for _ in range(HELP_RUNS)]
    wall, used = (
        statistics.median(values) for values in zip(*((r.seconds, r.processor_seconds) for r in runs), strict=True)
    )
    print(f"| `curator --help`, median of {HELP_RUNS} | {wall:.3f} | {used:.3f} | |", flush=True)
    for data in sys.argv[1:]:
        folder = Path(tempfile.mkdtemp(prefix="curator-bench-"))
        command = ["curator", "audit", data, "--project", str(folder / "project"), "--fail-on", "never", "--quiet"]
        command += WITHOUT_EMBEDDINGS
        try:
            for name in ("cold", "nothing changed"):
                run = measured(command)
                assert run.exit_code == 0, run.stdout
                figures = f"{run.seconds:.1f} | {run.processor_seconds:.1f} | {run.mebibytes:,.0f} MiB"
                print(f"| audit of {Path(data).name}, {name} | {figures} |", flush=True)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
