"""Random run.toml files: the plan refuses with a sentence, or accepts and the run trains and is saved.

    python -m benchmarks.trainer.settings_fuzz [--files 2000] [--trained 40] [--seed 0]

The bundled model of two million parameters on a few examples of the sample data. Of the accepted files, `--trained`
train one step.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.measure import machine

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "sample_data" / "tiny-llama"
WILD: list[Any] = [
    -1,
    0,
    1,
    3,
    10**9,
    1e-9,
    0.5,
    1e9,
    float("nan"),
    float("inf"),
    "",
    "x",
    "auto",
    True,
    False,
    [],
    ["q_proj"],
    [1],
]
USUAL: dict[str, dict[str, list[Any]]] = {
    "model": {
        "quantisation": ["nf4", "none"],
        "precision": ["auto", "bfloat16", "float32"],
        "device": ["auto", "cpu"],
        "revision": ["main"],
        "chat_template": ["plain", "mine.jinja", "../mine.jinja"],
        "trust_remote_code": [False],
        "licence": ["mit"],
        "adapter": ["nowhere", "."],
    },
    "lora": {
        "rank": [1, 4, 16, 64, 1024],
        "alpha": [0.5, 8, 256],
        "dropout": [0, 0.1, 0.99],
        "targets": ["all-linear", "attention", "all", "experts", ["q_proj", "v_proj"], ["no_proj"], ["lm_head"]],
        "variant": ["lora", "rslora", "dora", "pissa", "loftq"],
    },
    "training": {
        "epochs": [0.01, 1, 3],
        "steps": [1, 2, 50],
        "learning_rate": [1e-6, 1e-3, 0.9],
        "batch_size": [1, 4, 16, 1000],
        "max_length": [8, 64, 512],
        "overlength": ["cut-end", "cut-start", "drop", "refuse"],
        "packing": [True, False],
        "micro_batch_tokens": [16, 512, 100_000],
        "activation_checkpointing": [True, False],
        "evaluations": [0, 1, 7],
        "warmup": [0, 0.5, 0.99],
        "schedule": ["linear", "cosine", "constant_with_warmup"],
        "weight_decay": [0, 0.1],
        "max_grad_norm": [0.1, 1, 100],
        "neftune_alpha": [5],
        "allow_nothing_to_learn": [True, False],
        "allow_lost": [["tools", "tool-calls"], ["reasoning"], ["everything"]],
        "skip_untrainable": [True, False],
        "untuned_losses": [True, False],
        "seed": [0, 7, 2**31 - 1],
    },
    "stopping": {"on_overfitting": ["stop", "warn"], "patience": [1, 4], "min_delta": [0, 0.1]},
    "evaluation": {
        "at_end": [True, False],
        "max_examples": [1, 3],
        "answers": [0, 1],
        "sample_answers": [0, 1],
        "max_new_tokens": [1, 8, 5000],
        "baseline_prompt": ["Be brief.", ""],
        "answer_schema": ["schema.json", "none.json", "/etc/hostname"],
    },
    "transformers": {
        "optim": [
            "adamw_torch",
            "adamw_8bit",
            "paged_adamw_8bit",
            "adafactor",
            "sgd",
            "no_such",
            "lion_8bit",
            "galore_adamw",
        ],
        "optim_args": ["foo=1", "nonsense"],
        "lr_scheduler_kwargs": [{}, {"num_cycles": 2}, {"wrong": 1}],
        "report_to": ["none", "tensorboard", "wandb"],
        "adam_beta1": [0.9, 1.5],
        "adam_beta2": [0.95],
        "adam_epsilon": [1e-8],
        "logging_steps": [10],
        "push_to_hub": [True],
        "torch_empty_cache_steps": [1],
        "use_liger_kernel": [True],
        "full_determinism": [True],
        "per_device_eval_batch_size": [2],
        "eval_accumulation_steps": [1],
        "include_num_input_tokens_seen": ["all", "no"],
        "tf32": [True],
        "run_name": ["a"],
        "no_such_argument": [1],
    },
}


def random_settings(rng: random.Random) -> dict[str, dict[str, Any]]:
    """A few settings, mostly of the right kind."""
    chosen: dict[str, dict[str, Any]] = {"model": {"name": str(MODEL)}}
    wild = rng.choice([0.0, 0.0, 0.1])
    for section, names in USUAL.items():
        share = rng.choice([0.0, 0.1, 0.3]) if section != "transformers" else rng.choice([0.0, 0.0, 0.1])
        for name, values in names.items():
            if rng.random() < share:
                chosen.setdefault(section, {})[name] = rng.choice(WILD if rng.random() < wild else values)
    if rng.random() < wild / 5:
        chosen[rng.choice([*USUAL, "lorra"])] = {"unknown": 1}
    return chosen


def toml(settings: dict[str, dict[str, Any]]) -> str:
    """Tables; a nested one in a line."""

    def text(value: Any) -> str:
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{key} = {text(part)}" for key, part in value.items()) + " }"
        if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
            return "nan" if value != value else "inf"
        return json.dumps(value)

    return "".join(
        f"[{s}]\n" + "".join(f"{k} = {text(v)}\n" for k, v in values.items()) for s, values in settings.items()
    )


def write_folder(folder: Path) -> None:
    """Data of a run: twelve examples, four of them held out."""
    folder.mkdir()
    lines = (ROOT / "sample_data" / "support_desk.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "train.jsonl").write_text("".join(lines[:12]), encoding="utf-8")
    (folder / "validation.jsonl").write_text("".join(lines[50:54]), encoding="utf-8")
    (folder / "schema.json").write_text('{"type": "string"}', encoding="utf-8")
    tokenizer = json.loads((MODEL / "tokenizer_config.json").read_text(encoding="utf-8"))
    template = MODEL / "chat_template.jinja"
    source = template.read_text(encoding="utf-8") if template.is_file() else tokenizer["chat_template"]
    (folder / "mine.jinja").write_text(source, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--trained", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    from trainer.model.quiet import quieten_libraries, stay_offline, yield_idle_threads

    quieten_libraries()
    yield_idle_threads()
    stay_offline()
    import torch

    from trainer.contract.errors import TrainerError
    from trainer.plan.plan import make_plan
    from trainer.train.recipe import run

    torch.set_num_threads(1)
    rng = random.Random(options.seed)
    outcomes: Counter[str] = Counter()
    every = max(1, options.files // max(1, options.trained * 3))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        write_folder(folder)
        for number in range(options.files):
            settings = random_settings(rng)
            text = toml(settings)
            (folder / "run.toml").write_text(text, encoding="utf-8")
            doing = "planned"
            try:
                make_plan(folder)
                outcomes["accepted"] += 1
                if number % every == 0 and outcomes["trained and saved"] < options.trained:
                    settings["training"] = {**settings.get("training", {}), "steps": 1}
                    doing = "trained"
                    once = shutil.copytree(folder, folder.with_name("once"))
                    (once / "run.toml").write_text(toml(settings), encoding="utf-8")
                    run(once)
                    assert (once / "adapter" / "adapter_model.safetensors").is_file()
                    outcomes["trained and saved"] += 1
            except TrainerError as problem:
                outcomes["refused by the plan" if doing == "planned" else "refused by the run"] += 1
                if doing == "trained":
                    print(f"\nREFUSED ONLY BY THE RUN: {problem}\n{text}", flush=True)
            except Exception:
                outcomes[f"traceback when {doing}"] += 1
                print(f"\nTRACEBACK when {doing}:\n{traceback.format_exc()}\n{text}", flush=True)
            shutil.rmtree(folder.with_name("once"), ignore_errors=True)
    print(
        f"\n{machine()}\n{options.files} files: "
        + ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    )


if __name__ == "__main__":
    main()
