"""`curator select`."""

from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import data_command, json_option, secrets_options
from curator.cli.values import files
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.meaning.selecting import Chosen, SelectionRequest
    from curator.audit.secrets import Policy


@data_command("select", "meaning")
@click.option("-n", "--n", "--best", "count", type=click.IntRange(min=1), required=True, help="How many examples.")
@click.option("--by", metavar="WHAT", default="diversity", show_default=True, help="diversity, or score:NAME.")
@click.option(
    "--like", multiple=True, metavar="FILE", shell_complete=files, help="Examples of a task: choose what is near them."
)
@click.option("--balance", metavar="KEY", default="", help="Equal parts by topic, tokens, label or label:NAME.")
@click.option("--ids", is_flag=True, help="Print ids alone, the most important first.")
@json_option("One JSON object with the examples (or ids) and how well they cover the set.")
@secrets_options
def command(
    options: DataRequest,
    count: int,
    by: str,
    like: tuple[str, ...],
    balance: str,
    ids: bool,
    as_json: bool,
    secrets: "Policy",
) -> None:
    """Print a subset that represents DATA: every example has a chosen one near it in meaning.

    With --like FILE: what is nearest to a task, balanced over its examples, without what holds them word for word.
    With --by score:NAME: what a judge scored best, within topics by their size. What was dropped is not chosen.

    The examples are printed as JSON Lines, in their own form and order; how they differ from as many drawn at random is
    said on stderr. An example that holds a key or password ends it with 1, and nothing is printed.
    """
    import json

    from curator.audit.ids import ids_of
    from curator.audit.meaning.selecting import selected
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import print_json
    from curator.cli.text.neighbors import original_lines

    wanted = _wanted(count, by, like, balance)
    with open_data(options) as opened, progress_bar(options) as progress:
        audit = opened.examples(progress, compare=bool(like))
        chosen = selected(opened, audit, wanted, progress)
        positions = chosen.positions.tolist()
        lines = ids_of(audit.loaded).gather(positions).to_list() if ids else original_lines(audit, positions, secrets)
        if as_json:
            figures = _figures(chosen, by, len(audit.loaded.facts))
            print_json(figures | {"ids" if ids else "examples": lines if ids else [json.loads(line) for line in lines]})
        else:
            for line in lines:
                click.echo(line)
    for sentence in _said(chosen, len(audit.loaded.facts)):
        narrate(options, sentence)


def _wanted(count: int, by: str, like: tuple[str, ...], balance: str) -> "SelectionRequest":
    from curator.audit.meaning.selecting import BALANCES, DIVERSITY, SelectionRequest
    from curator.data.sources.source import expand
    from curator.errors import did_you_mean
    from curator.scoring.score_labels import SCORE

    if by != DIVERSITY and not by.startswith(SCORE):
        raise click.UsageError(f"--by takes {DIVERSITY} or score:NAME, and not '{by}'.{did_you_mean(by, [DIVERSITY])}")
    if like and by != DIVERSITY:
        raise click.UsageError("Give either --like or --by.")
    if balance and balance.partition(":")[0] not in BALANCES:
        raise click.UsageError(f"--balance takes {', '.join(BALANCES)} or label:NAME, and not '{balance}'.")
    return SelectionRequest(count, by, tuple(expand(like)), balance)


def _figures(chosen: "Chosen", by: str, examples: int) -> dict[str, Any]:
    return {
        "by": by,
        "coverage": chosen.coverage[0],
        "coverage_random": chosen.coverage[1],
        "of": examples,
        "unread": chosen.unread,
        "median_length": {"unit": chosen.unit, "chosen": chosen.length[0], "random": chosen.length[1]},
        "topic_shift": chosen.topic_shift,
        "contaminated": chosen.contaminated,
        "unscored": chosen.unscored,
    }


def _said(chosen: "Chosen", examples: int) -> list[str]:
    """How the choice differs from chance, and what could not be chosen."""
    lines = [
        f"{len(chosen.positions):,} of {examples:,} examples. Mean cosine of an example to the nearest chosen "
        f"one: {chosen.coverage[0]:.3f}; of as many drawn at random: {chosen.coverage[1]:.3f}."
    ]
    if chosen.topic_shift is not None:
        lines.append(
            f"Median length: {chosen.length[0]:,.0f} {chosen.unit}; at random: {chosen.length[1]:,.0f}. Shift of "
            f"topics from the set's: {chosen.topic_shift[0]:.1%}; at random: {chosen.topic_shift[1]:.1%}."
        )
    if chosen.contaminated:
        lines.append(f"Skipped because they resemble the task by wording: {chosen.contaminated:,} examples.")
    if chosen.unscored:
        lines.append(f"Skipped because they have no score: {chosen.unscored:,} examples.")
    if chosen.unread:
        lines.append(f"{chosen.unread} None of them is chosen.")
    return lines
