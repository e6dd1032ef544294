"""How often a warning of a check is right, over findings that were read by eye.

``python -m benchmarks.checks.accuracy`` writes the table of docs/checks/accuracy.md, and the counts that `curator
explain` prints, from `labelled_findings.tsv`. It has a row per finding: set, id (its line), check and verdict; texts
are not here. A verdict is *right* where somebody who curates the set would want to be shown the finding. What was
looked at while a check was written is not in the file.
"""

import csv
import json
from collections import Counter
from pathlib import Path

LABELLED = Path(__file__).with_name("labelled_findings.tsv")
PAGE = Path(__file__).parents[2] / "docs/checks/accuracy.md"
COUNTS = Path(__file__).parents[2] / "curator/checks/pages/precision.json"
BEGIN, END = "<!-- read by eye: benchmarks/checks/accuracy.py -->", "<!-- end -->"
WANTED = 0.9
"""Least precision of a warning."""


def table(rows: list[dict[str, str]]) -> str:
    """Read, right and precision of each check, in order of their names."""
    lines = ["| check | read | right | precision | |", "| --- | --- | --- | --- | --- |"]
    for check, (read, right) in counts(rows).items():
        note = "" if right / read >= WANTED else f"below {WANTED}"
        lines.append(f"| `{check}` | {read} | {right} | {right / read:.2f} | {note} |")
    return "\n".join(lines)


def counts(rows: list[dict[str, str]]) -> dict[str, tuple[int, int]]:
    """Of each check, in order of their names, how many findings were read and how many of them were right."""
    read = Counter(row["check"] for row in rows)
    right = Counter(row["check"] for row in rows if row["verdict"] == "right")
    return {check: (read[check], right[check]) for check in sorted(read)}


def page(text: str, rows: list[dict[str, str]]) -> str:
    """The page with the table between its marks."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(rows)}\n\n{END}{rest.partition(END)[2]}"


def labelled() -> list[dict[str, str]]:
    """The findings that were read."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), labelled()), encoding="utf-8")
    COUNTS.write_text(f"{json.dumps(counts(labelled()), indent=1)}\n", encoding="utf-8")
