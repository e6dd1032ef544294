"""Preference training against TRL's DPOTrainer, KTOTrainer and ORPOTrainer: same model, adapter, tokens and batches.

    python -m benchmarks.trainer.preferences --trl FOLDER

FOLDER: where TRL is, put there by
`pip install --target FOLDER --no-deps trl datasets multiprocess dill pandas python-dateutil six`. Twenty steps on the
tiny model of the sample data. TRL's ORPO also learns the prompt's tokens; here both learn the answer's. Prints a
Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

MODEL = Path(__file__).parents[2] / "sample_data" / "tiny-llama"
STEPS, BATCH, RATE = 20, 8, 2e-4
THINGS = ("kettle", "lamp", "clock", "ladder", "blanket", "teapot", "mirror", "candle", "bucket", "basket")


def line(number: int, objective: str, chance: random.Random) -> dict[str, Any]:
    """A pair or a rated answer; answers differ in length and wording."""
    thing, place = chance.choice(THINGS), chance.choice(THINGS)
    asked = f"Where is the {thing} number {number}?" + " Look again." * chance.randrange(3)
    good = f"The {thing} is behind the {place}." + " It was there on Monday." * chance.randrange(3)
    bad = f"No idea. Ask somebody about the {thing}." + " Or buy another one." * chance.randrange(4)
    prompt = [{"role": "user", "content": asked}]
    answers = [[{"role": "assistant", "content": text}] for text in (good, bad)]
    if objective != "kto":
        return {"prompt": prompt, "chosen": answers[0], "rejected": answers[1]}
    is_good = number % 2 == 0
    return {"prompt": prompt, "completion": answers[0 if is_good else 1], "label": is_good}


def write_run(folder: Path, objective: str) -> None:
    folder.mkdir()
    chance = random.Random(7)
    lines = [line(number, objective, chance) for number in range(STEPS * BATCH)]
    (folder / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    (folder / "run.toml").write_text(
        f'[model]\nname = "{MODEL}"\nquantisation = "none"\nprecision = "float32"\n[lora]\nrank = 16\nalpha = 32\n'
        f'[training]\nobjective = "{objective}"\nsteps = {STEPS}\nbatch_size = {BATCH}\nlearning_rate = {RATE}\n'
        "warmup = 0.0\nevaluations = 0\n[evaluation]\nat_end = false\n"
    )


def ours(folder: Path) -> tuple[list[dict[str, float]], Any, float]:
    """Figures of each step, the plan with its tokens, and seconds."""
    from trainer.contract import TRAIN_FILE
    from trainer.contract.events import EventLog
    from trainer.evaluate.reference import add_reference
    from trainer.plan.plan import make_plan
    from trainer.train.heartbeat import Heartbeat
    from trainer.train.processes import Processes
    from trainer.train.recipe import build_trainer, prepare_model
    from trainer.train.signals import StopSignals

    model, plan = prepare_model(make_plan(folder))
    model.save_pretrained(folder / "start")
    began = time.perf_counter()
    add_reference(plan, model, plan.train, TRAIN_FILE, begun=False)
    steps: list[dict[str, float]] = []
    log = EventLog(None, "benchmark", lambda event: steps.append(event) if event["event"] == "metric" else None)
    trainer, _ = build_trainer(plan, model, log, Heartbeat(log), StopSignals(), time.time(), Processes(), None)
    trainer.args.save_strategy = "no"
    trainer.train()
    return steps, plan, time.perf_counter() - began


def rows(plan: Any) -> list[dict[str, Any]]:
    """The examples as TRL prepares them, in the order of our steps."""
    import numpy as np

    from trainer.data.batches import epoch_order

    made = []
    for step in epoch_order(len(plan.train), BATCH, 0, 0):
        for place in step:
            first, second = plan.train[int(place)], plan.train.seconds[int(place)]
            at = int(np.flatnonzero(first.weights)[0])
            # What the template writes behind an answer is not trained.
            answer, other = (one.ids[at : int(np.flatnonzero(one.weights)[-1]) + 1].tolist() for one in (first, second))
            row = {"prompt_ids": first.ids[:at].tolist(), "answer": answer, "other": other}
            made.append({**row, "label": bool(plan.train.labels[int(place)])})
    return made


def theirs(folder: Path, objective: str, made: list[dict[str, Any]]) -> tuple[list[dict[str, float]], float]:
    """Figures of each of TRL's steps, and seconds."""
    import torch
    from datasets import Dataset
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback, TrainerCallback

    figures: list[dict[str, float]] = []

    class Figures(TrainerCallback):
        def on_log(self, *_: Any, logs: Any = None, **__: Any) -> None:
            if "loss" in logs:
                figures.append({"loss": logs["loss"], "margin": logs["rewards/margins"]})

    kind, config, data = _trl(objective, made)
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    options = {"beta": 0.1, "max_length": None} if objective != "orpo" else {"beta": 0.1, "max_length": 2048}
    # KTO reads its batches in order by itself; the others are told to.
    trainer = kind(
        model=PeftModel.from_pretrained(model, folder / "start", is_trainable=True),
        args=config(
            output_dir=tempfile.mkdtemp(),
            max_steps=STEPS,
            per_device_train_batch_size=BATCH,
            learning_rate=RATE,
            lr_scheduler_type="linear",
            warmup_steps=0,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            disable_tqdm=True,
            seed=0,
            train_sampling_strategy="sequential",
            **options,
        ),
        train_dataset=Dataset.from_list(data),
        processing_class=AutoTokenizer.from_pretrained(MODEL),
        callbacks=[Figures()],
    )
    trainer.remove_callback(PrinterCallback)
    began = time.perf_counter()
    trainer.train()
    return figures, time.perf_counter() - began


def _trl(objective: str, made: list[dict[str, Any]]) -> tuple[Any, Any, list[dict[str, Any]]]:
    """TRL's trainer with our tokens, its configuration, its data."""
    if objective == "orpo":
        return _orpo(made)
    from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer

    def prepared(_self: Any, dataset: Any, *_: Any, **__: Any) -> Any:
        return dataset

    if objective == "dpo":
        kind = type("Prepared", (DPOTrainer,), {"_prepare_dataset": prepared})
        names = {"prompt_ids": "prompt_ids", "answer": "chosen_ids", "other": "rejected_ids"}
        return kind, DPOConfig, [{new: row[old] for old, new in names.items()} for row in made]
    kind = type("Prepared", (KTOTrainer,), {"_prepare_dataset": prepared})
    names = {"prompt_ids": "prompt_ids", "answer": "completion_ids", "other": "KL_completion_ids", "label": "label"}
    return kind, KTOConfig, [{new: row[old] for old, new in names.items()} for row in made]


def _orpo(made: list[dict[str, Any]]) -> tuple[Any, Any, list[dict[str, Any]]]:
    import torch
    from trl.experimental.orpo import ORPOConfig, ORPOTrainer

    class AnswersOnly(ORPOTrainer):  # type: ignore[misc]
        def tokenize_row(self, feature: Any, *_: Any, **__: Any) -> dict[str, Any]:
            prompt, found = feature["prompt_ids"], {}
            for name, answer in (("chosen", feature["answer"]), ("rejected", feature["other"])):
                found[f"{name}_input_ids"] = prompt + answer
                found[f"{name}_attention_mask"] = [1] * len(prompt + answer)
                found[f"{name}_labels"] = [-100] * len(prompt) + answer
            return {**found, "prompt_input_ids": prompt, "prompt_attention_mask": [1] * len(prompt)}

        def concatenated_forward(self, model: Any, batch: Any) -> Any:
            found = super().concatenated_forward(model, batch)
            labels = batch["chosen_labels"][:, 1:]
            logits = found[2][:, : labels.shape[1]]
            loss = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1))
            return (*found[:4], loss, *found[5:])

    texts = {"prompt": "-", "chosen": "-", "rejected": "-"}
    return AnswersOnly, ORPOConfig, [{**texts, **row} for row in made]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trl", type=Path, required=True)
    parser.add_argument("--only", choices=["dpo", "kto", "orpo"])
    options = parser.parse_args()
    sys.path.append(str(options.trl))
    import torch

    from trainer.model.quiet import quieten_libraries

    quieten_libraries()
    torch.set_num_threads(1)
    print(
        f"\n| objective, {STEPS} steps of {BATCH} | loss at the end, ours / TRL | largest difference of losses ", end=""
    )
    print("| margin at the end, ours / TRL | largest difference of margins | seconds, ours / TRL |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    for objective in [options.only] if options.only else ["dpo", "kto", "orpo"]:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / objective
            write_run(folder, objective)
            mine, plan, seconds = ours(folder)
            other, other_seconds = theirs(folder, objective, rows(plan))
        cells = [objective]
        for name in ("loss", "margin"):
            apart = max(abs(a[name] - b[name]) for a, b in zip(mine, other, strict=True))
            cells += [f"{mine[-1][name]:.6f} / {other[-1][name]:.6f}", f"{apart:.1e}"]
        print(f"| {' | '.join([*cells, f'{seconds:.1f} / {other_seconds:.1f}'])} |", flush=True)


if __name__ == "__main__":
    main()
