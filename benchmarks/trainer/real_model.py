"""A real model on real questions: what the plan expects against what happens.

    python -m benchmarks.trainer.real_model MODEL --alpaca alpaca.jsonl.gz [--steps 30]

MODEL is for example what `python -m sample_data.make_smollm2` writes. Memory is the peak resident size. On a busy
machine the clock says little, so processor seconds of all threads are printed as well.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from benchmarks.trainer.model_42m import examples, write_run

LOOKED_AT = 20
"""Steps after which the time left is compared with the time that the rest took."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--alpaca", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--quantisation", default="nf4")
    options = parser.parse_args()
    from trainer.model.quiet import quieten_libraries, stay_offline, yield_idle_threads

    quieten_libraries()
    yield_idle_threads()
    stay_offline()
    from trainer.plan.plan import make_plan
    from trainer.train.recipe import run

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        lines = examples(options.alpaca)
        settings = (
            f'quantisation = "{options.quantisation}"\n[training]\nsteps = {options.steps}\nbatch_size = 4\n'
            "evaluations = 2\n[stopping]\npatience = 99\n[evaluation]\nat_end = false\nsample_answers = 0\n"
        )
        write_run(folder, options.model.resolve(), lines[: 4 * options.steps], settings)
        held_out = "".join(json.dumps(line) + "\n" for line in lines[-8:])
        (folder / "validation.jsonl").write_text(held_out, encoding="utf-8")
        planned = make_plan(folder).estimated
        clocks: dict[int, tuple[float, float, float]] = {}

        def note(event: dict[str, Any]) -> None:
            if event["event"] == "progress" and event["phase"] == "training":
                now = (time.monotonic(), time.process_time(), event["seconds_left"] or 0.0)
                clocks.setdefault(event["step"], now)

        result = run(folder, on_event=note)
        tokens = json.loads([line for line in (folder / "events.jsonl").open() if '"progress"' in line][-1])["tokens"]
    steps = sorted(step for step in clocks if step >= 1)
    first, last = clocks[steps[0]], clocks[steps[-1]]
    looked_at = next((step for step in steps if step >= LOOKED_AT), steps[-1])
    share = (options.steps - steps[0]) / options.steps
    print(machine())
    print(f"memory: planned {planned.total >> 20} MiB, peak {result.peak_memory_bytes >> 20} MiB")
    print(
        f"time: planned {planned.seconds:.0f} s; {(last[0] - first[0]) / share:.0f} s by the clock, "
        f"{(last[1] - first[1]) / share:.0f} processor seconds"
    )
    rest = last[0] - clocks[looked_at][0]
    print(f"after step {looked_at}: {clocks[looked_at][2]:.0f} s left expected, {rest:.0f} s taken")
    print(
        f"speed: {tokens * share / (last[0] - first[0]):.0f} tokens a second, "
        f"{tokens * share / (last[1] - first[1]):.0f} a processor second; loss {result.train_loss:.4f}"
    )


if __name__ == "__main__":
    main()
