"""`curator train --via SERVICE`: export, upload once, follow."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.errors import CuratorError
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.open_data import Opened
    from curator.exporting.export import Exclusions
    from curator.training.service.launching import ServiceHandOff


def train_at_service(
    options: DataRequest,
    via: str,
    model: str,
    settings: tuple[str, ...],
    *,
    attempt: int,
    cancel: bool,
    detach: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    exclusions: "Exclusions",
) -> int:
    """Begin a job at a service, or find the one that was begun, and follow it; the exit code."""
    from curator.audit.open_data import open_data

    with open_data(options, trial=dry_run) as opened:
        how = {"attempt": attempt, "exclusions": exclusions, "keep": not dry_run}
        ready = _ready(options, opened, via, model, _settings(settings), **how)
        if dry_run:
            return _print_dry_run(ready)
        if not ready.is_begun:
            _confirm(ready, yes=yes or cancel)
    return follow_service(ready.folder, options, cancel=cancel, detach=detach, as_json=as_json)


def follow_service(folder: Path, options: DataRequest, *, cancel: bool, detach: bool, as_json: bool) -> int:
    """Follow a job that was begun; the exit code."""
    from curator.training.service.launching import begin

    began = begin(folder, cancelling=cancel)
    click.echo(f"{folder.name}: {began.folder}", err=True)
    return 0 if detach else _follow(began.folder, options, as_json=as_json)


def _ready(
    options: DataRequest, opened: "Opened", via: str, model: str, settings: Mapping[str, Any], **how: Any
) -> "ServiceHandOff":
    from curator.cli.screen import narrate, progress_bar
    from curator.training.service.launching import prepare

    with progress_bar(options) as progress:
        audit = opened.audited(progress, compare=True)
    ready = prepare(opened, audit, via, model, settings, **how)
    for notice in ready.notices:
        narrate(options, notice)
    return ready


def _print_dry_run(ready: "ServiceHandOff") -> int:
    from curator.training.service.launching import summary, would_send

    for line in summary(ready):
        click.echo(line, err=True)
    for request in would_send(ready.request):
        click.echo(json.dumps(request, ensure_ascii=False))
    return 0


def _confirm(ready: "ServiceHandOff", *, yes: bool) -> None:
    """Show where the data will go, and go there only when told to."""
    from curator.training.service.launching import discard, key_origin, summary

    for line in summary(ready):
        click.echo(line, err=True)
    try:
        click.echo(f"  The key is that in {key_origin(ready.request.provider)}.", err=True)
        if yes:
            return
        if not sys.stdin.isatty():
            raise click.UsageError("Nothing was sent. Say --yes to upload without being asked.")
        click.confirm(f"Upload to {ready.request.address}?", abort=True, err=True)
    except (CuratorError, click.UsageError, click.Abort):
        discard(ready)
        raise


def _settings(given: tuple[str, ...]) -> dict[str, Any]:
    pairs = [text.partition("=") for text in given]
    if not all(name and equals for name, equals, _ in pairs):
        raise click.UsageError("--set takes NAME=VALUE, for example --set n_epochs=3.")
    return {name.strip(): _value(text.strip()) for name, _, text in pairs}


def _value(text: str) -> Any:
    """A number, true or false; else the text itself."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value if isinstance(value, bool | int | float) else text


def _follow(folder: Path, options: DataRequest, *, as_json: bool) -> int:
    """Tell what happens until the end, or print each event; the exit code of the work."""
    from curator.cli.screen import narrate
    from curator.cli.streams import print_json
    from curator.data.safe_text import visible
    from curator.project.jobs.job import attach
    from curator.training.service.launching import tuned_model

    job = attach(folder)
    assert job is not None
    last: dict[str, Any] = {}
    try:
        for last in job.follow():
            if as_json:
                print_json(last, one_line=True)
                sys.stdout.flush()
            if last["event"] == "finished":
                continue
            narrate(options, visible(_line(last), one_line=True))
    except KeyboardInterrupt:
        click.echo("The job continues; the same command follows it again, and with --cancel it ends it.", err=True)
        raise
    if job.state() == "died":
        click.echo(f"curator: the process that followed the job died:\n{visible(job.log_tail())}", err=True)
        return 4
    if last["event"] == "finished" and not as_json:
        click.echo(tuned_model(folder) or "")
    return int(last["exit_code"])


def _line(event: Mapping[str, Any]) -> str:
    if event["event"] == "metric":
        figures = ", ".join(f"{name} {event[name]:.4g}" for name in ("loss", "accuracy") if event.get(name) is not None)
        return f"step {event['step']}, {event['split']}: {figures}"
    if "done" in event:
        return f"{event['message']}: {event['done']:,} of {event['total']:,} {event['unit']}"
    if event["event"] == "checkpoint":
        return f"checkpoint at step {event['step']}: {event.get('model') or event.get('message')}"
    if event["event"] in ("failed", "stopped", "warning"):
        return f"{event['event']}: {event['message']}"
    return str(event.get("message") or event["event"])
