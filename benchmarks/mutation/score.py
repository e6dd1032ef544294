"""Compare what an audit found with what was planted.

``python -m benchmarks.mutation.score TRUTH FINDINGS [--clean FINDINGS --examples N]`` prints, for each check, the share
of spoiled lines on which it reported, the variants that it missed, and on the unspoiled set the share of examples that
it reported at error or warning severity. It reads files only: ``truth.jsonl``, and what ``curator audit --findings``
writes.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

JUDGED = ("error", "warning")  # a note of severity info alarms nobody


class Recall(NamedTuple):
    """How many spoiled lines a check has, how many it found, and the variants of those it missed."""

    planted: int
    found: int
    missed: Counter[str]


def read_lines(path: Path) -> list[dict[str, Any]]:
    # Split on the line feed only: a message may hold other characters that str.splitlines takes for line ends.
    return [json.loads(text) for text in path.read_text(encoding="utf-8").split("\n") if text]


def recalls(truth: list[dict[str, Any]], findings: list[dict[str, Any]]) -> dict[str, Recall]:
    """Per check, over the spoiled lines. A fault of a pair counts as found on either of its two lines."""
    reported = {(finding["check"], finding["line"]) for finding in findings}
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in truth:
        check = entry["check"]
        lines = [entry["line"], *([entry["or"]] if "or" in entry else [])]
        planted[check] += 1
        if any((check, line) in reported for line in lines):
            found[check] += 1
        else:
            missed[check][entry["variant"]] += 1
    return {check: Recall(planted[check], found[check], missed[check]) for check in planted}


def alarms(findings: list[dict[str, Any]]) -> Counter[str]:
    """Per check, the examples of an unspoiled set that it reports at error or warning severity."""
    lines = {(finding["check"], finding["line"]) for finding in findings if finding["severity"] in JUDGED}
    return Counter(check for check, _ in lines)


def table(found: dict[str, Recall], false: Counter[str] | None, examples: int) -> str:
    """One line a check as Markdown: worst recall first."""
    head = "| check | spoiled | found | recall | missed variants |"
    rows = [
        head + (" on the set as it is |" if false is not None else ""),
        "|" + " --- |" * (6 if false is not None else 5),
    ]
    for check in sorted(found, key=lambda check: (found[check].found / found[check].planted, check)):
        one = found[check]
        missed = ", ".join(f"{variant} ({count})" for variant, count in one.missed.most_common(4)).replace("|", "\\|")
        row = f"| {check} | {one.planted} | {one.found} | {one.found / one.planted:.3f} | {missed} |"
        if false is not None:
            row += f" {false[check]} ({100 * false[check] / examples:.2f} %) |"
        rows.append(row)
    if false is not None:
        others = sorted(set(false) - set(found))
        rows += [f"| {check} | | | | | {false[check]} ({100 * false[check] / examples:.2f} %) |" for check in others]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare what an audit found with what was planted.")
    parser.add_argument("truth", type=Path)
    parser.add_argument("findings", type=Path)
    parser.add_argument("--clean", type=Path, help="findings on the set as it is")
    parser.add_argument("--examples", type=int, default=1, help="how many examples that set has")
    given = parser.parse_args()
    false = alarms(read_lines(given.clean)) if given.clean else None
    print(table(recalls(read_lines(given.truth), read_lines(given.findings)), false, given.examples))


if __name__ == "__main__":
    main()
