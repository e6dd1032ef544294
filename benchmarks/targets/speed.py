"""How fast examples are exported and a file is validated, in processor time, and in how much memory.

python -m benchmarks.targets.speed [examples]
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from curator.data.content import Content
from curator.exporting.write import write_export
from curator.targets.conversion import ExportExample
from curator.targets.file_validation import validate

TARGETS = ("openai", "together", "huggingface", "llama-factory", "mistral")
WORDS = [
    "order",
    "kettle",
    "lamp",
    "seed box",
    "refund",
    "parcel",
    "Monday",
    "delivery",
    "warranty",
    "account",
    "timer",
]


def examples(count: int) -> Iterator[ExportExample]:
    """Chat examples of some 670 bytes, made one at a time."""
    dice = random.Random(0)
    system = {"role": "system", "content": "You are the support desk. Be calm, exact and brief."}
    for number in range(count):
        question = {"role": "user", "content": " ".join(dice.choices(WORDS, k=25))}
        reply = {"role": "assistant", "content": " ".join(dice.choices(WORDS, k=60))}
        split = "train" if number % 10 else "validation"
        yield ExportExample(f"{number:016x}", Content([system, question, reply]), {}, split, "desk.jsonl", number + 1)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    started = time.process_time()
    for _ in examples(count):
        pass
    making = time.process_time() - started
    print(f"{count:,} examples\n")
    print("| target | export, examples a second | validate, lines a second | bytes an example | peak memory so far |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        for target in TARGETS:
            started = time.process_time()
            result = write_export(examples(count), target, Path(name) / target)
            export = time.process_time() - started - making
            path = result.folder / "train.jsonl"
            started = time.process_time()
            errors = sum(found.severity == "error" for found in validate(path, target))
            check = time.process_time() - started
            assert not errors
            lines = result.counts["train.jsonl"]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            size = path.stat().st_size / lines
            print(f"| {target} | {count / export:,.0f} | {lines / check:,.0f} | {size:.0f} | {memory:.0f} MiB |")


if __name__ == "__main__":
    main()
