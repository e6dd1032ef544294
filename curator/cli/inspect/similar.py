"""`curator similar`."""

import click

from curator.cli.options import data_command, json_option
from curator.settings.request import DataRequest


@data_command("similar", "meaning")
@click.option("--to", "text", metavar="TEXT", help="Examples that mean something like this.")
@click.option("--example", metavar="ID", help="Examples that mean something like this one.")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most so many.")
@json_option("One JSON object a line, one for each example.")
def command(options: DataRequest, text: str | None, example: str | None, limit: int, as_json: bool) -> None:
    """Print the examples of DATA that are nearest in meaning to a text or to an example, the nearest first."""
    from curator.audit.meaning.meaning_search import near_example, near_text
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar, stdout_console
    from curator.cli.text.neighbors import near_lines, near_texts

    if (text is None) == (example is None):
        raise click.UsageError("Say either --to TEXT or --example ID.")
    with open_data(options) as opened, progress_bar(options) as progress:
        audit, cache = opened.examples(progress), opened.project.cache
        if text is not None:
            near = near_text(audit, cache, text, limit, progress)
        else:
            near = near_example(audit, cache, example or "", limit, progress)
        if near.unread:
            narrate(options, near.unread)
        if as_json:
            for line in near_lines(audit, near):
                click.echo(line)
            return
        console = stdout_console(no_colour=options.no_colour)
        for shown in near_texts(audit, near):
            console.print(shown)
