"""`curator export`."""

from typing import TYPE_CHECKING

import click

from curator.cli.options import data_command, json_option, secrets_options
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curator.audit.secrets import Policy
    from curator.exporting.write import ExportResult


@data_command("export", "checks", "meaning")
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder to write; it appears whole.")
@click.option("--skip-invalid", is_flag=True, help="Skip what the target rejects; it goes into skipped.jsonl.")
@click.option("--only-reviewed", is_flag=True, help="Only examples that a person decided to keep.")
@click.option("--replace", is_flag=True, help="Put it in the place of an earlier export of which nothing was changed.")
@json_option()
@secrets_options
def command(
    options: DataRequest,
    out: str,
    skip_invalid: bool,
    only_reviewed: bool,
    replace: bool,
    as_json: bool,
    secrets: "Policy",
) -> None:
    """Write what was kept of DATA, in the form that --target NAME wants.

    Ends with 1, and writes nothing, when a kept example is one that the target rejects or holds a secret.
    """
    from pathlib import Path

    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import print_json, telling
    from curator.data.safe_text import visible
    from curator.exporting.export import Exclusions, disputed, export
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
        exclusions = Exclusions(skip_invalid, only_reviewed, secrets)
        result = export(opened, audit, target, Path(out), exclusions=exclusions, replace=replace)
    with telling(f"The export was written to {visible(out)}"):
        if as_json:
            print_json({name: value for name, value in vars(result).items() if name != "manifest"})
        else:
            for line in _lines(result, Path(out), secrets):
                click.echo(line)
    for notice in result.notices:
        narrate(options, notice)


def _lines(result: "ExportResult", out: "Path", secrets: "Policy") -> "Iterator[str]":
    from curator.data.safe_text import visible

    for name, examples in result.counts.items():
        yield f"{examples:>9,}  {visible(str(out / name))}"
    if result.skipped:
        yield f"{result.skipped:>9,}  skipped, with reasons: {visible(str(out / 'skipped.jsonl'))}"
    if result.lost:
        yield f"{result.lost:>9,}  lost something: {visible(str(out / 'lost.jsonl'))}"
    if result.media:
        yield f"{result.media:>9,}  files that examples name, copied to {visible(str(out / 'media'))}"
    if result.media_missing:
        yield f"{result.media_missing:>9,}  files that examples name are not there"
    if result.secrets:
        became = "replaced by [SECRET]" if secrets == "mask" else "exported as they are"
        yield f"{result.secrets:>9,}  with secrets, {became}"
