"""One process of `benchmarks.trainer.on_gpu`: `python gpu_run.py ours|trl|agree FOLDER '{...}'` prints JSON lines.

Each step is timed on a device that has finished it; the first two steps (kernels compiled, memory taken) do not count.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
warnings.filterwarnings("ignore")
WARM_STEPS = 2


class Steps:
    """When each step ended, and the tokens of each batch: all, and those trained."""

    def __init__(self) -> None:
        self.ended: list[float] = []
        self.tokens: list[tuple[int, int]] = []
        self.losses: list[float] = []

    def callback(self) -> Any:
        import torch
        from transformers import TrainerCallback

        steps = self

        class Timed(TrainerCallback):
            def on_step_end(self, *_: Any, **__: Any) -> None:
                if torch.cuda.is_available():
                    torch.cuda.synchronize()
                steps.ended.append(time.perf_counter())

            def on_log(self, *_: Any, logs: Any = None, **__: Any) -> None:
                if "loss" in logs:
                    steps.losses.append(logs["loss"])

        return Timed()

    def figures(self) -> dict[str, Any]:
        import torch

        seconds = self.ended[-1] - self.ended[WARM_STEPS - 1]
        counted = self.tokens[WARM_STEPS : len(self.ended)]
        memory = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
        return {
            "tokens_a_second": sum(seen for seen, _ in counted) / seconds,
            "trained_a_second": sum(trained for _, trained in counted) / seconds,
            "seconds_a_step": seconds / len(counted),
            "peak_gb": memory / 1e9,
            "first_loss": self.losses[0],
            "last_loss": self.losses[-1],
        }


def start_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def peak_gb() -> float:
    import torch

    return torch.cuda.max_memory_allocated() / 1e9 if torch.cuda.is_available() else 0.0


def say(name: str, **figures: Any) -> None:
    print("RESULT " + json.dumps({"name": name, **figures}), flush=True)


def ours(folder: Path, options: dict[str, Any]) -> None:
    """The recipe's own model and trainer; one loaded model serves every variant, each starting where the last ended."""
    from benchmarks.trainer.random_weights import readable
    from trainer.contract.events import EventLog
    from trainer.model.quiet import quieten_libraries
    from trainer.train.heartbeat import Heartbeat

    quieten_libraries()
    from trainer.plan.plan import make_plan
    from trainer.train.processes import Processes
    from trainer.train.recipe import build_trainer, prepare_model
    from trainer.train.signals import StopSignals

    began = time.perf_counter()
    with readable(Path(options["model"])):
        prepared = time.perf_counter()
        plan = make_plan(folder)
        model, plan = prepare_model(plan)
    say("loaded", seconds=time.perf_counter() - prepared, preparing=prepared - began, peak_gb=peak_gb())
    training = plan.settings.training
    print(
        f"chosen: checkpointing {training.activation_checkpointing}, {training.micro_batch_tokens} tokens a pass",
        flush=True,
    )
    for variant in options["variants"]:
        start_memory()
        chosen = plan
        for name, value in variant["settings"].items():
            chosen = chosen.with_value("training", name, value, "benchmark")
        chosen = chosen.with_value("training", "steps", options["steps"], "benchmark")
        log = EventLog(None, "benchmark", None)
        trainer, _ = build_trainer(chosen, model, log, Heartbeat(log), StopSignals(), time.time(), Processes(), None)
        trainer.args.save_strategy = "no"
        if not variant.get("liger", True):
            trainer.args.use_liger_kernel = False
        steps = Steps()
        trainer.add_callback(steps.callback())
        step = trainer.training_step

        def noted(*arguments: Any, step: Any = step, trainer: Any = trainer, steps: Steps = steps, **named: Any) -> Any:
            loss = step(*arguments, **named)
            steps.tokens.append((trainer.figures.tokens, trainer.figures.trained_tokens))
            return loss

        trainer.training_step = noted
        try:
            trainer.train()
            say(variant["name"], passes=chosen.settings.training.micro_batch_tokens, **steps.figures())
        except RuntimeError as problem:
            say(variant["name"], failed=str(problem)[:300])
        model = trainer.model
        model.get_base_model().activation_checkpointing_disable()
        del trainer


def trl(folder: Path, options: dict[str, Any]) -> None:
    """TRL's SFTTrainer on the same tokens and masks."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
    from trl import SFTConfig, SFTTrainer

    from benchmarks.trainer.random_weights import readable

    name = Path(options["model"])
    cuda = torch.cuda.is_available()
    quantised = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    with readable(name):
        model = AutoModelForCausalLM.from_pretrained(
            name, dtype=torch.bfloat16, quantization_config=quantised, device_map={"": 0 if cuda else "cpu"}
        )
    start_memory()
    steps = Steps()
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=tempfile.mkdtemp(),
            max_steps=options["steps"],
            per_device_train_batch_size=options["batch_size"],
            max_length=2048,
            learning_rate=2e-4,
            logging_steps=1,
            save_strategy="no",
            use_cpu=not cuda,
            disable_tqdm=True,
            seed=0,
            **options["config"],
        ),
        train_dataset=Dataset.from_list(json.loads((folder / "tokenised.json").read_text())),
        processing_class=AutoTokenizer.from_pretrained(name),
        peft_config=LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules="all-linear"),
        callbacks=[steps.callback()],
    )
    collate = trainer.data_collator

    def counting(features: Any) -> Any:
        batch = collate(features)
        mask = batch.get("attention_mask")
        seen = int(mask.sum()) if mask is not None else batch["input_ids"].numel()
        steps.tokens.append((seen, int((batch["labels"][..., 1:] != -100).sum())))
        return batch

    trainer.data_collator = counting
    trainer.train()
    say(options["name"], **steps.figures())


def agree(folder: Path, options: dict[str, Any]) -> None:
    """One step's gradients on the device, packed and padded, against fp32 on the processor.

    Without 4-bit weights, so that both sides hold the same numbers. bfloat16 leaves 1e-2; a wrong mask or a missing
    head leaves 1.
    """
    import torch

    from benchmarks.trainer.random_weights import readable
    from trainer.data.batches import Layout, epoch_order, step_batch
    from trainer.model.load import Placement, load_model, replace_attention
    from trainer.model.loss import answer_scores
    from trainer.model.precision import computing
    from trainer.plan.plan import make_plan

    plan = make_plan(folder)
    step = epoch_order(len(plan.train), 8, 0, 0)[0]

    def gradients(device: str, dtype: torch.dtype, packed: bool) -> tuple[torch.Tensor, float]:
        placement = Placement(device, dtype, False)
        with readable(Path(options["model"])):
            model = load_model(plan.source, placement)
        replace_attention(model)
        layers = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
        for layer in layers:
            layer.weight.requires_grad_(True)
        total = 0.0
        for batch in step_batch(plan.train, plan.train.lengths, step, Layout(packed, 4096), 0, 0).micro_batches:
            with computing(device, dtype):
                scores = answer_scores(model, batch.to(device), 100.0)
            scores.loss.backward()
            total += float(scores.loss)
        return torch.cat([layer.weight.grad.float().cpu().flatten() for layer in layers]), total

    truth, loss = gradients("cpu", torch.float32, False)
    device = "cuda:0" if torch.cuda.is_available() else "cpu"
    for packed in (False, True):
        found, theirs = gradients(device, torch.bfloat16, packed)
        apart = float((found - truth).norm() / truth.norm())
        say("gradients " + ("packed" if packed else "padded"), apart=apart, loss=theirs, loss_fp32=loss)


def main() -> None:
    kind, folder, options = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
    {"ours": ours, "trl": trl, "agree": agree}[kind](folder, options)


if __name__ == "__main__":
    main()
