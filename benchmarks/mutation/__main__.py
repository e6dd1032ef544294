"""Spoil both real sets, audit them with ``curator``, print recall and false alarms as Markdown.

``python -m benchmarks.mutation --gsm8k gsm8k_train.jsonl --roleplay gpteacher_roleplay.json --out DIR``
"""

import argparse
import json
from pathlib import Path

from benchmarks.mutation.audit import audit
from benchmarks.mutation.mutate import TOKEN_LIMIT, mutate
from benchmarks.mutation.score import alarms, read_lines, recalls, table

CHECKED_OTHERWISE = "outlier needs an encoder; semantic-duplicate and split-leak have benchmarks of their own."


def measure(name: str, form: str, data: Path, out: Path, per_check: int | None, seed: int) -> None:
    """Print the table of one set."""
    mutate(data, form, out, per_check, seed)
    options = ("--max-tokens", str(TOKEN_LIMIT), "--against", str(out / "against.jsonl"))
    spoiled = audit(out / "mutated.jsonl", out / "mutated.findings.jsonl", *options)
    spoiled_json = audit(out / "json_mutated.jsonl", out / "json_mutated.findings.jsonl")
    unspoiled = audit(out / "clean.jsonl", out / "clean.findings.jsonl", "--max-tokens", str(TOKEN_LIMIT))
    found = recalls(read_lines(out / "truth.jsonl"), spoiled) | recalls(
        read_lines(out / "json_truth.jsonl"), spoiled_json
    )
    examples = len(read_lines(out / "clean.jsonl"))
    low = sorted(check for check, one in found.items() if one.found < 0.95 * one.planted)
    print(f"\n### {name}: {examples} examples, seed {seed}\n")
    print(table(found, alarms(unspoiled), examples))
    print(f"\nRecall below 0.95: {', '.join(low) or 'none'}. {CHECKED_OTHERWISE}")
    (out / "result.json").write_text(json.dumps({check: one._asdict() for check, one in found.items()}, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description="Recall on spoiled lines and false alarms on real sets.")
    parser.add_argument("--gsm8k", type=Path, required=True)
    parser.add_argument("--roleplay", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--per-check", type=int, help="examples to spoil for each check; an example in 150 where not given"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    measure("GSM8K", "gsm8k", given.gsm8k, given.out / "gsm8k", given.per_check, given.seed)
    measure("Role-play", "instruction", given.roleplay, given.out / "roleplay", given.per_check, given.seed)


if __name__ == "__main__":
    main()
