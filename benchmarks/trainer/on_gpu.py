"""The trainer on a CUDA device: against TRL with the shape of Llama 3.1 8B, and one step of the shape of the 70B.

    python -m benchmarks.trainer.on_gpu --alpaca alpaca.jsonl.gz [--shape 8b] [--large 70b] [--steps 10]

Random weights (`random_weights.py`), NF4, rank 16 on all linear layers, conversations of real questions and answers up
to 2,048 tokens, batches of 8. The same examples and masks for both; trl must be importable. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.trainer.against_trl import tokenise_for_trl
from benchmarks.trainer.model_42m import examples, make_tokenizer, write_run
from benchmarks.trainer.random_weights import write_checkpoint

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LONGEST = 2048


def conversations(pairs: list[dict[str, Any]], tokenizer: Path, count: int, full: bool) -> list[dict[str, Any]]:
    """Questions and answers one after another: up to 2,048 tokens, or to a length drawn evenly from 64 to 2,048."""
    from transformers import AutoTokenizer

    encode = AutoTokenizer.from_pretrained(tokenizer)
    dice, source, found = random.Random(0), iter(pairs), []
    for _ in range(count):
        wanted = LONGEST if full else dice.randint(64, LONGEST)
        messages: list[Any] = []
        length = 0
        while length < wanted:
            turn = next(source)["messages"]
            length += sum(len(encode(m["content"]).input_ids) + 6 for m in turn)
            messages += turn
        found.append({"messages": messages})
    return found


def run(kind: str, folder: Path, options: dict[str, Any], seconds: int) -> list[dict[str, Any]]:
    """Figures that a process of its own printed; what went wrong is printed instead of raised, the others continue."""
    command = [sys.executable, str(HERE / "gpu_run.py"), kind, str(folder), json.dumps(options)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=seconds
        )
        out, error, code = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        out, error, code = (late.stdout or b"").decode(), (late.stderr or b"").decode(), -1
    for line in out.splitlines():
        if line.startswith("chosen"):
            print(line)
    if code:
        print(f"{kind} {options.get('name', '')} ended with {code}: {error[-1500:]}", flush=True)
    return [json.loads(line.removeprefix("RESULT ")) for line in out.splitlines() if line.startswith("RESULT ")]


def show(title: str, found: list[dict[str, Any]]) -> None:
    print(f"\n{title}\n\n| what | tokens a second | trained | s a step | peak GB | first and last loss |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in found:
        if "tokens_a_second" in row:
            print(
                f"| {row['name']} | {row['tokens_a_second']:.0f} | {row['trained_a_second']:.0f} | "
                f"{row['seconds_a_step']:.2f} | {row['peak_gb']:.1f} | {row['first_loss']:.3f} {row['last_loss']:.3f} |"
            )
        else:
            print(f"| {json.dumps(row)} | | | | | |")
    sys.stdout.flush()


def passes(tokens: int, checkpointing: bool, liger: bool = True) -> dict[str, Any]:
    name = (
        f"ours, {tokens} tokens a pass" + (", checkpointing" if checkpointing else "") + ("" if liger else ", no Liger")
    )
    settings = {"micro_batch_tokens": tokens, "activation_checkpointing": checkpointing}
    return {"name": name, "settings": settings, "liger": liger}


def compare(work: Path, model: Path, title: str, lines: list[Any], steps: int, baselines: dict[str, Any]) -> None:
    folder = work / title.split()[0]
    training = (
        f"[training]\nsteps = {steps}\nbatch_size = 8\nlearning_rate = 2e-4\nmax_length = {LONGEST}\nevaluations = 0\n"
    )
    write_run(folder, model, lines, "[lora]\nrank = 16\nalpha = 32\n" + training)
    tokenise_for_trl(folder)
    variants = [
        passes(16384, True, liger=False),
        passes(16384, True),
        passes(4096, False),
    ]
    found = run("ours", folder, {"model": str(model), "steps": steps, "variants": variants}, 240)
    for name, config in baselines.items():
        options = {"name": name, "model": str(model), "steps": steps, "batch_size": 8, "config": config}
        found += run("trl", folder, options, 150)
    show(title, found)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--alpaca", type=Path, required=True)
    parser.add_argument("--shape", default="8b")
    parser.add_argument("--large", default="70b")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--only", choices=["agree", "ragged", "full", "large"])
    options = parser.parse_args()
    chosen = (options.only,) if options.only else ("agree", "large", "full", "ragged")
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        pairs = examples(options.alpaca)
        make_tokenizer(work / "tokenizer", [m["content"] for line in pairs[:8000] for m in line["messages"]])
        for shape in {"tiny", options.shape, options.large}:
            write_checkpoint(work / shape, shape, work / "tokenizer")
        count = 8 * options.steps
        ragged, full = (conversations(pairs, work / "tokenizer", count, full=whole) for whole in (False, True))
        if "agree" in chosen:
            write_run(work / "agree", work / "tiny", ragged[:8], "[training]\nevaluations = 0\n")
            show("agreement", run("agree", work / "agree", {"model": str(work / "tiny")}, 120))
        if "large" in chosen:
            folder = work / "large"
            training = f"[training]\nsteps = 4\nbatch_size = 1\nmax_length = {LONGEST}\nevaluations = 0\n"
            write_run(folder, work / options.large, full, "[lora]\nrank = 16\nalpha = 32\n" + training)
            variants = [passes(LONGEST, True)]
            settings = {"model": str(work / options.large), "steps": 4, "variants": variants}
            show(f"one example of {LONGEST} tokens a step, {options.large}", run("ours", folder, settings, 160))
        model, grouped = work / options.shape, {"train_sampling_strategy": "group_by_length"}
        if "full" in chosen:
            baselines = {"TRL defaults": {}, "TRL, Liger": {"use_liger_kernel": True}}
            compare(work, model, f"full rows of {LONGEST} tokens, {options.shape}", full, options.steps, baselines)
        if "ragged" in chosen:
            baselines = {
                "TRL, length grouping": grouped,
                "TRL, packed": {"packing": True},
                "TRL, length grouping, Liger": {**grouped, "use_liger_kernel": True},
                "TRL defaults": {},
            }
            compare(work, model, f"ragged conversations, {options.shape}", ragged, options.steps, baselines)


if __name__ == "__main__":
    main()
