"""`run.toml`: the settings of a run, and reading them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from trainer.contract.errors import SettingsError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSettings(_Strict):
    """`[model]`: which model, and how its frozen weights are held."""

    name: str = Field(min_length=1, description="a folder with the model, or a name on the Hugging Face hub")
    revision: str | None = None
    quantisation: Literal["nf4", "none"] = "nf4"
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    chat_template: str | None = Field(default=None, description="a Jinja file that replaces the model's own template")
    trust_remote_code: bool = False
    adapter: str | None = Field(default=None, description="a folder with the adapter that the run continues from")
    licence: str | None = Field(default=None, description="the base model's licence, for the model card")


class LoraSettings(_Strict):
    """`[lora]`: the adapter."""

    rank: Annotated[int, Field(ge=1, le=1024)] | None = None
    alpha: Annotated[float, Field(gt=0)] | None = None
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    targets: Literal["all-linear", "attention", "all", "experts"] | Annotated[list[str], Field(min_length=1)] = Field(
        default="all-linear", description="every linear layer but the output, routers and experts; or names"
    )
    variant: Literal["lora", "rslora", "dora", "pissa", "loftq"] | None = None


class TrainingSettings(_Strict):
    """`[training]`: how long, how fast, on which tokens. What is not set is derived from data and model."""

    objective: Literal["sft", "dpo", "kto", "orpo"] = Field(
        default="sft", description="sft learns answers; dpo and orpo from pairs, kto from rated answers"
    )
    beta: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="how much a preference counts: dpo and kto hold to the reference by it"
    )
    epochs: Annotated[float, Field(gt=0)] | None = None
    steps: Annotated[int, Field(ge=1)] | None = None
    learning_rate: Annotated[float, Field(gt=0, lt=1)] | None = None
    batch_size: Annotated[int, Field(ge=1)] | None = Field(default=None, description="examples in one optimiser step")
    max_length: Annotated[int, Field(ge=8)] | None = Field(default=None, description="tokens kept of one example")
    overlength: Literal["cut-end", "cut-start", "drop", "refuse"] = "cut-end"
    packing: bool | None = Field(
        default=None, description="several examples in one row, with exact attention boundaries"
    )
    micro_batch_tokens: Annotated[int, Field(ge=16)] | None = Field(
        default=None, description="tokens in one forward pass"
    )
    activation_checkpointing: bool | None = None
    evaluations: Annotated[int, Field(ge=0)] | None = Field(default=None, description="evaluations over the whole run")
    warmup: Annotated[float, Field(ge=0, lt=1)] | None = Field(default=None, description="share of the steps")
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "linear"
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    max_grad_norm: Annotated[float, Field(gt=0)] = 1.0
    neftune_alpha: Annotated[float, Field(gt=0)] | None = None
    allow_nothing_to_learn: bool = Field(default=False, description="skip examples without a trained token")
    allow_lost: list[Literal["system", "user", "tools", "tool-calls", "tool-results", "reasoning"]] = Field(
        default_factory=list, description="kinds of content that the chat template may leave unrendered"
    )
    skip_untrainable: bool = Field(
        default=False, description="skip examples that cannot be trained on, and name them in untrainable.jsonl"
    )
    untuned_losses: bool = Field(
        default=False, description="also score the untuned model on up to 2,000 train examples"
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0


class StoppingSettings(_Strict):
    """`[stopping]`: when training ends before its last step."""

    on_overfitting: Literal["stop", "warn"] = "stop"
    patience: Annotated[int, Field(ge=1)] = Field(default=4, description="evaluations without a better validation loss")
    min_delta: Annotated[float, Field(ge=0)] = Field(default=0.0, description="smallest fall that counts as better")


class EvaluationSettings(_Strict):
    """`[evaluation]`: what is asked of the tuned and the untuned model."""

    at_end: bool = True
    max_examples: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="held-out examples scored, at most"
    )
    answers: Annotated[int, Field(ge=0)] = Field(default=24, description="held-out examples answered at the end")
    sample_answers: Annotated[int, Field(ge=0)] = Field(default=2, description="answers shown at each evaluation")
    max_new_tokens: Annotated[int, Field(ge=1)] | None = Field(default=None, description="length of an answer, at most")
    baseline_prompt: str | None = Field(default=None, description="system text given to the untuned model")
    answer_schema: str | None = Field(
        default=None, description="a file with the JSON schema that answers have to meet; else the data's own"
    )


class RunSettings(_Strict):
    """`run.toml`. Only `[model] name` is required; the file is never rewritten."""

    model: ModelSettings
    lora: LoraSettings = LoraSettings()
    training: TrainingSettings = TrainingSettings()
    stopping: StoppingSettings = StoppingSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    transformers: dict[str, Any] = Field(
        default_factory=dict, description="passed to transformers.TrainingArguments, for example report_to"
    )

    @model_validator(mode="after")
    def _fitting_variant(self) -> Self:
        if self.lora.variant == "loftq" and self.model.quantisation == "none":
            raise ValueError(
                '[lora] variant = "loftq" begins at what quantising took from the weights, and [model] quantisation = '
                '"none" takes nothing; remove one of them'
            )
        if self.lora.variant == "pissa" and self.training.weight_decay > 0:
            raise ValueError(
                '[lora] variant = "pissa" keeps half of the adapter frozen, and [training] weight_decay would shrink '
                "it; set it to 0"
            )
        return self

    @model_validator(mode="after")
    def _fitting_objective(self) -> Self:
        training = self.training
        if training.objective == "sft" and training.beta is not None:
            raise ValueError(
                '[training] beta counts for the objectives "dpo", "kto" and "orpo"; remove it, or set one of them'
            )
        if training.objective == "kto" and training.batch_size == 1:
            raise ValueError(
                '[training] objective = "kto" pairs each prompt with another answer of its batch; set batch_size to 2 '
                "or more"
            )
        return self


def read_settings(path: Path) -> RunSettings:
    """Read `run.toml`.

    Raises:
        SettingsError: the file is missing, is not TOML, or holds a wrong or unknown setting (all are named).
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f'{path} does not exist. Write one with at least the line model.name = "path or name of a model".'
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path} is not readable TOML: {problem}.") from problem
    try:
        return RunSettings.model_validate(raw)
    except ValidationError as problem:
        raise SettingsError(f"{path}: {worded(problem)}") from problem


def worded(problem: ValidationError) -> str:
    """What is wrong with settings, a sentence; of a name that does not exist the nearest."""
    sentences = []
    for error in problem.errors():
        name = ".".join(str(part) for part in error["loc"])
        if error["type"] == "extra_forbidden":
            sentences.append(f"there is no setting {name}{_nearest(error['loc'])}")
        elif error["type"] == "missing":
            sentences.append(f"{name} is missing")
        elif not name:
            sentences.append(error["msg"].removeprefix("Value error, "))
        else:
            sentences.append(f"{name} = {error['input']!r}: {error['msg']}")
    return "; ".join(sentences) + "."


def _nearest(location: tuple[int | str, ...]) -> str:
    from difflib import get_close_matches

    fields: dict[str, Any] = dict(RunSettings.model_fields)
    if len(location) > 1:
        section = RunSettings.model_fields.get(str(location[0]))
        fields = dict(getattr(section.annotation, "model_fields", {})) if section else {}
    near = get_close_matches(str(location[-1]), fields, n=1, cutoff=0.5)
    return f" (nearest: {near[0]})" if near else ""
