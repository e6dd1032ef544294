"""OpenAI's cookbook checks against ours: what each says of the toy set, of valid lines of today and of faulty ones.

python -m benchmarks.cookbook toy_chat_fine_tuning.jsonl
"""

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks.cookbook.checks import format_errors, warnings
from benchmarks.cookbook.rows import FAULTY, VALID
from curator.checks.catalogue import CHECKS
from curator.checks.check import CheckSettings
from curator.data.batches import read_batch
from curator.data.dialects.dialect import dialect_named
from curator.data.facts import facts_of
from curator.data.frames import found
from curator.data.sources.source import blocks, expand
from curator.tokens import count_tokens

FAMILIES = ("structure", "length", "text", "privacy")
LIMIT = 4096
"""The notebook's own limit, long outdated, so that both ask the same of the toy set."""


def ours(file: Path) -> dict[int, set[str]]:
    """By line, the checks that report something, with their severity."""
    (source,) = expand([str(file)])
    (block,) = blocks(source)
    batch = read_batch(block, dialect_named("chat"))
    facts = pl.concat([facts_of(batch), count_tokens(batch, "cl100k_base")], how="horizontal")
    frames, settings = [batch.refused], CheckSettings(max_tokens=LIMIT)
    for check in CHECKS:
        if check.family in FAMILIES and check.find is not None:
            frames.append(found(check.name, check.find(batch, settings)))
        if check.family in FAMILIES and check.judge is not None and check.family != "text":
            frames.append(found(check.name, check.judge(facts, settings)))
    lines = batch.examples.select("row", pl.col("line").alias("its_line"))
    findings = pl.concat(frames).join(lines, on="row", how="left").with_columns(pl.coalesce("line", "its_line"))
    default = {check.name: check.severity for check in CHECKS}
    said: dict[int, set[str]] = {}
    for line, name, severity in findings.select("line", "check", "severity").iter_rows():
        said.setdefault(line, set()).add(f"{name} ({severity or default[name]})")
    return said


def shown(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "–"


def of_one(folder: Path, example: object) -> set[str]:
    file = folder / "one.jsonl"
    file.write_text(json.dumps(example) + "\n", encoding="utf-8")
    return ours(file).get(1, set())


def main() -> None:
    import tempfile

    toy = Path(sys.argv[1])
    said = ours(toy)
    print(f"### {toy.name}\n\n| line | cookbook | ours |\n| --- | --- | --- |")
    for number, line in enumerate(toy.read_text(encoding="utf-8").splitlines(), 1):
        example = json.loads(line)
        theirs = format_errors(example) | {f"{name} (warning)" for name in warnings(example)}
        print(f"| {number} | {shown(theirs)} | {shown(said.get(number, set()))} |")
    with tempfile.TemporaryDirectory() as name:
        print("\n### Valid lines of today\n\n| line | cookbook | ours |\n| --- | --- | --- |")
        refused = 0
        for title, example in VALID.items():
            errors, findings = format_errors(example), of_one(Path(name), example)
            refused += any("(error)" in finding for finding in findings)
            print(f"| {title} | {'refuses: ' + shown(errors) if errors else 'accepts'} | {shown(findings)} |")
        print("\n### Faulty lines\n\n| line | cookbook | ours |\n| --- | --- | --- |")
        missed = 0
        for title, example in FAULTY.items():
            errors, findings = format_errors(example), of_one(Path(name), example)
            missed += not findings
            print(f"| {title.removeprefix('nothing: ')} | {shown(errors)} | {shown(findings)} |")
    print(f"\nOurs refuse {refused} of {len(VALID)} valid lines and miss {missed} of {len(FAULTY)} faulty ones.")


if __name__ == "__main__":
    main()
