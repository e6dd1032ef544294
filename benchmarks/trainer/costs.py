"""What a run costs besides its steps: per-example losses, the start, loading 4-bit weights.

    python -m benchmarks.trainer.costs

Processor seconds where a share is asked for, so that other work on the machine counts little.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import machine

ROOT = Path(__file__).parents[2]
TINY = ROOT / "sample_data" / "tiny-llama"
LOADING = """
import sys, threading, time
from trainer.model.quiet import quieten_libraries, stay_offline
quieten_libraries(); stay_offline()
import bitsandbytes, peft
from transformers import LlamaForCausalLM
from trainer.contract.settings import ModelSettings
from trainer.model.load import Source, choose_placement, load_model

def own():
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("Anonymous:"))

settings = ModelSettings(name=sys.argv[1], precision="bfloat16")
before, peak, done = own(), 0, threading.Event()

def watch():
    global peak
    while not done.wait(0.01):
        peak = max(peak, own())

watcher = threading.Thread(target=watch)
watcher.start()
model = load_model(Source(sys.argv[1], None, False, False), choose_placement(settings))
done.set()
watcher.join()
print(peak - before, own() - before)
"""
IMPORTS = "import torch, transformers, peft, bitsandbytes; from transformers import LlamaForCausalLM"


def write_run(folder: Path) -> Path:
    """The sample data, a tenth of it held out, a short run without evaluations of answers."""
    lines = (ROOT / "sample_data" / "support_desk.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(lines[60:]), encoding="utf-8")
    (folder / "validation.jsonl").write_text("".join(lines[:60]), encoding="utf-8")
    settings = "[training]\nsteps = 40\nevaluations = 1\n[evaluation]\nat_end = false\nsample_answers = 0\n"
    (folder / "run.toml").write_text(f'[model]\nname = "{TINY}"\n{settings}', encoding="utf-8")
    return folder


def dynamics_share(folder: Path) -> float:
    """Processor time of noting, gathering and saving per-example losses, over that of the whole training."""
    from trainer.model.quiet import quieten_libraries, stay_offline, yield_idle_threads

    quieten_libraries()
    yield_idle_threads()
    stay_offline()
    from trainer.train import recipe
    from trainer.train.dynamics import Dynamics

    spent = 0.0

    def timed(function: Any) -> Any:
        def run(*arguments: Any) -> Any:
            nonlocal spent
            before = time.thread_time()
            try:
                return function(*arguments)
            finally:
                spent += time.thread_time() - before

        return run

    for name in ("add", "gather", "save"):
        setattr(Dynamics, name, timed(getattr(Dynamics, name)))
    recipe.write_dynamics = timed(recipe.write_dynamics)
    before = time.process_time()
    recipe.run(folder)
    return spent / (time.process_time() - before)


def first_loss(folder: Path) -> float:
    """Seconds from the start of `trainer run` to the first logged loss."""
    import json

    command = [sys.executable, "-P", "-m", "trainer", "run", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return float(json.loads((folder / "result.json").read_text())["first_loss_seconds"])


def large_model(folder: Path) -> int:
    """A random Llama whose linear layers hold about 300 million weights; returns the bytes of its file in 16 bits."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=1024, hidden_size=1536, intermediate_size=4096, num_hidden_layers=10, num_attention_heads=12
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def main() -> None:
    print(machine())
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        print(f"per-example losses: {dynamics_share(write_run(work / 'dynamics')):.2%} of the processor time of a run")
        seconds = first_loss(write_run(work / "start"))
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], check=True, capture_output=True)
        print(
            f"first logged loss after {seconds:.1f} s; importing the libraries alone takes "
            f"{time.perf_counter() - began:.1f} s"
        )
        size = large_model(work / "model")
        found = subprocess.run(
            [sys.executable, "-c", LOADING, str(work / "model")], cwd=ROOT, check=True, capture_output=True, text=True
        )
        peak, left = (int(number) >> 20 for number in found.stdout.split())
        print(f"loading a model of {size >> 20} MiB in 16 bits as NF4: {peak} MiB at the peak, {left} MiB afterwards")


if __name__ == "__main__":
    main()
