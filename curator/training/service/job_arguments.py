"""The arguments of the call that creates the job, by service; known without the service's package."""

from collections.abc import Callable, Mapping
from typing import Any

from curator.training.service.service_request import Method, Request

OPENAI_TAG = "curator_request"
"""The metadata that names the request."""
_LONGEST_SUFFIX = 40  # together, resources/fine_tuning.py
_EVALUATIONS = 10
"""Evaluations over a run with validation examples; Together's own default is none, and then no figures."""


def _openai(request: Request, uploads: dict[str, str]) -> dict[str, Any]:
    settings = dict(request.settings)
    fields: dict[str, Any] = {
        "model": request.model,
        "training_file": uploads["train"],
        "metadata": {OPENAI_TAG: request.id},
        "suffix": settings.pop("suffix", request.tag),
    }
    if "validation" in uploads:
        fields["validation_file"] = uploads["validation"]
    if "seed" in settings:
        fields["seed"] = settings.pop("seed")
    kind = "dpo" if request.method == "preference" else "supervised"
    return fields | {"method": {"type": kind, kind: {"hyperparameters": settings}}}


def _together(request: Request, uploads: dict[str, str]) -> dict[str, Any]:
    settings = {"lora": True, **request.settings}
    named = str(settings.pop("suffix", "curator"))[: _LONGEST_SUFFIX - len(request.id) - 1]
    fields = {"model": request.model, "training_file": uploads["train"], "suffix": f"{named}-{request.id}", **settings}
    if "validation" in uploads:
        fields = {"validation_file": uploads["validation"], "n_evals": _EVALUATIONS} | fields
    if request.method == "preference":
        return fields | {"training_method": "dpo"}
    return {"train_on_inputs": "auto"} | fields


def _fireworks(request: Request, uploads: dict[str, str]) -> dict[str, Any]:
    names = {split: f"accounts/{request.account}/datasets/{dataset}" for split, dataset in uploads.items()}
    if request.method == "preference":
        return {
            "dpo_job_id": request.tag,
            "display_name": request.tag,
            "dataset": names["train"],
            "training_config": {"base_model": request.model, **request.settings},
        }
    fields = {
        "supervised_fine_tuning_job_id": request.tag,
        "display_name": request.tag,
        "dataset": names["train"],
        "base_model": request.model,
        **request.settings,
    }
    return fields | ({"evaluation_dataset": names["validation"]} if "validation" in names else {})


_MAKERS: Mapping[str, Callable[[Request, dict[str, str]], dict[str, Any]]] = {
    "openai": _openai,
    "together": _together,
    "fireworks": _fireworks,
}


def job_fields(request: Request, uploads: dict[str, str]) -> dict[str, Any]:
    """What is asked, given the ids of the uploaded files by split."""
    return _MAKERS[request.provider](request, uploads)


def has_validation(provider: str, method: Method) -> bool:
    """Whether the service takes validation examples for such a training; Fireworks' preference jobs have no place."""
    return (provider, method) != ("fireworks", "preference")
