"""The base model and its tokenizer: found, checked, loaded with 4-bit weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.contract.errors import DataError, MissingError, SettingsError, TrainerError
from trainer.contract.settings import ModelSettings
from trainer.model import attention
from trainer.model.freed import freed_memory_returned

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class ModelSource:
    """Where the model comes from: arguments that every `from_pretrained` shares."""

    name: str
    revision: str | None
    allow_download: bool
    trust_remote_code: bool

    @property
    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for `from_pretrained`."""
        return {
            "revision": self.revision,
            "local_files_only": not self.allow_download,
            "trust_remote_code": self.trust_remote_code,
        }


@dataclass(frozen=True)
class Placement:
    """Device and number format of the computation."""

    device: str
    dtype: torch.dtype
    quantised: bool

    @property
    def on_cuda(self) -> bool:
        """A CUDA device computes."""
        return self.device.startswith("cuda")


def find_source(
    settings: ModelSettings, folder: Path, allow_download: bool, trust_remote_code: bool = False
) -> ModelSource:
    """A folder (absolute, or relative to the working folder or the run folder), else a name on the hub.

    Code that comes with the model runs only where `trust_remote_code`, never because a setting says so.
    """
    for candidate in (Path(settings.name), folder / settings.name):
        if candidate.is_dir():
            return ModelSource(str(candidate.resolve()), None, False, trust_remote_code)
    if settings.name.startswith((".", "/", "~")):
        raise MissingError(f"There is no model folder {settings.name}. Correct [model] name.")
    return ModelSource(settings.name, settings.revision, allow_download, trust_remote_code)


def choose_placement(settings: ModelSettings) -> Placement:
    """Device and dtype: CUDA in bfloat16 where the hardware has it, a CPU in float32.

    QLoRA computes in bfloat16; float16 overflows (the QLoRA authors: only 80 % of 7B runs complete without error). On a
    CPU with AVX512-BF16 float32 trained 1.5 times (42M parameters) to twice (1.7M) as fast as bfloat16.

    Raises:
        MissingError: a CUDA device is asked for and there is none.
    """
    import os

    import torch

    cuda = torch.cuda.is_available()
    if settings.device == "cuda" and not cuda:
        raise MissingError('There is no CUDA device. Set [model] device = "cpu", or install a CUDA build of torch.')
    device, automatic = "cpu", torch.float32
    if cuda and settings.device != "cpu":
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
        if torch.cuda.is_bf16_supported(including_emulation=False):
            automatic = torch.bfloat16
    dtype = {"auto": automatic, "bfloat16": torch.bfloat16, "float32": torch.float32}[settings.precision]
    return Placement(device, dtype, settings.quantisation == "nf4")


def load_tokenizer(source: ModelSource) -> Any:
    """The tokenizer of the base model.

    Raises:
        MissingError: the model is not there.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(source.name, **source.arguments)
    except (OSError, ValueError) as problem:
        raise _missing(source, problem) from problem


def load_config(source: ModelSource) -> Any:
    """The configuration of the base model.

    Raises:
        MissingError: the model is not there.
        SettingsError: it wants to run code that comes with it.
    """
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(source.name, **source.arguments)
    except (OSError, ValueError) as problem:
        raise _missing(source, problem) from problem
    kernel = getattr(config, "_attn_implementation", None)
    if not source.trust_remote_code and isinstance(kernel, str) and "/" in kernel:
        raise SettingsError(
            f"The model {source.name} names a kernel of the hub for its attention ({kernel!r}), which is code. "
            f"{_ALLOW_CODE}"
        )
    return config


def generation_stops(source: ModelSource, config: Any) -> list[int]:
    """Tokens at which the base model's generation settings, or else its configuration, end an answer."""
    from transformers import GenerationConfig

    try:
        found = GenerationConfig.from_pretrained(source.name, **source.arguments).eos_token_id
    except (OSError, ValueError):
        found = getattr(config.get_text_config(), "eos_token_id", None)
    return [] if found is None else [found] if isinstance(found, int) else list(found)


def model_class(config: Any) -> Any:
    """The auto class that makes the model: it generates text, from text or also from pictures.

    Raises:
        SettingsError: it is a model of another kind.
    """
    from transformers import (
        MODEL_FOR_CAUSAL_LM_MAPPING,
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
        AutoModelForCausalLM,
        AutoModelForImageTextToText,
    )

    if not getattr(config, "is_encoder_decoder", False):
        if type(config) in MODEL_FOR_CAUSAL_LM_MAPPING or "AutoModelForCausalLM" in (
            getattr(config, "auto_map", None) or {}
        ):
            return AutoModelForCausalLM
        if type(config) in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
            return AutoModelForImageTextToText
    raise SettingsError(
        f"[model] name: a model of type {config.model_type!r} cannot be trained here; only models that continue a text "
        "(decoders) can."
    )


def weightless_model(config: Any, trust_remote_code: bool = False) -> Any:
    """The model without any weights: its layers can be counted.

    Raises:
        SettingsError: it is a model of another kind, or its configuration makes none.
    """
    import copy

    import torch

    from trainer.model.soundness import RAISED, first_line

    kind = model_class(config)
    try:
        with torch.device("meta"):
            return kind.from_config(copy.deepcopy(config), trust_remote_code=trust_remote_code)
    except ImportError as problem:
        raise MissingError(f"[model] name: the model needs a package: {first_line(problem)}") from problem
    except RAISED as problem:
        raise SettingsError(
            f"[model] name: the model's configuration (type {config.model_type!r}) makes no model: "
            f"{first_line(problem)}"
        ) from problem


def load_model(source: ModelSource, placement: Placement, sharded: bool = False) -> Any:
    """The base model, frozen, its linear layers in NF4 when the placement says so.

    Weights are quantised one by one on the way in: host memory holds one layer in 16 bits, not the model. `sharded`
    stores the 4-bit weights in the compute dtype, which FSDP needs in order to shard them.

    Raises:
        MissingError: the model is not there, or bitsandbytes is needed and missing.
    """
    attention.register()
    # Never pickled weights: reading them would run whatever code they hold.
    options: dict[str, Any] = {"dtype": placement.dtype, "use_safetensors": True, **source.arguments}
    if not sharded:
        options["device_map"] = {"": placement.device}
    if placement.quantised:
        options["quantization_config"] = _nf4(placement, sharded)
    try:
        with freed_memory_returned():
            model = model_class(load_config(source)).from_pretrained(source.name, **options)
    except (OSError, ImportError) as problem:
        raise _missing(source, problem) from problem
    model.requires_grad_(False)
    model.config.use_cache = False
    repair_cpu_layers(model)
    return model


def replace_attention(model: Any) -> None:
    """Give the model the attention that can pack examples, where its architecture lets it be replaced."""
    if model.config._attn_implementation == "sdpa":
        model.set_attn_implementation(attention.NAME)


def _nf4(placement: Placement, sharded: bool) -> Any:
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=placement.dtype,
        bnb_4bit_quant_storage=placement.dtype if sharded else torch.uint8,
    )


def repair_cpu_layers(model: Any) -> None:
    """Keep 4-bit weights in their training layout on CPUs with AVX512-BF16.

    There bitsandbytes (0.49 to 0.50.2) repacks a layer's weights at its first call in eval mode and does not undo it,
    so that after an evaluation gradients are wrong (by half their size in a small Llama) while the loss looks right.
    """
    from bitsandbytes.nn import Linear4bit

    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False


def check_vocabulary(model_or_config: Any, tokenizer: Any) -> None:
    """Every token of the tokenizer must have an embedding, but for tokens added behind the vocabulary.

    Those are for pictures, say; a text that uses one is refused when it is tokenised.

    Raises:
        DataError: the tokenizer is larger than the model's vocabulary.
    """
    rows = model_or_config.get_text_config().vocab_size
    if any(token not in tokenizer.added_tokens_decoder for token in range(rows, len(tokenizer))):
        raise DataError(
            f"The tokenizer has {len(tokenizer)} tokens and the model {rows} embeddings: they do not match. "
            "Use the tokenizer that came with the model."
        )


_ALLOW_CODE = "If you trust that code, say --trust-remote-code on the command line."


def _missing(source: ModelSource, problem: Exception) -> TrainerError:
    text = str(problem).split("\n")[0][:300]
    if not source.trust_remote_code and "trust_remote_code" in str(problem):
        return SettingsError(
            f"The model {source.name} comes with code of its own, which does not run without permission. {_ALLOW_CODE}"
        )
    if Path(source.name).is_dir():
        return MissingError(f"The model in {source.name} cannot be loaded: {text}")
    if not source.allow_download:
        return MissingError(
            f"The model {source.name} is neither a folder nor in the local cache. Correct [model] name, or allow the "
            "download with --allow-download."
        )
    return MissingError(
        f"The model {source.name} could not be downloaded: {text} If it is gated, accept its licence on the hub and "
        "log in with `hf auth login`."
    )
