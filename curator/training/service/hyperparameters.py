"""Each service's hyper-parameters under its own names, with the limits that it documents."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curator.errors import UsageError
from curator.training.service.service_request import Method

Auto = Literal["auto"]
Positive = Annotated[float, Field(gt=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Named(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class OpenAISupervised(_Named):
    """openai/openai-openapi, CreateFineTuningJobRequest and FineTuneSupervisedHyperparameters."""

    n_epochs: Auto | Annotated[int, Field(ge=1, le=50)] | None = None
    batch_size: Auto | Annotated[int, Field(ge=1, le=256)] | None = None
    learning_rate_multiplier: Auto | Positive | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    suffix: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class OpenAIPreference(OpenAISupervised):
    """openai/openai-openapi, FineTuneDPOHyperparameters."""

    beta: Auto | Annotated[float, Field(gt=0, le=2)] | None = None


class Together(_Named):
    """together 3.1.1, resources/fine_tuning.py; what depends on the model is compared by the SDK before it asks."""

    n_epochs: AtLeastOne | None = None
    learning_rate: Positive | None = None
    batch_size: Literal["max"] | AtLeastOne | None = None
    gradient_accumulation_steps: AtLeastOne | None = None
    lora: bool | None = None
    lora_r: AtLeastOne | None = None
    lora_alpha: Positive | None = None
    lora_dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    lora_trainable_modules: str | None = None
    max_seq_length: AtLeastOne | None = None
    packing: bool | None = None
    n_evals: Annotated[int, Field(ge=0)] | None = None
    n_checkpoints: AtLeastOne | None = None
    lr_scheduler_type: Literal["linear", "cosine"] | None = None
    min_lr_ratio: Share | None = None
    scheduler_num_cycles: Positive | None = None
    warmup_ratio: Share | None = None
    weight_decay: NotNegative | None = None
    max_grad_norm: NotNegative | None = None
    random_seed: int | None = None
    early_stopping_enabled: bool | None = None
    early_stopping_patience: AtLeastOne | None = None
    early_stopping_min_delta: NotNegative | None = None
    early_stopping_warmup_evals: Annotated[int, Field(ge=0)] | None = None
    suffix: str | None = None


class TogetherSupervised(Together):
    """Whether prompts are trained on as well."""

    train_on_inputs: Auto | bool | None = None


class TogetherPreference(Together):
    """Of direct preference optimisation."""

    dpo_beta: Positive | None = None
    dpo_normalize_logratios_by_length: bool | None = None
    rpo_alpha: NotNegative | None = None
    simpo_gamma: NotNegative | None = None


class FireworksPreference(_Named):
    """fireworks-ai 1.2.30, TrainingConfig."""

    epochs: AtLeastOne | None = None
    learning_rate: Positive | None = None
    lora_rank: AtLeastOne | None = None
    max_context_length: AtLeastOne | None = None
    batch_size: AtLeastOne | None = None
    batch_size_samples: AtLeastOne | None = None
    gradient_accumulation_steps: AtLeastOne | None = None
    learning_rate_warmup_steps: Annotated[int, Field(ge=0)] | None = None
    optimizer_weight_decay: NotNegative | None = None
    jinja_template: str | None = None
    output_model: str | None = None


class FireworksSupervised(FireworksPreference):
    """fireworks-ai 1.2.30, SupervisedFineTuningJobCreateParams."""

    early_stop: bool | None = None
    eval_auto_carveout: bool | None = None


_MODELS: Mapping[tuple[str, str], type[_Named]] = {
    ("openai", "supervised"): OpenAISupervised,
    ("openai", "preference"): OpenAIPreference,
    ("together", "supervised"): TogetherSupervised,
    ("together", "preference"): TogetherPreference,
    ("fireworks", "supervised"): FireworksSupervised,
    ("fireworks", "preference"): FireworksPreference,
}
EPOCHS: Mapping[str, str] = {"openai": "n_epochs", "together": "n_epochs", "fireworks": "epochs"}
"""What each service calls the passes over the data."""


def checked_settings(provider: str, method: Method, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given hyper-parameters, if the service knows them and takes their values.

    Raises:
        UsageError: it does not; the sentence names the nearest that it knows.
    """
    model = _MODELS[provider, method]
    try:
        return model.model_validate(dict(given)).model_dump(exclude_unset=True)
    except ValidationError as error:
        fault = error.errors(include_url=False)[-1]
        name = str(fault["loc"][0])
        if fault["type"] == "extra_forbidden":
            near = get_close_matches(name, model.model_fields, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" There are {', '.join(model.model_fields)}."
            raise UsageError(f"{provider} has no hyper-parameter {name} for {method} training.{hint}") from None
        raise UsageError(f"{name} = {fault['input']!r} is not possible at {provider}: {fault['msg']}.") from None
