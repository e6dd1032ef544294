"""Sets in which nearly everything is alike: does looking at meaning end, in what time and memory?

    python -m benchmarks.studies.embedding.alike

Copies of one text; sums, which differ in numbers alone; greetings, which differ in names alone. Each is written to a
temporary folder and audited there.
"""

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import machine, measured

SEED = 0
GREETING = (
    "Please write a short friendly greeting for my new colleague called {} who starts in our office on Monday.",
    "Dear {}, welcome to the team! We are all very glad that you start with us on Monday. Your desk is ready. {}",
)


def copies(count: int) -> Iterator[tuple[str, str]]:
    for _ in range(count):
        yield "What is the capital of France?", "The capital of France is Paris."


def sums(count: int) -> Iterator[tuple[str, str]]:
    draw = random.Random(SEED)
    for _ in range(count):
        one, two = draw.randrange(1, 10_000), draw.randrange(1, 10_000)
        yield f"What is {one} + {two}?", f"{one} + {two} = {one + two}"


def greetings(count: int) -> Iterator[tuple[str, str]]:
    draw = random.Random(SEED)

    def name() -> str:
        syllables = range(draw.randint(2, 4))
        return "".join(draw.choice("bcdfgklmnprst") + draw.choice("aeiou") for _ in syllables).title()

    for _ in range(count):
        new, old = name(), name()
        yield GREETING[0].format(new), GREETING[1].format(new, old)


SETS = {
    "100,000 copies of one text": copies(100_000),
    "100,000 sums": sums(100_000),
    "50,000 greetings": greetings(50_000),
}


def main() -> None:
    print(f"Machine: {machine()}\n")
    print("| set | seconds | semantic pairs listed | largest process, with mapped files |\n| --- | --- | --- | --- |")
    for name, pairs in SETS.items():
        with tempfile.TemporaryDirectory(prefix="curator-bench-") as folder:
            data, report = Path(folder, "set.jsonl"), Path(folder, "report.json")
            with data.open("w", encoding="utf-8") as file:
                for prompt, answer in pairs:
                    turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
                    file.write(json.dumps({"messages": turns}) + "\n")
            run = measured(
                ["curator", "audit", str(data), "--fail-on", "never", "--quiet", "--report", str(report)],
            )
            assert run.exit_code == 0, run.stdout
            meaning = json.loads(report.read_text(encoding="utf-8"))["meaning"]
        print(f"| {name} | {run.seconds:.1f} | {meaning['pairs']:,} | {run.largest / 2**20:,.0f} MiB |", flush=True)
        print(f"\n{meaning['note']}\n")


if __name__ == "__main__":
    main()
