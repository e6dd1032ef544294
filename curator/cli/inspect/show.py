"""`curator show`."""

import click

from curator.cli.options import data_command, json_option, limit_option
from curator.settings.request import DataRequest

_LONGEST_DRAWN = 50_000
"""Characters of an example up to which it is drawn in colour and broken between words; that takes 30 s for a megabyte
of line ends."""


@data_command("show", "checks", "meaning", "filter")
@json_option("One JSON object a line, texts as they are.")
@limit_option(20)
@click.option("--as", "model", metavar="MODEL", help="As this model sees them: a folder, or a name in the local cache.")
def command(options: DataRequest, as_json: bool, limit: int, model: str | None) -> None:
    """Print the examples of DATA that --where FILTER finds, with what is wrong with each.

    With --as MODEL each is printed as the model's chat template renders it, its trained tokens between ⟦ and ⟧.
    """
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar, stdout_console
    from curator.cli.text.examples import shown_examples
    from curator.cli.text.rendered import as_shown_by

    with open_data(options) as opened:
        with progress_bar(options) as progress:
            found = shown_examples(opened, options.where, limit or None, progress)
            if model is not None:
                found = as_shown_by(found, model)
        console = stdout_console(no_colour=options.no_colour)
        for example in found.examples:
            if as_json:
                click.echo(example.to_json().encode())
            elif len(text := example.to_text()) > _LONGEST_DRAWN:
                click.echo(text.plain)
            else:
                console.print(text)
        for line in found.unreadable:
            click.echo(line.to_json().encode() if as_json else line.to_text())
        if not options.quiet and found.omitted:
            narrate(options, f"{found.omitted:,} more were found; --limit 0 shows all.")
        if found.examples and not found.is_audited:
            narrate(
                options,
                "These files have no audit yet: the findings are those that an example shows by itself. "
                "`curator audit` also compares the examples.",
            )
        if not found.examples and not found.unreadable:
            narrate(options, "No example is found by this filter.")
