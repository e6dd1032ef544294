"""`curator review`, and `curator` alone."""

import click

from curator.cli.options import data_command
from curator.settings.request import DataRequest


@data_command("review", "checks", "meaning", "annotator")
@click.option("--readonly", is_flag=True, help="Look, decide nothing.")
@click.option("--web", is_flag=True, help="In a browser on this machine; the address that is printed works once.")
@click.option("--port", type=int, default=0, metavar="N", help="For --web; default: any free one.")
def command(options: DataRequest, readonly: bool, web: bool, port: int) -> int:
    """Open DATA in the terminal app: go through the examples with one key each. `?` there shows the keys."""
    if web:
        _serve(options, readonly=readonly, port=port)
        return 0
    return start_app(options, readonly=readonly)


def _serve(options: DataRequest, *, readonly: bool, port: int) -> None:
    """Open the data once, so that what is wrong with them is said here and not in a page; then serve the app."""
    from functools import partial

    from curator.audit.open_data import open_data
    from curator.tui.web import serve

    with open_data(options, readonly=readonly):
        pass
    serve(options, partial(click.echo, err=True), readonly=readonly, port=port)


def start_app(options: DataRequest | None, *, readonly: bool = False) -> int:
    """Run the app until the person leaves it; the exit code.

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
    from curator.tui.pauses import collect_seldom
    from curator.tui.terminal import end_with

    app = CuratorApp(readonly=readonly)
    if options is not None:
        app.open(options)
    end_with(sys.stdin.fileno(), app.session.finish_writing)
    collect_seldom()
    exit_code = app.run_to_the_end()
    for run in app.left_running:
        click.echo(
            f"The training {run} continues. R in the app shows it; `curator train DATA --run {run} --cancel` stops it."
        )
    return exit_code
