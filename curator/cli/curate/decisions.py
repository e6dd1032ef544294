"""`curator decisions export` and `curator decisions import`."""

from collections.abc import Iterable

import click

from curator.cli.options import data_options, json_option
from curator.settings.request import DataRequest


@click.group("decisions")
def command() -> None:
    """Export and import decisions as JSON Lines."""


@command.command("export")
@data_options("annotator")
@click.option("--rescue", is_flag=True, help="Of a damaged project, whatever can still be read.")
def export(options: DataRequest, rescue: bool) -> None:
    """Write every decision about DATA to a file, one JSON object a line, in the order they were made.

    The last name is the file: `curator decisions export DATA FILE.jsonl`; `-` is stdout.
    """
    from curator.audit.open_data import database_of, open_data
    from curator.cli.screen import narrate
    from curator.data.files.permissions import OWNER
    from curator.data.safe_text import visible
    from curator.exporting.output_paths import check_files, refuse_outputs
    from curator.project.decisions.journal import journal_lines, lines_of, rescued_decisions

    data, file = _data_and_file(options)
    lost = 0
    if rescue:
        decisions, lost = rescued_decisions(database_of(data))
        wanted = [one for one in decisions if options.annotator in (None, one.annotator)]
        refuse_outputs([file], [database_of(data)])
        count = _write_journal(lines_of(wanted), file, OWNER)
    else:
        with open_data(data) as opened:
            check_files(opened, file)
            count = _write_journal(journal_lines(opened.project.log, options.annotator), file, opened.allowed)
    if file != "-":
        rewritten = f"{count:,} {'decision was' if count == 1 else 'decisions were'} written to {visible(file)}."
        narrate(options, rewritten + (f" {lost:,} could not be read." if lost else ""))
    elif lost:
        narrate(options, f"{lost:,} decisions could not be read.")


def _write_journal(lines: Iterable[bytes], file: str, allowed: int) -> int:
    """Write a journal to a file or, for `-`, to stdout; how many decisions."""
    import sys
    from pathlib import Path

    from curator.project.decisions.journal import write_journal

    if file != "-":
        return write_journal(lines, Path(file), allowed)
    sys.stdout.buffer.writelines(lines)
    return 0


@command.command("import")
@data_options("annotator")
@json_option()
def import_(options: DataRequest, as_json: bool) -> None:
    """Add the decisions of a file that are not there yet; importing a file twice changes nothing.

    The last name is the file: `curator decisions import DATA FILE.jsonl`; `-` is stdin.
    """
    from curator.audit.open_data import open_data
    from curator.cli.streams import print_json, telling
    from curator.project.decisions.journal import import_journal, journal_chunks

    data, file = _data_and_file(options)
    with open_data(data) as opened, click.open_file(file, "rb") as stream:
        outcome = import_journal(opened.project.log, journal_chunks(stream), file)
    with telling("The decisions were imported"):
        if as_json:
            print_json({"new": outcome.new, "known": outcome.known})
        else:
            click.echo(f"{outcome.new:,} decisions are new, {outcome.known:,} were there already.")


def _data_and_file(options: DataRequest) -> tuple[DataRequest, str]:
    """The data, and the journal that the last name is."""
    from dataclasses import replace

    *data, file = options.data
    if not data:
        raise click.UsageError("Name the data and then the file of decisions.")
    return replace(options, data=tuple(data)), file
