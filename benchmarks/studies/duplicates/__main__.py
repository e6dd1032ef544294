"""Ours and other tools on the same texts: `python -m benchmarks.studies.duplicates ALPACA [PYTHON] [RUNS] [TOOL...]`.

ALPACA is a file in Alpaca's form; a tenth of its examples is added again as edited copies. PYTHON runs the other tools,
which want an environment of their own: `pip install '.[bench]'`, then `pip install --no-deps text-dedup==0.4.0
click-option-group` and `pip install datasets`, because that one asks for older versions of what others need. Without it
only ours runs; TOOLs choose among the others. Runs of all tools alternate, each in a process of its own; medians are
printed.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.measure import machine
from benchmarks.studies.duplicates.material import read_instructions, views, with_edited_copies
from benchmarks.studies.duplicates.tools import TOOLS
from curator.duplicates.block_features import block_features
from curator.duplicates.corpus import assemble
from curator.duplicates.search import find
from curator.duplicates.verify.named_pairs import compare_named

SHARE = 0.1

Outcomes = dict[str, list[dict[str, Any]]]


def run(python: str, tool: str, file: Path) -> dict[str, Any]:
    command = [python, "-m", "benchmarks.studies.duplicates.tools", tool, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{tool}: {done.stderr[-2000:]}")
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome


def truth(examples: list[tuple[str, str]], originals: list[int]) -> tuple[set[int], list[tuple[int, int]]]:
    """By exact Jaccard of whole texts: who resembles another by 0.7, and which copy so resembles its original."""
    corpus = assemble(
        [block_features(views([("", f"{p}\n{a}") for p, a in examples]).with_columns(text_only=pl.lit(value=True)))]
    )
    found = find(corpus, 0.6, views=("whole",))  # bands for 0.6 miss one in 100,000 pairs at 0.7
    near = found.pairs.filter(found.pairs["whole"] >= 0.7).select("left", "right").to_numpy()
    copies = np.arange(len(examples) - len(originals), len(examples))
    similar = (
        compare_named(corpus, found.template_shingles, copies, np.array(originals), 0.7)["whole"].to_numpy() >= 0.7
    )
    pairs = zip(copies[similar].tolist(), np.array(originals)[similar].tolist(), strict=True)
    return set(np.unique(near).tolist()), list(pairs)


def report(outcomes: Outcomes, near: set[int], copies: list[tuple[int, int]]) -> None:
    """A copy is found where it or its original is marked: which of the two is kept is each tool's own choice."""
    corpus, views_ = (statistics.median(run["wall"] for run in outcomes[name]) for name in list(TOOLS)[:2])
    processor = statistics.median(run["processor"] for run in outcomes[next(iter(TOOLS))])
    print("| tool | wall s | x whole | x three views | processor s | x whole | marked | of the copies | wrongly |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for tool, runs in outcomes.items():
        wall, own = (statistics.median(run[key] for run in runs) for key in ("wall", "processor"))
        marked = set(runs[0]["marked"])
        found = sum(not marked.isdisjoint(pair) for pair in copies) / len(copies)
        print(
            f"| {tool} | {wall:.3f} | {wall / corpus:.1f} | {wall / views_:.1f} | {own:.2f} | {own / processor:.1f} | "
            f"{len(marked):,} | {100 * found:.2f} % | {len(marked - near):,} |"
        )
    print()
    for tool, runs in outcomes.items():
        stages = {stage: statistics.median(run["stages"][stage] for run in runs) for stage in runs[0]["stages"]}
        print(f"- {tool}: {', '.join(f'{stage} {seconds:.3f} s' for stage, seconds in stages.items())}")


def main() -> None:
    source, python, times, *chosen = [*sys.argv[1:], *["", "5"][len(sys.argv) - 2 :]]
    examples, originals = with_edited_copies(read_instructions(Path(source)), SHARE)
    pythons = {
        tool: sys.executable if tool.startswith("curator") else python
        for tool in TOOLS
        if not chosen or tool in chosen or tool.startswith("curator")
    }
    outcomes: Outcomes = {tool: [] for tool, interpreter in pythons.items() if interpreter}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "examples.json"
        file.write_text(json.dumps(examples), encoding="utf-8")
        for _ in range(int(times)):
            for tool, runs in outcomes.items():
                runs.append(run(pythons[tool], tool, file))
                print(f"{tool}: {runs[-1]['wall']:.2f} s, processor {runs[-1]['processor']:.2f} s", file=sys.stderr)
    print(f"{machine()}; {len(examples):,} examples, medians of {times}\n")
    report(outcomes, *truth(examples, originals))


if __name__ == "__main__":
    main()
