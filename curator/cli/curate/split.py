"""`curator split`."""

import click

from curator.cli.options import data_command, json_option
from curator.settings.request import DataRequest


@data_command("split", "meaning")
@click.option("--validation", type=click.FloatRange(0, 1, max_open=True), metavar="SHARE", help="Default: 0.1.")
@click.option("--test", type=click.FloatRange(0, 1, max_open=True), metavar="SHARE", help="Default: 0, no test set.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Another seed, another split. Default: 0.")
@click.option("--group-by", metavar="FIELD", help="Examples with the same value stay on one side.")
@click.option("--stratify", metavar="FIELD", help="Each side gets its share of every value.")
@click.option("--anew", is_flag=True, help="Forget the saved split and split everything again.")
@json_option("The split's figures and certificate as JSON.")
@click.option("-o", "--out", metavar="FILE", help="Write figures and certificate as JSON to a file.")
def command(
    options: DataRequest,
    validation: float | None,
    test: float | None,
    seed: int | None,
    group_by: str | None,
    stratify: str | None,
    anew: bool,
    as_json: bool,
    out: str | None,
) -> int:
    """Split what is kept of DATA so that no validation example resembles a training example, and certify it.

    The split is saved: an example keeps its side when others are added. Ends with exit code 1 when something leaks.
    """
    from curator.audit.open_data import open_data
    from curator.cli.screen import narrate, progress_bar
    from curator.cli.streams import telling
    from curator.exporting.output_paths import check_files
    from curator.reporting.wording import share
    from curator.reporting.writing import write_report
    from curator.splitting.saved import make_split
    from curator.splitting.split_report import write_certificate

    given = {"validation": validation, "test": test, "seed": seed, "group_by": group_by, "stratify": stratify}
    asked = {name: value for name, value in given.items() if value is not None}
    with open_data(options) as opened:
        check_files(opened, out)
        with progress_bar(options) as progress:
            audit = opened.examples(progress, compare=True)
            splitting = make_split(opened, audit, asked, anew=anew, progress=progress)
        report, page = write_certificate(opened, audit, splitting)
    for place in [*([out] if out else []), *(["-"] if as_json else [])]:
        with telling("The split was made and saved"):
            write_report(report.model_dump_json(indent=1) + "\n", place, opened.allowed)
    if not as_json:
        with telling("The split was made and saved"):
            for name, examples in report.examples.items():
                asked_for, reached = share(report.asked[name]), share(report.reached[name])
                click.echo(f"{name:<11}{examples:>9,} examples, {reached} (asked: {asked_for})")
            for held in report.held_out:
                click.echo(f"{held.side.capitalize()} against {' and '.join(held.against)}: {held.claim}")
            click.echo(f"Certificate: {page}")
    for note in (*opened.notes, *splitting.notes):
        narrate(options, note)
    return 1 if any(held.leaking for held in report.held_out) else 0
