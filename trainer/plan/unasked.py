"""What `run.toml` may not do unasked: a run's folder may have been received from somebody.

Its settings are data. They never run code, send anything or read files elsewhere; what a person allows stands on the
command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.contract.errors import SettingsError
from trainer.contract.settings import RunSettings

PASSED_ON = frozenset(
    [
        "adam_beta1",
        "adam_beta2",
        "adam_epsilon",
        "auto_find_batch_size",
        "average_tokens_across_devices",
        "batch_eval_metrics",
        "bf16_full_eval",
        "data_seed",
        "dataloader_drop_last",
        "dataloader_in_order",
        "dataloader_num_workers",
        "dataloader_persistent_workers",
        "dataloader_pin_memory",
        "dataloader_prefetch_factor",
        "ddp_backend",
        "ddp_broadcast_buffers",
        "ddp_bucket_cap_mb",
        "ddp_find_unused_parameters",
        "ddp_static_graph",
        "ddp_timeout",
        "disable_tqdm",
        "eval_accumulation_steps",
        "eval_delay",
        "eval_do_concat_batches",
        "eval_on_start",
        "fp16_full_eval",
        "full_determinism",
        "greater_is_better",
        "ignore_data_skip",
        "label_smoothing_factor",
        "length_column_name",
        "load_best_model_at_end",
        "log_level",
        "log_level_replica",
        "log_on_each_node",
        "logging_first_step",
        "logging_nan_inf_filter",
        "logging_steps",
        "logging_strategy",
        "lr_scheduler_kwargs",
        "metric_for_best_model",
        "optim",
        "optim_args",
        "optim_target_modules",
        "per_device_eval_batch_size",
        "prediction_loss_only",
        "remove_unused_columns",
        "report_to",
        "run_name",
        "save_on_each_node",
        "save_only_model",
        "save_total_limit",
        "skip_memory_metrics",
        "tf32",
        "torch_empty_cache_steps",
        "train_sampling_strategy",
        "use_cache",
        "use_liger_kernel",
    ]
)
"""Arguments of transformers.TrainingArguments that change numbers and what is written into the run's folder, no more.

Not among them: what uploads (hub_*, push_to_hub, trackio_*), what names further settings or files (deepspeed, fsdp,
accelerator_config, resume_from_checkpoint), and compilers, which run what lies in the system's temporary folder
(torch_compile)."""

REPORTS = ("none", "tensorboard")
"""Of `report_to`: what stays on this machine."""


def refuse_unasked(given: RunSettings, folder: Path, trust_remote_code: bool) -> None:
    """See that the settings do nothing that a person has to ask for.

    Args:
        given: `run.toml`, or `resolved.toml` of a run that began.
        folder: of the run.
        trust_remote_code: the person at the command line allowed code that comes with the model.

    Raises:
        SettingsError: they do; the sentence names the setting.
    """
    if given.model.trust_remote_code and not trust_remote_code:
        raise SettingsError(
            "[model] trust_remote_code = true would run code that comes with the model. If you trust that code, say "
            "--trust-remote-code on the command line; otherwise remove the setting from run.toml."
        )
    for name, value in given.transformers.items():
        if name not in PASSED_ON:
            raise SettingsError(
                f"[transformers] {name} could run code, send data or read other files, so it is not allowed. "
                "Remove it from run.toml."
            )
        if name == "report_to" and not set(_listed(value)) <= set(REPORTS):
            raise SettingsError(
                f"[transformers] report_to = {value!r} would send metrics to another machine. Use one of "
                f"{', '.join(REPORTS)}; events.jsonl and results.csv hold all metrics for your own programs."
            )
    refuse_elsewhere("[model] chat_template", given.model.chat_template, folder)
    refuse_elsewhere("[evaluation] answer_schema", given.evaluation.answer_schema, folder)


def refuse_elsewhere(setting: str, name: str | None, folder: Path) -> None:
    """See that a file that a setting names lies in the run's folder.

    Raises:
        SettingsError: it lies elsewhere, or a link leads there.
    """
    if name is not None and not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise SettingsError(
            f"{setting} = {name!r} lies outside the run's folder {folder}. Copy the file into that folder "
            "and give its name only."
        )


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
