"""`curator duplicates`."""

from typing import TYPE_CHECKING

import click

from curator.cli.options import data_command, json_option, limit_option
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.duplicates.search import Engine


@data_command("duplicates")
@click.option("--threshold", type=click.FloatRange(0.3, 1), metavar="T", help="Similarity of a copy. Default: 0.7.")
@click.option("--relations", metavar="LIST", help="copy,same-prompt,same-answer (default), template, or all.")
@click.option("--pairs", metavar="FILE", help="Write the pairs as JSON Lines.")
@limit_option(10, "Groups")
@click.option("--calibrate", is_flag=True, help="Judge pairs of every similarity, and learn which threshold to use.")
@click.option("--answers", metavar="FILE", help="With --calibrate: answers as JSON Lines; made where there is none.")
@click.option("--per-band", type=click.IntRange(min=1), metavar="N", help="With --calibrate: pairs per band.")
@click.option("--index", metavar="FILE", help="Write signatures that datasketch's MinHashLSH loads.")
@click.option(
    "--engine", type=click.Choice(["curator", "datasketch"]), default="curator", help="Who proposes candidates."
)
@json_option()
def command(
    options: DataRequest,
    threshold: float | None,
    relations: str | None,
    pairs: str | None,
    limit: int,
    calibrate: bool,
    answers: str | None,
    per_band: int | None,
    index: str | None,
    engine: str,
    as_json: bool,
) -> None:
    """Find similar examples in DATA: verified pairs, what they have in common, and groups around keepers.

    Every pair is compared exactly; a copy is similar to its own keeper, not to a chain of others. Nothing is dropped:
    `curator decide DATA --policy recommended` does that.
    """
    from typing import cast

    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar, stdout_console
    from curator.cli.streams import print_json
    from curator.cli.text.duplicate_report import figures_of, report_of
    from curator.exporting.output_paths import check_files
    from curator.reporting.writing import write_lines
    from curator.review.duplicate_listing import list_duplicates, relations_named, write_index

    if pairs == "-" and as_json:
        raise click.UsageError("Only one of the outputs can be on standard output. Name a file for --pairs.")
    if (answers or per_band) and not calibrate:
        raise click.UsageError("--answers and --per-band go with --calibrate.")
    listed = relations_named(relations)
    with open_data(options) as opened:
        check_files(opened, pairs, index, answers)
        with progress_bar(options) as progress:
            listing = list_duplicates(opened, threshold, listed, cast("Engine", engine), progress)
        if not listing.is_checked:
            narrate(
                options,
                "These files have no audit yet: of copies, the one that a person kept stays, then the longer answer, "
                "then the first. After `curator audit` what the checks found counts before length.",
            )
        console = stdout_console(no_colour=options.no_colour)
        if index:
            rewritten = write_index(listing, index, opened.allowed)
            narrate(
                options,
                f"{index}: {rewritten:,} signatures. {len(listing.corpus) - rewritten:,} examples have no words.",
            )
        if pairs:
            write_lines((pair.model_dump_json() for pair in listing.published()), pairs, allowed=opened.allowed)
        if calibrate:
            from curator.cli.inspect.calibrate import calibrate_by

            calibrate_by(listing, answers, per_band, console, options, opened.allowed, as_json=as_json)
        elif as_json:
            print_json(figures_of(listing, limit or None))
        elif pairs != "-":
            console.print(report_of(listing, limit or None))
