"""Settings as `transformers.TrainingArguments`."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from trainer import contract
from trainer.contract.errors import MissingError, SettingsError

if TYPE_CHECKING:
    from trainer.plan.plan import Plan

_FIGURES = "this trainer, whose log has the figures of each step as they are"
_ITS_LOADER = "this trainer, which lays out the steps itself"
_CHECKPOINTS = "this trainer, which has to find the best step and to continue from any"


def training_arguments(plan: Plan, resumed: bool) -> Any:
    """Arguments for transformers; `[transformers]` in run.toml adds to them what `trainer.plan.unasked` passes on."""
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


OWNED = {
    "output_dir": "the run folder",
    "learning_rate": "[training] learning_rate",
    "num_train_epochs": "[training] epochs",
    "max_steps": "[training] steps",
    "per_device_train_batch_size": "[training] batch_size",
    "gradient_accumulation_steps": "[training] batch_size and micro_batch_tokens",
    "eval_strategy": "[training] evaluations",
    "eval_steps": "[training] evaluations",
    "save_strategy": "[training] evaluations",
    "save_steps": "[training] evaluations",
    "seed": "[training] seed",
    "bf16": "[model] precision",
    "fp16": "[model] precision",
    "use_cpu": "[model] device",
    "warmup_steps": "[training] warmup",
    "lr_scheduler_type": "[training] schedule",
    "weight_decay": "[training] weight_decay",
    "max_grad_norm": "[training] max_grad_norm",
    "neftune_noise_alpha": "[training] neftune_alpha",
    "activation_checkpointing": "[training] activation_checkpointing",
    "gradient_checkpointing": "[training] activation_checkpointing",
    "bf16_full_eval": "[model] precision",
    "fp16_full_eval": "[model] precision",
    "data_seed": "[training] seed",
    "auto_find_batch_size": "[training] micro_batch_tokens",
    "label_smoothing_factor": "this trainer, whose loss has none",
    "enable_jit_checkpoint": "this trainer, which saves when it is told to stop",
    "logging_strategy": _FIGURES,
    "logging_steps": _FIGURES,
    "logging_first_step": _FIGURES,
    "logging_nan_inf_filter": _FIGURES,
    "eval_on_start": "[training] evaluations",
    "eval_delay": "[training] evaluations",
    "include_num_input_tokens_seen": "this trainer, which counts tokens itself",
    "remove_unused_columns": _ITS_LOADER,
    "train_sampling_strategy": _ITS_LOADER,
    "dataloader_drop_last": _ITS_LOADER,
    "dataloader_num_workers": _ITS_LOADER,
    "dataloader_persistent_workers": _ITS_LOADER,
    "dataloader_prefetch_factor": _ITS_LOADER,
    "dataloader_multiprocessing_context": _ITS_LOADER,
    "ignore_data_skip": _CHECKPOINTS,
    "resume_from_checkpoint": _CHECKPOINTS,
    "restore_callback_states_from_checkpoint": _CHECKPOINTS,
    "save_only_model": _CHECKPOINTS,
    "save_total_limit": _CHECKPOINTS,
    "load_best_model_at_end": _CHECKPOINTS,
    "metric_for_best_model": _CHECKPOINTS,
    "greater_is_better": _CHECKPOINTS,
}
"""Training arguments that have a setting of their own here, or that this trainer rests on."""


def check_transformers_settings(given: dict[str, Any]) -> None:
    """Only arguments that transformers has and this trainer does not own.

    Raises:
        SettingsError: an argument is unknown or has a setting of its own.
    """
    if not given:
        return
    from transformers import TrainingArguments

    known = {field.name for field in fields(TrainingArguments)}
    for name in given:
        if name in OWNED:
            raise SettingsError(f"[transformers] {name} is set by {OWNED[name]}. Remove it from [transformers].")
        if name not in known:
            raise SettingsError(f"[transformers] {name}: transformers.TrainingArguments has no such argument.")


def refuse_failing_arguments(plan: Plan) -> None:
    """Try what transformers makes of `[transformers]` before the first step: arguments, optimiser, schedule, reports.

    Raises:
        SettingsError: it refuses a value.
        MissingError: a value needs a package that is not installed.
    """
    if not plan.settings.transformers:
        return
    import torch
    from transformers import Trainer, get_scheduler
    from transformers.integrations import get_reporting_integration_callbacks

    if plan.settings.transformers.get("use_liger_kernel") and importlib.util.find_spec("liger_kernel") is None:
        raise MissingError("[transformers] use_liger_kernel: the package liger-kernel is not installed.")
    try:
        arguments = training_arguments(plan, resumed=False)
        kind, values = Trainer.get_optimizer_cls_and_kwargs(arguments)
        optimiser = kind([torch.zeros(1, requires_grad=True)], **values)
        options = arguments.lr_scheduler_kwargs
        get_scheduler(arguments.lr_scheduler_type, optimiser, 0, plan.steps, scheduler_specific_kwargs=options)
    except ImportError as problem:
        raise MissingError(f"[transformers]: {_first_line(problem)}") from problem
    except (ValueError, TypeError, AttributeError, LookupError) as problem:
        raise SettingsError(f"[transformers] cannot be used: {_first_line(problem)}") from problem
    try:
        for report in get_reporting_integration_callbacks(arguments.report_to):
            report()
    except (RuntimeError, ImportError) as problem:
        raise MissingError(f"[transformers] report_to: {_first_line(problem)}") from problem
    except ValueError as problem:
        raise SettingsError(f"[transformers] report_to: {_first_line(problem)}") from problem


def _first_line(problem: Exception) -> str:
    return (str(problem).strip() or type(problem).__name__).splitlines()[0][:300].rstrip(".") + "."
