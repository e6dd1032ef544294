"""`curator decisions export` and `curator decisions import`."""

import click

from curator.cli.options import data_options
from curator.workflow.request import DataRequest


@click.group("decisions")
def command() -> None:
    """Export and import decisions as JSON Lines."""


@command.command("export")
@data_options
def export(options: DataRequest) -> None:
    """Write every decision about DATA to a file, one JSON object a line, in the order they were made.

    The last name is the file: `curator decisions export DATA FILE.jsonl`; `-` is stdout.
    """
    import sys
    from pathlib import Path

    from curator.cli.screen import narrate
    from curator.project.journal import export_journal, journal_lines
    from curator.workflow.opening import open_data
    from curator.workflow.output_places import check_files

    data, file = _data_and_file(options)
    with open_data(data) as opened:
        check_files(opened, file)
        if file == "-":
            sys.stdout.buffer.writelines(journal_lines(opened.project.log, options.annotator))
            return
        count = export_journal(opened.project.log, Path(file), options.annotator, opened.allowed)
    narrate(options, f"{count:,} {'decision was' if count == 1 else 'decisions were'} written to {file}.")


@command.command("import")
@data_options
def import_(options: DataRequest) -> None:
    """Add the decisions of a file that are not there yet; importing a file twice changes nothing.

    The last name is the file: `curator decisions import DATA FILE.jsonl`; `-` is stdin.
    """
    from curator.project.journal import import_journal
    from curator.workflow.opening import open_data

    data, file = _data_and_file(options)
    with open_data(data) as opened, click.open_file(file, "rb") as lines:
        outcome = import_journal(opened.project.log, lines, file)
    click.echo(f"{outcome.new:,} decisions are new, {outcome.known:,} were there already.")


def _data_and_file(options: DataRequest) -> tuple[DataRequest, str]:
    """The data, and the journal that the last name is."""
    from dataclasses import replace

    *data, file = options.data
    if not data:
        raise click.UsageError("Name the data and then the file of decisions.")
    return replace(options, data=tuple(data)), file
