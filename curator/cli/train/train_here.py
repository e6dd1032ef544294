"""`curator train` without `--via`: look, then train on this machine in a process of its own."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.exporting.export import Exclusions
    from curator.training.hand_off import Ready


LINES = 100
"""Training steps told of one run, at most; evaluations are always told."""


def train_here(
    options: DataRequest,
    model: str,
    settings: tuple[str, ...],
    *,
    use: str | None,
    allow_download: bool,
    trust_remote_code: bool,
    allow_leaks: bool,
    exclusions: "Exclusions",
    worth: int | None,
    prepare: bool,
    dry_run: bool,
    detach: bool,
    as_json: bool,
) -> int:
    """Hand over what is kept, show the sheet, start and follow; the exit code."""
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import print_json
    from curator.training.hand_off import baseline, prepare_run, start_run
    from curator.training.hand_off import worth as worth_of

    with ExitStack() as open_until_known:
        opened = open_until_known.enter_context(open_data(options, trial=dry_run))
        with progress_bar(options) as progress:
            audit = opened.audited(progress, compare=True)
        ready = prepare_run(
            opened,
            audit,
            model,
            settings=settings,
            use=use,
            allow_download=allow_download,
            trust_remote_code=trust_remote_code,
            allow_leaks=allow_leaks,
            exclusions=exclusions,
        )
        if not dry_run:
            open_until_known.close()
        if prepare or as_json:
            print_json(_handed_over(ready, sheet(ready, options), is_kept=not dry_run), one_line=True)
        if prepare:
            return 0
        for line in sheet(ready, options):
            click.echo(line, err=True)
        allowed = {"allow_download": allow_download, "trust_remote_code": trust_remote_code}
        if worth is not None:
            click.echo(worth_of(baseline(ready.folder, worth, **allowed)), err=True)
        if dry_run:
            return 0
    start_run(ready.folder, **allowed)
    narrate(options, f"Training in {ready.folder}. Ctrl-C here stops it after the current step.")
    return 0 if detach else follow(ready.folder, options, as_json=as_json)


def go_on(
    options: DataRequest,
    name: str,
    *,
    allow_download: bool,
    trust_remote_code: bool,
    cancel: bool,
    detach: bool,
    as_json: bool,
) -> int:
    """Follow a run that is running, continue one that was interrupted, or stop one."""
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate
    from curator.project.jobs.job import attach
    from curator.training.hand_off import start_run
    from curator.training.runs.find import run_named, state_of

    with open_data(options, readonly=True) as opened:
        folder = run_named(opened, name).folder
    state = state_of(folder)
    if cancel:
        job = attach(folder)
        if job is None or state != "running":
            raise click.UsageError(f"The run {folder.name} is not running.")
        job.cancel()
        narrate(options, "The run stops after its current step and keeps a checkpoint; `--run` continues it.")
        return 0
    if state != "running":
        start_run(folder, allow_download=allow_download, trust_remote_code=trust_remote_code)
    return 0 if detach else follow(folder, options, as_json=as_json)


def follow(folder: Path, options: DataRequest, *, as_json: bool = False) -> int:
    """Tell what happens until the end, or print each event; the exit code of the work."""
    from curator.cli.screen import narrate
    from curator.cli.streams import print_json
    from curator.data.safe_text import visible
    from curator.project.jobs.job import attach

    job = attach(folder)
    assert job is not None, "it was started"
    last: dict[str, Any] = {}
    far: dict[str, Any] = {}
    try:
        for last in job.follow():
            if as_json:
                print_json(last, one_line=True)
                sys.stdout.flush()
            far |= {name: last[name] for name in ("steps", "seconds_left") if last.get(name) is not None}
            if sentence := _narrated(last, far):
                narrate(options, visible(sentence, one_line=True))
    except KeyboardInterrupt:
        job.cancel()
        click.echo("Stopping after the current step; `--run` continues from there.", err=True)
        for _ in job.follow():
            continue
        return 130
    if job.state() == "died":
        click.echo(f"The trainer died. The end of its log:\n{visible(job.log_tail())}", err=True)
        click.echo(f"Continue with `curator train DATA --run {folder.name}`.", err=True)
        return 4
    if last.get("event") == "finished":
        if not as_json:
            click.echo(str(folder / "adapter"))
        narrate(options, f"`curator compare {folder}` asks both models; `curator runs DATA` lists the runs.")
    return int(last.get("exit_code") or 0)


def _handed_over(ready: "Ready", lines: list[str], *, is_kept: bool) -> dict[str, Any]:
    """What a run is made of, for programs; the folder of a dry run is gone afterwards."""
    figures = ("steps", "tokens", "seconds", "parameters", "device", "memory", "disk")
    return {
        "folder": str(ready.folder) if is_kept else None,
        "examples": {name: side.examples for name, side in ready.snapshot.files.items()},
        "dropped": ready.dropped,
        "undecided": ready.undecided,
        "leaking": ready.leaking,
        **{name: ready.plan[name] for name in figures},
        "notices": ready.notices,
        "sheet": lines,
    }


def sheet(ready: "Ready", options: DataRequest) -> list[str]:
    """The pre-flight sheet."""
    from curator.data.safe_text import visible
    from curator.training.objective import LEARNS
    from curator.training.runs.watched import duration

    plan, snapshot = ready.plan, ready.snapshot
    splits = ", ".join(f"{side.examples:,} {name}" for name, side in snapshot.files.items())
    memory, disk = plan["memory"], plan["disk"]
    lines = [
        f"data     {splits}; {ready.dropped:,} dropped, {ready.undecided:,} with findings and undecided (kept)",
        f"split    {' · '.join(ready.claims) or snapshot.split}",
        f"model    {visible(snapshot.model, one_line=True)}, {plan['parameters']:,} parameters, on {plan['device']}",
        f"learns   {LEARNS[plan['settings']['training']['objective']]}",
        f"work     {plan['steps']:,} steps, {plan['tokens']:,} tokens, about {duration(plan['seconds'])}",
        f"memory   {_size(memory['expected'])} of {_size(memory['free'])} free",
        f"disk     {_size(disk['expected'])} of {_size(disk['free'])} free",
        f"command  {ready.command()}",
    ]
    if not options.quiet:
        lines += ["", ready.plan["page"].rstrip(), ""]
    said = ready.plan["warnings"] if not options.quiet else ()
    return [*lines, *(f"! {visible(notice, one_line=True)}" for notice in ready.notices if notice not in said)]


def _narrated(event: Mapping[str, Any], far: Mapping[str, Any]) -> str | None:
    """An event as a line; None for what only a screen shows, and for most steps of a long training."""
    from curator.training.runs.watched import duration

    kind = event["event"]
    if kind == "metric":
        steps = far.get("steps", 0)
        if event["split"] == "train" and event["step"] not in (1, steps) and event["step"] % (1 + steps // LINES):
            return None
        words = {"loss": "loss", "accuracy": "reward accuracy" if "margin" in event else "accuracy", "margin": "margin"}
        figures = ", ".join(f"{word} {event[name]:.4g}" for name, word in words.items() if event.get(name) is not None)
        left = "" if (seconds := far.get("seconds_left")) is None else f", {duration(seconds)} left"
        return f"step {event['step']} of {steps}, {event['split']}: {figures}{left}"
    if kind in ("overfitting", "warning", "failed", "stopped"):
        return f"{kind}: {event.get('message') or event.get('reason')}"
    if kind == "resumed":
        return f"continued from {event.get('checkpoint')}"
    return None


def _size(count: float) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
