"""An adapter that a run continues from: its settings are the run's, and it must fit the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trainer.contract.errors import MissingError, SettingsError
from trainer.contract.settings import LoraSettings, RunSettings
from trainer.model.soundness import RAISED, first_line

OF_THE_ADAPTER = ("rank", "alpha", "targets", "variant")


def adapter_folder(name: str, folder: Path) -> Path:
    """Of `[model] adapter`: from the working folder, or from the run's.

    Raises:
        MissingError: it is not there, or holds no adapter.
    """
    for candidate in (Path(name), folder / name):
        if (candidate / "adapter_config.json").is_file() and (candidate / "adapter_model.safetensors").is_file():
            return candidate.resolve()
    raise MissingError(
        f"[model] adapter = {name!r} holds no adapter (adapter_config.json and adapter_model.safetensors). Correct it."
    )


def with_settings_of(given: RunSettings, adapter: Path) -> RunSettings:
    """The settings with rank, alpha, targets and variant of the adapter.

    Raises:
        SettingsError: run.toml sets one of them too, or it is no LoRA adapter.
    """
    own = [name for name in OF_THE_ADAPTER if name in given.lora.model_fields_set]
    if own:
        raise SettingsError(f"[lora] {own[0]} comes from the adapter in [model] adapter. Remove it from run.toml.")
    try:
        config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
        variant = "dora" if config.get("use_dora") else "rslora" if config.get("use_rslora") else "lora"
        targets = [*(config["target_modules"] or ()), *(config.get("target_parameters") or ())]
        values = {"rank": config["r"], "alpha": config["lora_alpha"], "targets": targets, "variant": variant}
        lora = LoraSettings.model_validate({**given.lora.model_dump(exclude_unset=True), **values})
    except (ValueError, KeyError, TypeError) as problem:
        raise SettingsError(
            f"[model] adapter: {adapter} is not a LoRA adapter with named layers: {first_line(problem)}"
        ) from problem
    return given.model_copy(update={"lora": lora})


def continue_adapter(model: Any, adapter: Path) -> Any:
    """The model with the adapter, to be trained further; its weights in fp32, as those of a new one.

    Raises:
        SettingsError: it does not fit the model.
    """
    from peft import PeftModel
    from safetensors import SafetensorError

    try:
        return PeftModel.from_pretrained(model, adapter, is_trainable=True)
    except (SafetensorError, OSError, *RAISED) as problem:
        raise SettingsError(f"[model] adapter: {adapter} does not fit the model: {first_line(problem)}") from problem


def refuse_unfitting(shapes: dict[str, tuple[int, int]], adapter: Path) -> None:
    """See by the shapes in its file that an adapter fits the layers of a model.

    Args:
        shapes: sizes in and out of each linear layer, by name.
        adapter: its folder.

    Raises:
        SettingsError: it has a layer that the model has not, or of another size.
    """
    from safetensors import SafetensorError, safe_open

    end = ".lora_A.weight"
    try:
        with safe_open(adapter / "adapter_model.safetensors", framework="pt") as weights:
            inputs = {name: weights.get_slice(name).get_shape()[-1] for name in weights.keys() if name.endswith(end)}  # noqa: SIM118
    except (SafetensorError, OSError) as problem:
        raise SettingsError(f"[model] adapter: {adapter} cannot be read: {first_line(problem)}") from problem
    for name, size in inputs.items():
        layer = name.removeprefix("base_model.model.").removesuffix(end)
        if layer in shapes and shapes[layer][0] == size:
            continue
        if ".experts" in layer:  # stacked, and wrapped more than once
            continue
        raise SettingsError(
            f"[model] adapter: {adapter} belongs to another model: it adapts {layer} with {size} inputs, and the "
            f"model has {f'{shapes[layer][0]} there' if layer in shapes else 'no such layer'}."
        )
