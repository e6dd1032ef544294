"""axolotl's configuration beside the data: one YAML file, equal in meaning to the run's own settings.

Source: axolotl 0.19 utils/schemas/config.py, datasets.py, peft.py.
"""

from typing import Any

from curator.exporting.engines.run_settings import EngineRun

_STRATEGIES = {"cut-end": "truncate", "cut-start": "truncate", "drop": "drop", "refuse": "raise"}


def axolotl_config(run: EngineRun, form: str, files: dict[str, str], *, on_ray: bool = False) -> dict[str, Any]:
    """The configuration.

    Args:
        run: complete settings.
        form: of the lines, as the target distinguishes them.
        files: file name by split.
        on_ray: whether axolotl starts its workers through Ray.
    """
    config: dict[str, Any] = {"base_model": run.model}
    if run.revision:
        config["revision_of_model"] = run.revision
    config |= {
        "trust_remote_code": run.trust_remote_code,
        "load_in_4bit": run.is_4bit,
        "adapter": "qlora" if run.is_4bit else "lora",
        **_precision(run),
        **_adapter(run),
    }
    if form == "preference":
        config["rl"] = "dpo"
    if form == "chat" and run.chat_template:
        config["chat_template_jinja"] = run.chat_template
    config["datasets"] = [_data_set(files["train"], form)]
    if "validation" in files:
        config["test_datasets"] = [_data_set(files["validation"], form)]
    config |= _training(run, has_validation="validation" in files)
    if on_ray:
        config |= {"use_ray": True, "ray_num_workers": 1}
    return config


def _precision(run: EngineRun) -> dict[str, Any]:
    return {"bf16": "auto" if run.precision == "auto" else run.precision == "bfloat16"}


def _adapter(run: EngineRun) -> dict[str, Any]:
    config: dict[str, Any] = {"lora_r": run.rank, "lora_alpha": round(run.alpha), "lora_dropout": run.dropout}
    if isinstance(run.targets, str):
        config["lora_target_linear"] = True
    else:
        config["lora_target_modules"] = list(run.targets)
    match run.variant:
        case "rslora":
            config["peft_use_rslora"] = True
        case "dora":
            config["peft_use_dora"] = True
        case "pissa":
            config["peft_init_lora_weights"] = "pissa"
        case "loftq":
            config["peft"] = {"loftq_config": {"loftq_bits": 4}}
    return config


def _data_set(file: str, form: str) -> dict[str, Any]:
    """A file is read as JSON lines, whose only split axolotl calls train."""
    described: dict[str, Any] = {"path": file, "ds_type": "json", "split": "train"}
    match form:
        case "text":
            return {**described, "type": "completion", "field": "text"}
        case "preference":
            fields = {"field_messages": "prompt", "field_chosen": "chosen", "field_rejected": "rejected"}
            return {**described, "type": "chat_template.default", **fields}
    return {
        **described,
        "type": "chat_template",
        "field_messages": "messages",
        "field_tools": "tools",
        "message_field_training": "weight",
        "roles_to_train": ["assistant"],
        "train_on_eos": "turn",
    }


def _training(run: EngineRun, *, has_validation: bool) -> dict[str, Any]:
    config: dict[str, Any] = {
        "sequence_len": run.max_length,
        "excess_length_strategy": _STRATEGIES[run.overlength],
        "sample_packing": False,  # packed, a step would count full rows and not examples
        "eval_sample_packing": False,
        "train_on_inputs": False,
        "micro_batch_size": 1,
        "gradient_accumulation_steps": run.batch_size,
        "num_epochs": run.epochs,
    }
    if run.steps:
        config["max_steps"] = run.steps
    config |= {
        "learning_rate": run.learning_rate,
        "lr_scheduler": run.schedule,
        "warmup_steps": run.warmup_steps,
        "optimizer": "adamw_torch",
        "weight_decay": run.weight_decay,
        "max_grad_norm": run.max_grad_norm,
        "gradient_checkpointing": run.activation_checkpointing,
        "seed": run.seed,
        "output_dir": "./outputs",
        "logging_steps": 1,
    }
    if run.neftune_alpha is not None:
        config["neftune_noise_alpha"] = run.neftune_alpha
    if has_validation and run.evaluations:
        share = round(1 / run.evaluations, 6)
        config |= {"eval_steps": share, "save_steps": share, "early_stopping_patience": run.patience}
        config |= {"load_best_model_at_end": True, "metric_for_best_model": "eval_loss", "greater_is_better": False}
    return config
