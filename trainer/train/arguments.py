"""Settings as `transformers.TrainingArguments`."""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

from trainer import contract
from trainer.plan import Plan


def training_arguments(plan: Plan, resumed: bool) -> Any:
    """Arguments for transformers; `[transformers]` in run.toml adds to them what `trainer.unasked` passes on."""
    from transformers import TrainingArguments

    settings = plan.settings
    training = settings.training
    every = max(1, plan.steps // max(1, training.evaluations or 10))
    evaluated = plan.validation is not None
    arguments: dict[str, Any] = {
        "output_dir": str(plan.folder / contract.CHECKPOINTS_FOLDER),
        "max_steps": plan.steps,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": training.schedule,
        "warmup_steps": min(plan.steps - 1, round(plan.steps * (training.warmup or 0.0))),
        "weight_decay": training.weight_decay,
        "max_grad_norm": training.max_grad_norm,
        "neftune_noise_alpha": training.neftune_alpha,
        "seed": training.seed,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "eval_strategy": "steps" if evaluated else "no",
        "eval_steps": every,
        "eval_on_start": evaluated and not resumed,
        "save_strategy": "steps",
        "save_steps": every,
        "save_total_limit": 2,
        "load_best_model_at_end": evaluated,
        "metric_for_best_model": "eval_loss" if evaluated else None,
        "greater_is_better": False if evaluated else None,
        "use_cpu": not plan.placement.on_cuda,
        "disable_tqdm": True,
        "report_to": "none",
        "log_level": "error",
        "log_level_replica": "error",
        "remove_unused_columns": False,
        "dataloader_pin_memory": False,
        "activation_checkpointing": bool(training.activation_checkpointing),
        "activation_checkpointing_kwargs": {"use_reentrant": False} if training.activation_checkpointing else None,
        "ddp_find_unused_parameters": False,
    }
    if plan.placement.on_cuda and importlib.util.find_spec("liger_kernel") is not None:
        # Norms, rotary embedding and the gated product; the loss stays ours, which computes fewer logits.
        arguments["use_liger_kernel"] = True
        arguments["liger_kernel_config"] = {"fused_linear_cross_entropy": False, "cross_entropy": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return TrainingArguments(**{**arguments, **settings.transformers})
