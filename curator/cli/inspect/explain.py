"""`curator explain`."""

import click

from curator.cli.options import COLOUR
from curator.cli.values import checks, files, named


@click.command("explain")
@click.argument("check", shell_complete=named(checks))
@click.argument("data", nargs=-1, metavar="[DATA...]", shell_complete=files)
@click.option("--project", metavar="DIR", help="Project folder of DATA; default: beside it.")
@COLOUR
def command(check: str, data: tuple[str, ...], project: str | None, no_colour: bool) -> None:
    """Say what CHECK finds, why it matters and how to fix it.

    A check that compares examples is shown at work on a pair: on one of DATA where data is named.
    """
    from textwrap import fill

    from curator.audit.open_data import open_data
    from curator.checks.catalogue import check_named
    from curator.cli.screen import progress_bar, stdout_console
    from curator.cli.text.explanation import built_in_pair, pair_of
    from curator.settings.request import DataRequest

    found = check_named(check)
    click.echo(f"{found.name}: {found.title}")
    click.echo(f"family {found.family}, severity {found.severity}, suggestion {found.suggestion}")
    for paragraph in filter(None, [*found.explanation.split("\n\n"), found.precision]):
        click.echo("\n" + fill(paragraph, width=88, break_long_words=False, break_on_hyphens=False))
    pair = None if data else built_in_pair(found.name)
    if data:
        options = DataRequest(data, project=project)
        with open_data(options) as opened, progress_bar(options) as progress:
            pair = pair_of(opened, found.name, progress)
    if pair is not None:
        click.echo()
        stdout_console(no_colour=no_colour).print(pair, soft_wrap=True)
