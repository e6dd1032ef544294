"""The trainer against TRL's SFTTrainer: same model, examples, masks and steps.

    python -m benchmarks.trainer.against_trl --alpaca alpaca.jsonl.gz --gsm8k gsm8k.jsonl --trl-python /path/to/python

TRL lives in an environment of its own (trl 1.16.0 with the versions of constraints.txt). Rates are by processor seconds
of all threads, which a busy machine changes little, and by the clock. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.trainer.model_42m import examples, make_model, write_run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def tokenise_for_trl(folder: Path) -> tuple[int, list[int]]:
    """Write `tokenised.json` in the order of our first epoch: ids and labels."""
    from trainer.data.batches import epoch_order
    from trainer.plan.plan import make_plan

    plan = make_plan(folder)
    order = [int(i) for step in epoch_order(len(plan.train), plan.settings.training.batch_size, 0, 0) for i in step]
    lines = []
    for index in order:
        example = plan.train[index]
        labels = [t if w > 0 else -100 for t, w in zip(example.ids.tolist(), example.weights.tolist(), strict=True)]
        lines.append({"input_ids": example.ids.tolist(), "labels": labels})
    (folder / "tokenised.json").write_text(json.dumps(lines))
    return plan.steps, [sum(label >= 0 for label in line["labels"]) for line in lines]


def one(python: str, kind: str, folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [python, str(HERE / "one_run.py"), kind, str(folder), json.dumps(options)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": "/tmp"},
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not found:
        raise SystemExit(f"{kind} failed:\n{done.stderr[-3000:]}")
    return json.loads(found[0].removeprefix("RESULT "))


def parity(work: Path, model: Path, lines: list[Any], trl_python: str) -> None:
    folder = work / "parity"
    settings = (
        'quantisation = "none"\nprecision = "float32"\n[lora]\nrank = 16\nalpha = 32\n'
        "[training]\nsteps = 50\nbatch_size = 8\n"
        "learning_rate = 0.001\nwarmup = 0.0\nevaluations = 0\n[evaluation]\nat_end = false\n"
    )
    write_run(folder, model, lines[:400], settings)
    tokenise_for_trl(folder)
    mine = one(sys.executable, "ours", folder, {"save_adapter": str(folder / "start")})
    options = {
        "steps": 50,
        "model": str(model),
        "adapter": str(folder / "start"),
        "config": {"bf16": False, "gradient_checkpointing": False, "train_sampling_strategy": "sequential"},
    }
    theirs = one(trl_python, "trl", folder, options)
    apart = [abs(a - b) for a, b in zip(mine["losses"], theirs["losses"], strict=True)]
    print(
        f"\nLoss, fp32 LoRA, same 50 batches: ours {mine['losses'][-1]:.6f}, TRL {theirs['losses'][-1]:.6f} "
        "at step 50; "
    )
    print(f"largest difference at any step {max(apart):.1e}, at step 50 {apart[-1]:.1e} (wanted: 1e-4).\n", flush=True)


def speed(
    work: Path, model: Path, name: str, lines: list[Any], variants: dict[str, Any], trl_python: str, steps: int
) -> None:
    folder = work / name
    training = f"steps = {steps}\nbatch_size = 8\nlearning_rate = 0.001\nevaluations = 0\n"
    settings = "[lora]\nrank = 16\nalpha = 32\n[training]\n" + training
    write_run(folder, model, lines[: 8 * steps], settings)
    _, trained = tokenise_for_trl(folder)
    print(
        f"\n| {name}, NF4, {steps} steps of 8 examples | trained tokens a processor second | ours / it | a second "
        "| peak MiB |"
    )
    print("| --- | --- | --- | --- | --- |", flush=True)
    ours = {**one(sys.executable, "ours", folder, {}), "trained_tokens": sum(trained)}
    _print_row("ours (packed, fp32 compute)", ours, ours)
    for label, config in variants.items():
        bf16 = config.get("bf16", True)
        options = {"steps": steps, "model": str(model), "nf4": True, "bf16": bf16, "config": config}
        _print_row(label, one(trl_python, "trl", folder, options), ours)


def _print_row(label: str, found: dict[str, Any], ours: dict[str, Any]) -> None:
    rate, clock = (found["trained_tokens"] / found[name] for name in ("processor_seconds", "seconds"))
    ratio = ours["trained_tokens"] / ours["processor_seconds"] / rate
    print(f"| {label} | {rate:.0f} | {ratio:.2f} | {clock:.0f} | {found['peak_mib']:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--alpaca", type=Path, required=True)
    parser.add_argument("--gsm8k", type=Path, required=True)
    parser.add_argument("--trl-python", required=True)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--few", action="store_true", help="leave out TRL in fp32 without checkpointing")
    parser.add_argument("--only", choices=["parity", "alpaca", "gsm8k"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        alpaca, gsm8k = examples(options.alpaca), examples(options.gsm8k)
        make_model(work / "model", [m["content"] for line in alpaca + gsm8k for m in line["messages"]])
        grouped = {"train_sampling_strategy": "group_by_length"}
        plain = {"bf16": False, "gradient_checkpointing": False}
        if options.only in (None, "parity"):
            parity(work, work / "model", alpaca, options.trl_python)
        if options.only in (None, "alpaca"):
            variants = {
                "TRL defaults (bf16, checkpointing)": {},
                "TRL, length grouping": grouped,
                **({} if options.few else {"TRL, length grouping, fp32, no checkpointing": {**grouped, **plain}}),
            }
            speed(work, work / "model", "Alpaca", alpaca, variants, options.trl_python, options.steps)
        if options.only in (None, "gsm8k"):
            variants = {
                "TRL defaults, unpacked": {},
                "TRL, packed": {"packing": True},
                **({} if options.few else {"TRL, unpacked, fp32, no checkpointing": plain}),
                **({} if options.few else {"TRL, packed, fp32, no checkpointing": {"packing": True, **plain}}),
            }
            speed(work, work / "model", "GSM8K", gsm8k, variants, options.trl_python, options.steps)


if __name__ == "__main__":
    main()
