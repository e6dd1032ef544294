"""A mixture of three tasks and noise: does `curator select --like` find the tasks?

Usage: python -m benchmarks.studies.scoring.like FOLDER   (with gsm8k_train.jsonl, gpteacher_roleplay.json,
gpteacher_toolformer.json and alpaca_52k.jsonl.gz)
"""

import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIZE, PLANTED, SHOWN, CHOSEN = 50_000, 2_500, 100, 5_000


def chat(question: str, answer: str, task: str) -> dict:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages, "task": task}


def tasks(data: Path) -> dict[str, list[dict]]:
    """The examples of each task."""
    sums = [json.loads(line) for line in (data / "gsm8k_train.jsonl").open(encoding="utf-8")]
    found = {"sums": [chat(one["question"], one["answer"], "sums") for one in sums]}
    for name in ("roleplay", "toolformer"):
        listed = json.loads((data / f"gpteacher_{name}.json").read_text(encoding="utf-8"))
        found[name] = [
            chat(
                "\n".join(filter(None, (one["instruction"], one.get("input", "")))),
                one.get("output") or one["response"],
                name,
            )
            for one in listed
        ]
    return found


def noise(data: Path) -> list[dict]:
    with gzip.open(data / "alpaca_52k.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [chat(f"{one['instruction']}\n{one.get('input') or ''}".strip(), one["output"], "noise") for one in rows]


def write(path: Path, examples: list[dict]) -> None:
    path.write_text("".join(json.dumps(one) + "\n" for one in examples), encoding="utf-8")


def select(place: Path, *arguments: str) -> tuple[list[dict], str, float]:
    command = [sys.executable, "-P", "-m", "curator", "select", "mixture.jsonl", "--allow-secrets", *arguments]
    begun = time.perf_counter()
    ended = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()], ended.stderr, time.perf_counter() - begun


def main() -> None:
    data, draw = Path(sys.argv[1]).absolute(), np.random.default_rng(0)
    found, planted, shown = tasks(data), [], []
    for examples in found.values():
        order = draw.permutation(len(examples))
        shown += [examples[at] for at in order[:SHOWN]]
        planted += [examples[at] for at in order[SHOWN : SHOWN + PLANTED]]
    others = noise(data)
    rest = [others[at] for at in draw.permutation(len(others))[: SIZE - len(planted)]]
    mixture = [(planted + rest)[at] for at in draw.permutation(len(planted) + len(rest))]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write(place / "mixture.jsonl", mixture)
        write(place / "task.jsonl", shown)
        chosen, said, seconds = select(place, "--n", str(CHOSEN), "--like", "task.jsonl")
        names, counts = np.unique([one["task"] for one in chosen], return_counts=True)
        by_task = dict(zip(names.tolist(), counts.tolist(), strict=True))
        print(f"{len(mixture):,} examples, {len(planted):,} of {len(found)} tasks, {len(shown)} others as the task")
        print(f"precision@{CHOSEN:,}: {1 - by_task.get('noise', 0) / len(chosen):.3f}; {by_task}; {seconds:.1f} s")
        print(said.strip())


if __name__ == "__main__":
    main()
