"""`curator undo`."""

import click

from curator.cli.options import data_command, json_option
from curator.settings.request import DataRequest


@data_command("undo", "annotator")
@click.option("--redo", is_flag=True, help="Take back the latest undo instead.")
@json_option()
def command(options: DataRequest, redo: bool, as_json: bool) -> None:
    """Take back the latest decision about DATA, or the latest policy as a whole. There is no limit to how often."""
    from curator.audit.open_data import open_data
    from curator.cli.streams import print_json, telling

    with open_data(options) as opened:
        log = opened.project.log
        undone = log.redo(opened.annotator) if redo else log.undo(opened.annotator)
        if as_json:
            found = (
                None if undone is None else {name: getattr(undone, name) for name in ("action", "policy", "decisions")}
            )
            with telling("The redo was made" if redo else "The undo was made"):
                print_json({"redone" if redo else "undone": found})
            return
        if undone is None:
            nothing = f"There is nothing to undo: no decision of {opened.annotator} counts."
            click.echo("Nothing to redo." if redo else nothing)
            return
        what = f"the policy {undone.policy}" if undone.policy else undone.action
        verb = "Decided again" if redo else "Taken back"
        count = f"{undone.decisions:,} {'decision' if undone.decisions == 1 else 'decisions'}"
        with telling("The redo was made" if redo else "The undo was made"):
            click.echo(f"{verb}: {what} ({count}).")
