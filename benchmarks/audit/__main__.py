"""How long an audit takes and how much memory it needs, cold and when nothing changed, without embeddings and with.

Usage: python -m benchmarks.audit DATA...
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, measured

HELP_RUNS = 11
KINDS = {"without embeddings": ["--no-meaning"], "with embeddings": []}


def main() -> None:
    print(f"Machine: {machine()}\n")
    print(
        "| what | seconds | processor seconds | memory without mapped files | largest process, mapped files counted |"
    )
    print("| --- | --- | --- | --- | --- |")
    runs = [measured(["curator", "--help"]) for _ in range(HELP_RUNS)]
    wall, used = (
        statistics.median(values) for values in zip(*((r.seconds, r.processor_seconds) for r in runs), strict=True)
    )
    print(f"| `curator --help`, median of {HELP_RUNS} | {wall:.3f} | {used:.3f} | | |", flush=True)
    for data in map(Path, sys.argv[1:]):
        for kind, options in KINDS.items():
            audited(data, kind, options)


def audited(data: Path, kind: str, options: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="curator-bench-") as folder:
        command = ["curator", "audit", str(data), "--project", f"{folder}/project", "--fail-on", "never", "--quiet"]
        command += [*options, "--report", f"{folder}/report.json"]
        for name in ("cold", "nothing changed"):
            run = measured(command)
            assert run.exit_code == 0, run.stdout
            print(
                f"| audit of {data.name}, {kind}, {name} | {run.seconds:.1f} | {run.processor_seconds:.1f} | "
                f"{run.mebibytes:,.0f} MiB | {run.largest / 2**20:,.0f} MiB |",
                flush=True,
            )
        report = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))
    if report["meaning"]:
        print(f"\n{report['meaning']['note']}\n")


if __name__ == "__main__":
    main()
