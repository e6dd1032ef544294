"""How much of a leaked exam an audit finds, and what it takes for one.

`python -m benchmarks.studies.splitting.contamination`

`--train FILE --exam FILE` in question/answer form: items of the exam are planted among the training examples, spoiled
in several ways; every other reported line is a false alarm, as is every line reported of the `--clean` sets.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.mutation.audit import audit

Item = dict[str, str]
PLANTED = 50


def retyped(text: str, share: float, rng: random.Random) -> str:
    """`text` with about `share` of its words left out, doubled or replaced by another of its words."""
    words = text.split(" ")
    out: list[str] = []
    for word in words:
        if rng.random() >= share:
            out.append(word)
        else:
            out += [[], [word, word], [rng.choice(words)]][rng.randrange(3)]
    return " ".join(out)


def without_punctuation(text: str) -> str:
    return text.upper().translate(str.maketrans("", "", ".,;:?!"))


WAYS: dict[str, Callable[[Item, Item, random.Random], Item]] = {
    "as it is": lambda item, _, __: item,
    "the question with another answer": lambda item, other, _: item | {"answer": other["answer"]},
    "capitals, no punctuation": lambda item, _, __: {name: without_punctuation(text) for name, text in item.items()},
    "after another question": lambda item, other, _: item | {"question": f"{other['question']}\n\n{item['question']}"},
    "2 % of the words changed": lambda item, _, rng: item | {"question": retyped(item["question"], 0.02, rng)},
    "5 % of the words changed": lambda item, _, rng: item | {"question": retyped(item["question"], 0.05, rng)},
    "10 % of the words changed": lambda item, _, rng: item | {"question": retyped(item["question"], 0.1, rng)},
    "the answer to another question": lambda item, other, _: item | {"question": other["question"]},
}


def read(path: Path) -> list[Item]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def reported(data: Path, exam: Path, folder: Path) -> set[int]:
    options = ("--select", "contamination", "--against", str(exam))
    return {finding["line"] for finding in audit(data, folder / f"{data.name}.findings.jsonl", *options)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Recall and false alarms of the check for leaked exams.")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--exam", type=Path, required=True)
    parser.add_argument("--clean", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    rng = random.Random(0)
    lines, items = read(given.train), read(given.exam)
    locations = rng.sample(range(len(lines)), PLANTED * len(WAYS))
    chosen = rng.sample(items, PLANTED * len(WAYS))
    planted: dict[str, list[int]] = {}
    spoiled = list(lines)
    for number, (place, item) in enumerate(zip(locations, chosen, strict=True)):
        way = list(WAYS)[number % len(WAYS)]
        other = lines[rng.randrange(len(lines))]
        spoiled[place] = WAYS[way](item, other, rng)
        planted.setdefault(way, []).append(place + 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "spoiled.jsonl"
        data.write_text("".join(json.dumps(line) + "\n" for line in spoiled), encoding="utf-8")
        found = reported(data, given.exam, folder)
        print(f"| {PLANTED} questions planted each | found |\n| --- | --- |")
        for way, numbers in planted.items():
            print(f"| {way} | {len(found & set(numbers)) / len(numbers):.2f} |")
        false = found - {place + 1 for place in locations}
        print(f"\nOther lines reported: {len(false)} of {len(lines) - len(locations):,}.")
        for path in given.clean:
            print(f"{path.name}: {len(reported(path, given.exam, folder))} lines reported.")


if __name__ == "__main__":
    main()
