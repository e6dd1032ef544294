"""`curator review`, and `curator` alone."""

import click

from curator.cli.options import data_options
from curator.workflow.request import DataRequest


@click.command("review")
@data_options
@click.option("--readonly", is_flag=True, help="Look, decide nothing.")
def command(options: DataRequest, readonly: bool) -> None:
    """Open DATA in the terminal app: go through the examples with one key each. `?` there shows the keys."""
    start_app(options, readonly=readonly)


def start_app(options: DataRequest | None, *, readonly: bool = False) -> None:
    """Run the app until the person leaves it.

    Raises:
        CuratorError: the data cannot be opened.
        UsageError: there is no terminal.
    """
    import sys

    from curator.errors import UsageError

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "The app needs a terminal. Without one: curator audit, show, decide and label do the same work."
        )
    from curator.tui.app import CuratorApp

    app = CuratorApp(readonly=readonly)
    if options is not None:
        app.open(options)
    app.run()
