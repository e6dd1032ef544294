"""False alarms of the checks that know words of a language, on ordinary questions and paragraphs.

``python -m benchmarks.checks.languages FOLDER`` reads `xquad.LANGUAGE.json` of XQuAD (the same 1,190 questions
about 240 paragraphs in each language), makes an example of each question and its paragraph, and prints the warnings.
"""

import json
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.checks.reading import batches_of
from curator.checks.catalogue import check_named
from curator.checks.check import CheckSettings

CHECKS = (
    *("refusal", "assistant-boilerplate", "placeholder-text", "missing-attachment", "language-mismatch", "mojibake"),
    *("email-address", "phone-number", "ip-address", "secret-key"),
)


def examples(path: Path) -> list[dict[str, str]]:
    """Question and paragraph of every question in a file of XQuAD."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        {"instruction": question["question"], "input": "", "output": paragraph["context"]}
        for article in articles
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]


def warnings(path: Path) -> dict[str, int]:
    """Examples of the set with a warning, by check."""
    batches, found = batches_of(path), {}
    for name in CHECKS:
        check = check_named(name)
        assert check.find is not None, "these look at one example at a time"
        parts = [check.find(batch, CheckSettings()) for batch in batches]
        found[name] = sum(part.filter(pl.col("severity").is_null())["row"].n_unique() for part in parts)
    return found


def main() -> None:
    print("| language | examples | warnings |\n| --- | --- | --- |")
    for path in sorted(Path(sys.argv[1]).glob("xquad.*.json")):
        made = examples(path)
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "set.jsonl"
            data.write_text("".join(json.dumps(one) + "\n" for one in made), encoding="utf-8")
            counted = {name: number for name, number in warnings(data).items() if number}
        said = ", ".join(f"{name} {number}" for name, number in counted.items()) or "0"
        print(f"| {path.name.split('.')[1]} | {len(made)} | {said} |", flush=True)


if __name__ == "__main__":
    main()
