"""`curator runs`."""

from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import data_command, json_option
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.training.runs.listed import Run
    from curator.training.service.launching import ServiceRun


@data_command("runs")
@json_option("One JSON object a line, one for each run.")
def command(options: DataRequest, as_json: bool) -> None:
    """List every training on DATA: its data against the run before, its losses, its verdict. Did the cleaning help?"""
    from curator.audit.open_data import open_data
    from curator.cli.streams import print_json
    from curator.training.runs.find import runs_of
    from curator.training.service.launching import service_runs

    with open_data(options, readonly=True) as opened:
        runs = runs_of(opened)
        elsewhere = service_runs(opened)
    if not runs and not elsewhere and not options.quiet:
        click.echo("No training was started on this data yet: `curator train DATA --model NAME`.", err=True)
    if as_json:
        print_json(*map(_fields, runs), *map(_away_fields, elsewhere), one_line=True)
        return
    for run in runs:
        click.echo("\n".join(_lines(run)))
    for away in elsewhere:
        click.echo("\n".join(_away_lines(away)))


def _lines(run: "Run") -> list[str]:
    from curator.data.safe_text import visible
    from curator.training.runs.find import state_of
    from curator.training.runs.run_toml import given_settings

    splits = ", ".join(f"{side.examples:,} {name}" for name, side in run.snapshot.files.items())
    changed = "" if run.changed is None else f" · {run.changed.sentence()} since the run before"
    lines = [
        f"{run.name}  {visible(run.snapshot.model, one_line=True)}",
        f"  data     {splits}{changed}",
    ]
    if given := given_settings(run.folder)[1]:
        lines.append(f"  set      {visible(', '.join(given), one_line=True)}")
    if run.result is None:
        return [*lines, f"  state    {state_of(run.folder) or 'not started'}"]
    result, compared = run.result, run.result.evaluation
    best = "" if result.validation_loss is None else f" · validation loss {result.validation_loss:.4f}"
    lines.append(f"  trained  {result.steps:,} steps, {result.reason}{best}")
    if compared is not None:
        fall = compared.loss_fall
        lines.append(f"  loss     {fall.value:.1%} lower than untuned ({fall.low:.1%} to {fall.high:.1%})")
        if compared.sentence and compared.primary:
            tuned = compared.measures[compared.primary].tuned
            figures = f"{tuned.value:.3f} ({tuned.low:.3f} to {tuned.high:.3f})"
            lines += [f"  measure  {compared.primary} {figures}", f"  verdict  {compared.sentence}"]
    return lines


def _fields(run: "Run") -> dict[str, Any]:
    from curator.training.runs.find import state_of

    return {
        "run": run.name,
        "folder": str(run.folder),
        "model": run.snapshot.model,
        "created": run.snapshot.created.isoformat(),
        "examples": {name: side.examples for name, side in run.snapshot.files.items()},
        "changed": None if run.changed is None else vars(run.changed),
        "state": state_of(run.folder) or "not started",
        "result": None if run.result is None else run.result.model_dump(mode="json"),
    }


def _away_lines(run: "ServiceRun") -> list[str]:
    from curator.data.safe_text import visible

    lines = [
        f"{run.folder.name}  {visible(run.request.model, one_line=True)}",
        f"  data     {', '.join(f'{count:,} {name}' for name, count in run.examples.items())}",
        f"  state    {visible(run.state, one_line=True)}",
    ]
    return lines if run.model is None else [*lines, f"  tuned    {visible(run.model, one_line=True)}"]


def _away_fields(run: "ServiceRun") -> dict[str, Any]:
    reported = {"run": run.folder.name, "folder": str(run.folder), "provider": run.request.provider}
    reported |= {"model": run.request.model, "state": run.state}
    return {**reported, "tuned_model": run.model, "examples": dict(run.examples)}
