"""One training in a process of its own: `python one_run.py ours|trl FOLDER '{...}'` prints JSON with its figures.

With TRL the same examples, masks, order, adapter and learning rates are used; only the mechanics are TRL's.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")


def timed(train: Callable[[], object]) -> dict[str, float]:
    """Seconds on the clock, and processor seconds of all threads: these hardly depend on what else runs here."""
    began, worked = time.perf_counter(), time.process_time()
    train()
    return {"seconds": time.perf_counter() - began, "processor_seconds": time.process_time() - worked}


def ours(folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    from trainer.contract.events import EventLog
    from trainer.model.quiet import quieten_libraries
    from trainer.train.heartbeat import Heartbeat

    quieten_libraries()
    from trainer.plan.plan import make_plan
    from trainer.train.processes import Processes
    from trainer.train.recipe import build_trainer, prepare_model
    from trainer.train.signals import StopSignals

    plan = make_plan(folder)
    model, plan = prepare_model(plan)
    if options.get("save_adapter"):
        model.save_pretrained(options["save_adapter"])
    losses: list[float] = []
    log = EventLog(
        None, "benchmark", lambda event: losses.append(event["loss"]) if event["event"] == "metric" else None
    )
    trainer, _ = build_trainer(plan, model, log, Heartbeat(log), StopSignals(), time.time(), Processes(), None)
    trainer.args.save_strategy = "no"
    return {**timed(trainer.train), "losses": losses, "steps": trainer.state.global_step}


def trl(folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    import torch
    from datasets import Dataset
    from peft import LoraConfig, PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    tokenised = json.loads((folder / "tokenised.json").read_text())
    data = Dataset.from_list(tokenised)
    arguments: dict[str, Any] = {
        "dtype": torch.bfloat16 if options.get("nf4") and options.get("bf16", True) else torch.float32
    }
    if options.get("nf4"):
        arguments["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=arguments["dtype"],
        )
    name = options["model"]
    model = AutoModelForCausalLM.from_pretrained(name, **arguments)
    peft_config = None
    if options.get("adapter"):
        model = PeftModel.from_pretrained(model, options["adapter"], is_trainable=True)
    else:
        peft_config = LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules="all-linear")

    losses: list[float] = []

    class Losses(TrainerCallback):
        def on_log(self, *_: Any, logs: Any = None, **__: Any) -> None:
            if "loss" in logs:
                losses.append(logs["loss"])

    config = SFTConfig(
        output_dir=tempfile.mkdtemp(),
        max_steps=options["steps"],
        per_device_train_batch_size=options.get("batch_size", 8),
        learning_rate=options.get("learning_rate", 1e-3),
        lr_scheduler_type="linear",
        warmup_steps=options.get("warmup_steps", 0),
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
        seed=0,
        assistant_only_loss=False,
        **options.get("config", {}),
    )
    trainer = SFTTrainer(
        model=model,
        args=config,
        train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(name),
        peft_config=peft_config,
        callbacks=[Losses()],
    )
    tokens = 0
    collate = trainer.data_collator

    def counting(features: Any) -> Any:
        nonlocal tokens
        batch = collate(features)
        tokens += int((batch["labels"][..., 1:] != -100).sum())
        return batch

    trainer.data_collator = counting
    return {**timed(trainer.train), "losses": losses, "steps": options["steps"], "trained_tokens": tokens}


def main() -> None:
    kind, folder, options = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
    figures = ours(folder, options) if kind == "ours" else trl(folder, options)
    figures["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("RESULT " + json.dumps(figures))


if __name__ == "__main__":
    main()
