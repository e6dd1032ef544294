"""`curator export`."""

from typing import TYPE_CHECKING

import click

from curator.cli.options import data_command, secrets_options
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.secrets import Policy


@data_command("export", "checks", "meaning")
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder to write; it appears whole.")
@click.option("--skip-invalid", is_flag=True, help="Leave out what the target rejects, into skipped.jsonl.")
@click.option("--only-reviewed", is_flag=True, help="Only examples that a person decided to keep.")
@click.option("--replace", is_flag=True, help="Put it in the place of an earlier export of which nothing was changed.")
@secrets_options
def command(
    options: DataRequest, out: str, skip_invalid: bool, only_reviewed: bool, replace: bool, secrets: "Policy"
) -> None:
    """Write what was kept of DATA, in the form that --target NAME wants.

    Ends with 1, and writes nothing, when a kept example is one that the target rejects or holds a secret.
    """
    from pathlib import Path

    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import telling
    from curator.data.safe_text import visible
    from curator.exporting.export import LeftOut, disputed, export
    from curator.exporting.output_paths import check_folder
    from curator.targets.registry import target_named

    with open_data(options) as opened:
        target = opened.settings.target
        if target is None:
            raise click.UsageError("Name the form with --target, for example --target openai.")
        target_named(target)
        check_folder(opened, Path(out), replace=replace)
        with progress_bar(options) as progress:
            audit = opened.audited(progress, compare=True)
        if count := disputed(opened):
            narrate(options, f"Annotators disagree about {count:,} examples; they are pending, and so they are kept.")
        left_out = LeftOut(skip_invalid, only_reviewed, secrets)
        result = export(opened, audit, target, Path(out), left_out=left_out, replace=replace)
    with telling(f"The export was written to {visible(out)}"):
        for name, examples in result.counts.items():
            click.echo(f"{examples:>9,}  {visible(str(Path(out) / name))}")
        if result.skipped:
            click.echo(f"{result.skipped:>9,}  left out, with reasons: {visible(str(Path(out) / 'skipped.jsonl'))}")
        if result.lost:
            click.echo(f"{result.lost:>9,}  lost something on the way: {visible(str(Path(out) / 'lost.jsonl'))}")
        if result.secrets:
            became = "[SECRET] was written in its place" if secrets == "mask" else "it was let through"
            click.echo(f"{result.secrets:>9,}  hold a secret: {became}")
    for notice in result.notices:
        narrate(options, notice)
