"""`curator explain`."""

import click

from curator.cli.options import COLOUR, OWN_CHECKS, json_option
from curator.cli.values import checks as names_of_checks
from curator.cli.values import files, named


@click.command("explain")
@click.argument("check", shell_complete=named(names_of_checks))
@click.argument("data", nargs=-1, metavar="[DATA...]", shell_complete=files)
@click.option("--project", metavar="DIR", help="Project folder of DATA; default: beside it.")
@json_option()
@OWN_CHECKS
@COLOUR
def command(
    check: str,
    data: tuple[str, ...],
    project: str | None,
    as_json: bool,
    checks: tuple[str, ...],
    no_colour: bool,
) -> None:
    """Say what CHECK finds, why it matters and how to fix it.

    A check that compares examples is shown at work on a pair: on one of DATA where data is named.
    """
    from curator.audit.open_data import open_data
    from curator.checks.catalogue import check_named, use_own
    from curator.cli.screen import progress_bar
    from curator.cli.streams import print_json
    from curator.cli.text.explanation import BUILT_IN, explained, pair_of, print_explanation
    from curator.settings.request import DataRequest

    use_own(checks)
    found = check_named(check)
    pair = None if data else BUILT_IN.get(found.name)
    if data:
        options = DataRequest(data, project=project, checks=checks)
        with open_data(options) as opened, progress_bar(options) as progress:
            pair = pair_of(opened, found.name, progress)
    if as_json:
        print_json(explained(found, pair))
    else:
        print_explanation(found, pair, no_colour=no_colour)
