"""`curator select`."""

from typing import TYPE_CHECKING

import click

from curator.cli.options import data_command, json_option, secrets_options
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.secrets import Policy


@data_command("select", "meaning")
@click.option("-n", "--n", "count", type=click.IntRange(min=1), required=True, help="How many examples.")
@click.option("--by", type=click.Choice(["diversity"]), default="diversity", show_default=True, help="What counts.")
@click.option("--ids", is_flag=True, help="Print ids alone, the most important first.")
@json_option("One JSON object with the examples (or ids) and how well they cover the set.")
@secrets_options
def command(
    options: DataRequest,
    count: int,
    by: str,
    ids: bool,
    as_json: bool,
    secrets: "Policy",
) -> None:
    """Print a subset of DATA that stands for the whole: every example has a chosen one near it in meaning.

    What was dropped is left out. The examples are printed as JSON Lines, in their own form and order; how well they
    cover the set is said on stderr. An example that holds a key or password ends it with 1, and nothing is printed.
    """
    import json

    from curator.audit.ids import ids_of
    from curator.audit.meaning.meaning_search import diverse
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import print_json
    from curator.cli.text.neighbors import original_lines

    with open_data(options) as opened, progress_bar(options) as progress:
        audit = opened.examples(progress)
        chosen = diverse(opened, audit, count, progress)
        positions = chosen.positions.tolist()
        lines = ids_of(audit.loaded).gather(positions).to_list() if ids else original_lines(audit, positions, secrets)
        if as_json:
            figures = {"by": by, "coverage": chosen.coverage, "coverage_random": chosen.coverage_random}
            figures |= {"of": len(audit.loaded.facts), "unread": chosen.unread}
            print_json(figures | {"ids" if ids else "examples": lines if ids else [json.loads(line) for line in lines]})
        else:
            for line in lines:
                click.echo(line)
    narrate(
        options,
        f"{len(positions):,} of {len(audit.loaded.facts):,} examples. Mean cosine of an example to the nearest chosen "
        f"one: {chosen.coverage:.3f}; of as many drawn at random: {chosen.coverage_random:.3f}.",
    )
    if chosen.unread:
        narrate(options, f"{chosen.unread} None of them is chosen.")
