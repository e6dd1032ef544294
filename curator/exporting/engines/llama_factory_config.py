"""LLaMA-Factory's two files beside the data: `dataset_info.json` and a YAML that means what the run's settings mean.

Source: LLaMA-Factory 0.9.5 data/parser.py (DatasetAttr) and hparams/.
"""

from typing import Any

from curator.exporting.engines.run_settings import EngineRun

_STAGES = {"preference": "dpo", "rating": "kto", "text": "pt"}
_SHAREGPT_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_OPENAI_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "function_tag": "function_call",
    "system_tag": "system",
}
"""LLaMA-Factory takes a missing tag for none at all, so every one is named."""


def dataset_info(form: str, files: dict[str, str], *, is_openai: bool = False) -> dict[str, Any]:
    """`dataset_info.json`: an entry for each split.

    Args:
        form: of the lines, as the target distinguishes them.
        files: file name by split.
        is_openai: whether the lines are OpenAI's messages instead of ShareGPT's turns.
    """
    return {split: {"file_name": name, **_columns(form, is_openai=is_openai)} for split, name in files.items()}


def _columns(form: str, *, is_openai: bool) -> dict[str, Any]:
    if is_openai:
        columns = {"messages": "messages", "tools": "tools"}
        return {"formatting": "openai", "columns": columns, "tags": _OPENAI_TAGS}
    match form:
        case "text":
            return {"columns": {"prompt": "text"}}
        case "rating":
            columns = {"messages": "messages", "kto_tag": "kto_tag", "tools": "tools"}
            return {"formatting": "sharegpt", "columns": columns, "tags": _OPENAI_TAGS}
    columns = {"messages": "conversations", "system": "system", "tools": "tools"}
    if form == "preference":
        columns |= {"chosen": "chosen", "rejected": "rejected"}
        return {"formatting": "sharegpt", "ranking": True, "columns": columns, "tags": _SHAREGPT_TAGS}
    return {"formatting": "sharegpt", "columns": columns, "tags": _SHAREGPT_TAGS}


def llama_factory_config(run: EngineRun, form: str, files: dict[str, str], *, on_ray: bool = False) -> dict[str, Any]:
    """The configuration for `llamafactory-cli train`; arguments as in `axolotl_config`."""
    config: dict[str, Any] = {
        "model_name_or_path": run.model,
        "trust_remote_code": run.trust_remote_code,
        "stage": _STAGES.get(form, "sft"),
        "do_train": True,
        "finetuning_type": "lora",
        **_adapter(run),
        "dataset_dir": ".",
        "dataset": "train",
        "cutoff_len": run.max_length,
    }
    if run.revision:
        config["model_revision"] = run.revision
    config["packing"] = False  # packed, a step would count full rows and not examples
    config |= _training(run)
    if "validation" in files and run.evaluations:
        share = round(1 / run.evaluations, 6)
        config |= {"eval_dataset": "validation", "eval_strategy": "steps", "eval_steps": share}
        config |= {"save_strategy": "steps", "save_steps": share, "load_best_model_at_end": True}
        config |= {"metric_for_best_model": "eval_loss", "greater_is_better": False}
        config["early_stopping_steps"] = run.patience
    if on_ray:
        config["ray_num_workers"] = 1
    return config


def _adapter(run: EngineRun) -> dict[str, Any]:
    config: dict[str, Any] = {
        "lora_rank": run.rank,
        "lora_alpha": round(run.alpha),
        "lora_dropout": run.dropout,
        "lora_target": "all" if isinstance(run.targets, str) else ",".join(run.targets),
    }
    if run.is_4bit:
        config |= {"quantization_bit": 4, "quantization_method": "bnb", "double_quantization": True}
    match run.variant:
        case "rslora":
            config["use_rslora"] = True
        case "dora":
            config["use_dora"] = True
        case "pissa":
            config["pissa_init"] = True
    return config


def _training(run: EngineRun) -> dict[str, Any]:
    config: dict[str, Any] = {
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": run.batch_size,
        "num_train_epochs": float(run.epochs),
    }
    if run.steps:
        config["max_steps"] = run.steps
    config |= {
        "learning_rate": run.learning_rate,
        "lr_scheduler_type": run.schedule,
        "warmup_steps": run.warmup_steps,
        "optim": "adamw_torch",
        "weight_decay": run.weight_decay,
        "max_grad_norm": run.max_grad_norm,
        "seed": run.seed,
        "disable_gradient_checkpointing": not run.activation_checkpointing,
        "bf16": run.precision != "float32",
        "output_dir": "outputs",
        "logging_steps": 1,
        "report_to": "none",
    }
    if run.neftune_alpha is not None:
        config["neftune_noise_alpha"] = run.neftune_alpha
    return config
