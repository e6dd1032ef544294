"""Train at a service: export what was kept into a run's folder, then hand the folder to a process that follows it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from curator.audit.engine import Audit
from curator.audit.open_data import Opened
from curator.errors import DecisionConflict, UsageError
from curator.exporting.export import NOTHING, Exclusions, export
from curator.exporting.manifest import MANIFEST
from curator.module_path import module_command
from curator.project.jobs.job import Job, attach, start
from curator.project.lock import only_one
from curator.targets.limits import context_limit
from curator.training.service.api_keys import key_for
from curator.training.service.endpoints import account_of, address_of, require_own_address, require_package
from curator.training.service.hyperparameters import EPOCHS, checked_settings
from curator.training.service.job_arguments import has_validation, job_fields
from curator.training.service.service_request import (
    REQUEST,
    Method,
    Request,
    SentFile,
    Split,
    read_remote,
    read_request,
    write_request,
)

_NEXT = ".next"
_WORK = "curator.training.service.work"


@dataclass(frozen=True)
class ServiceHandOff:
    """A request that is ready to be sent.

    Attributes:
        request: what will be asked.
        folder: of the run; there already where the same was asked before.
        is_begun: whether it was, and a process has been at it.
        manifest: of the export.
        notices: sentences that a person should read before.
    """

    request: Request
    folder: Path
    is_begun: bool
    manifest: Mapping[str, Any]
    notices: list[str]


def prepare(
    opened: Opened,
    audit: Audit,
    provider: str,
    model: str,
    given: Mapping[str, Any],
    *,
    attempt: int = 1,
    exclusions: Exclusions = NOTHING,
    keep: bool = True,
) -> ServiceHandOff:
    """Export for a provider and make the request, without sending anything.

    Args:
        opened: the data.
        audit: of the data.
        provider: `openai`, `together` or `fireworks`.
        model: to be tuned, as the provider names it.
        given: hyper-parameters under the provider's names.
        attempt: another number makes an equal request another one.
        exclusions: of the kept examples.
        keep: leave the run's folder there; False: only look.

    Raises:
        TargetRejects: kept examples break the provider's rules.
        HoldsSecrets: kept examples hold a secret, and nothing was said about that.
        UsageError: a hyper-parameter, the address or the account is not possible.
    """
    runs = opened.project.folder.runs
    epochs = given.get(EPOCHS[provider])
    with only_one(opened.project, "an export"):
        shutil.rmtree(runs / _NEXT, ignore_errors=True)  # what a killed process left; it is the program's own
        result = export(
            opened,
            audit,
            provider,
            runs / _NEXT,
            exclusions=exclusions,
            replace=False,
            model=model,
            epochs=epochs if isinstance(epochs, int) else None,
        )
        try:
            request = _request(provider, model, given, result.manifest, attempt)
            folder = runs / f"{provider}-{request.id}"
            if keep and not folder.exists():
                write_request(runs / _NEXT / REQUEST, request)
                (runs / _NEXT).rename(folder)
        finally:
            shutil.rmtree(runs / _NEXT, ignore_errors=True)
    return ServiceHandOff(request, folder, attach(folder) is not None, result.manifest, result.notices)


def _request(provider: str, model: str, given: Mapping[str, Any], manifest: Mapping[str, Any], attempt: int) -> Request:
    """What will be asked of a provider about an export."""
    method: Method = "preference" if manifest["form"] == "preference" else "supervised"
    return Request(
        provider=provider,
        address=address_of(provider),
        account=account_of(provider),
        model=model,
        method=method,
        settings=checked_settings(provider, method, given),
        files=_files(manifest["files"], with_validation=has_validation(provider, method)),
        attempt=attempt,
    )


def _files(entries: list[dict[str, Any]], *, with_validation: bool) -> list[SentFile]:
    by_name = {entry["name"]: entry for entry in entries}
    names: list[tuple[Split, str]] = [("train", "train.jsonl")]
    if with_validation:
        names.append(("validation", "validation.jsonl"))
    return [
        SentFile(split, name, by_name[name]["bytes"], by_name[name]["sha256"])
        for split, name in names
        if name in by_name and by_name[name]["examples"]
    ]


def discard(hand_off: ServiceHandOff) -> None:
    """Forget a request that is not to be sent after all."""
    if attach(hand_off.folder) is None:
        shutil.rmtree(hand_off.folder, ignore_errors=True)


def key_origin(provider: str) -> str:
    """Where the key for a provider is; also that all is here that a training there needs.

    Raises:
        MissingDependency: the key, or the provider's package, is not.
    """
    require_package(provider)
    return key_for(provider).origin


def begin(folder: Path, *, cancelling: bool = False) -> Job:
    """The process that works on the run in `folder`: the one that is at it, or a new one.

    Args:
        folder: of a run at a service.
        cancelling: have the job there cancelled; a process that is at it is ended first.

    Raises:
        UnreadableInput: there is no such run.
        UsageError: it names another address than this user's.
        WorkFailed: the process could not be started.
    """
    require_own_address(read_request(folder))
    job = attach(folder)
    if job is not None and job.is_running():
        if not cancelling:
            return job
        job.cancel()
        for _ in job.follow():
            pass
    command = module_command(_WORK, str(folder), *(["--cancel"] if cancelling else []))
    try:
        return start(folder, command)
    except DecisionConflict:  # someone else was quicker
        job = attach(folder)
        assert job is not None
        return job


def run_folder(opened: Opened, name: str) -> Path:
    """The folder of a run by name.

    Raises:
        UsageError: there is none; the sentence names those that there are.
    """
    folder = opened.project.folder.runs / name
    if not (folder / REQUEST).is_file():
        there = sorted(path.parent.name for path in opened.project.folder.runs.glob(f"*/{REQUEST}"))
        raise UsageError(f"There is no run {name} at a service. There are: {', '.join(there) or 'none'}.")
    return folder


@dataclass(frozen=True)
class ServiceRun:
    """A training at a service.

    Attributes:
        folder: of the run.
        request: what was asked.
        examples: sent, by file name.
        state: at the service while it is followed, else what became of the following.
        model: the tuned model's name, once there is one.
    """

    folder: Path
    request: Request
    examples: Mapping[str, int]
    state: str
    model: str | None


def service_runs(opened: Opened) -> list[ServiceRun]:
    """Every training at a service on this data, the oldest first.

    Raises:
        UnreadableInput: a run's files are damaged.
    """
    folders = [path.parent for path in opened.project.folder.runs.glob(f"*/{REQUEST}") if path.parent.name != _NEXT]
    return [_service_run(folder) for folder in sorted(folders, key=lambda folder: (folder / REQUEST).stat().st_mtime)]


def _service_run(folder: Path) -> ServiceRun:
    request, remote, job = read_request(folder), read_remote(folder), attach(folder)
    counts = msgspec.json.decode((folder / MANIFEST).read_bytes())["examples"]
    state = "not sent" if job is None else remote.state if job.is_running() else job.state()
    return ServiceRun(folder, request, {file.file: counts[file.split] for file in request.files}, state, remote.model)


def is_at_service(folder: Path) -> bool:
    """Whether a run's folder is that of a training at a service."""
    return (folder / REQUEST).is_file()


def tuned_model(folder: Path) -> str | None:
    """The name of what the service made."""
    return read_remote(folder).model


def summary(hand_off: ServiceHandOff) -> list[str]:
    """What a person should know before the upload, a sentence a line."""
    request, costs = hand_off.request, hand_off.manifest["estimate"]
    files = hand_off.manifest["files"]
    lines = [
        f"To {request.provider} at {request.address}"
        + (f", account {request.account}" if request.account else "")
        + f": train {request.model} ({request.method}), request {request.id}.",
        *(
            f"  {entry['name']}: {entry['examples']:,} examples, {entry['bytes']:,} bytes"
            for entry in files
            if any(entry["name"] == file.file for file in request.files)
        ),
    ]
    if (secrets := hand_off.manifest["secrets"]) and secrets["examples"]:
        became = "[SECRET] is sent in its place" if secrets["policy"] == "mask" else "it is sent as it is"
        lines.append(f"  Examples that hold a secret: {secrets['examples']:,}; {became}.")
    if request.settings:
        lines.append("  " + ", ".join(f"{name} = {value}" for name, value in request.settings.items()))
    if costs is not None:
        lines.append("  " + _cost(costs, hand_off.manifest["tokenizer"]))
    if (figure := context_limit(request.model)) is not None:
        lines.append(f"  The model is trained on {figure.value:,} tokens of an example; longer ones are cut.")
    return lines


def _cost(costs: Mapping[str, Any], tokenizer: str) -> str:
    text = (
        f"{costs['tokens']:,} tokens ({tokenizer}) x {costs['epochs']} epochs = {costs['billed_tokens']:,} to be billed"
    )
    if costs["price"] is None:
        return f"Estimate: {text}; no price is known for this model, put yours into [prices] of curator.toml."
    return f"Estimate: {text}, about ${costs['price']:,.2f} ({costs['price_source']})."


def would_send(request: Request) -> list[dict[str, Any]]:
    """The requests that would be sent, in order; ids that the service gives are named in angle brackets."""
    uploads = dict[str, str]((file.split, f"<id of {file.remote_name}>") for file in request.files)
    sent: list[dict[str, Any]] = [
        {
            "upload": file.remote_name,
            "from": file.file,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "to": request.address,
        }
        for file in request.files
    ]
    return [*sent, {"create": job_fields(request, uploads), "to": request.address}]
