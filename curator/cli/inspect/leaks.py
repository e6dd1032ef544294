"""`curator leaks`."""

import click

from curator.cli.options import QUIET, json_option, limit_option


@click.command("leaks")
@click.argument("train")
@click.argument("validation")
@click.option("--threshold", type=click.FloatRange(0, 1, min_open=True), default=0.7, show_default=True)
@click.option("--format", "format_name", metavar="NAME", help="Form of the examples; default: recognised.")
@click.option("--no-meaning", is_flag=True, help="Compare words alone, and not what is asked in other words.")
@limit_option(20)
@json_option("The whole list as JSON.")
@click.option("-o", "--out", metavar="FILE", help="Write the whole list as JSON to a file.")
@QUIET
def command(
    train: str,
    validation: str,
    threshold: float,
    format_name: str | None,
    no_meaning: bool,
    limit: int,
    as_json: bool,
    out: str | None,
    quiet: bool,
) -> int:
    """Find the examples of VALIDATION that are similar to one of TRAIN, or ask the same, in its words or in others.

    Nothing is saved beside the files. Ends with exit code 1 when there are any.
    """
    from curator.audit.loading.load import ReadingOptions
    from curator.cli.screen import progress_bar
    from curator.data.files.permissions import allowed_by
    from curator.data.sources.source import expand
    from curator.exporting.output_paths import refuse_outputs
    from curator.reporting.writing import write_report
    from curator.settings.request import DataRequest
    from curator.splitting.leaks_between import leak_text, leaks_between

    known, held = expand([train]), expand([validation])
    sources = [source.path for source in (*known, *held) if not source.is_copy]
    refuse_outputs([out], sources)
    with progress_bar(DataRequest(data=(train, validation), quiet=quiet)) as progress:
        found, specimens = leaks_between(
            known,
            held,
            threshold,
            ReadingOptions(format_name),
            limit or None,
            progress,
            meaning=not no_meaning,
        )
    for place in [*([out] if out else []), *(["-"] if as_json else [])]:
        write_report(found.model_dump_json(indent=1) + "\n", place, allowed_by(sources))
    if not as_json:
        for specimen in specimens:
            click.echo(leak_text(specimen))
        click.echo(found.claim)
        if found.leaking > len(specimens):
            left = found.leaking - len(specimens)
            click.echo(f"{left:,} more {'leaks' if left == 1 else 'leak'}; --limit 0 shows all.", err=True)
    return 1 if found.leaking else 0
