"""`curator cache clear`."""

import click

from curator.cli.options import data_options, json_option
from curator.settings.request import DataRequest


@click.group("cache")
def command() -> None:
    """Free what was derived from data and can be made again."""


@command.command("clear")
@data_options()
@json_option()
def clear(options: DataRequest, as_json: bool) -> None:
    """Remove everything derived from DATA: figures, findings, pairs, vectors, texts kept for searching.

    Decisions, exports and runs stay, and the next audit makes it again. What no audit needs any more goes by itself
    when an audit ends.
    """
    from curator.audit.pruning import clear_cache
    from curator.cli.streams import print_json

    place, freed = clear_cache(options)
    if as_json:
        print_json({"folder": str(place), "bytes": freed.bytes, "files": freed.entries})
        return
    click.echo(
        f"{freed.bytes:,} bytes in {freed.entries:,} files were removed from {place}. Decisions are as they were."
    )
