"""`curator sample`."""

from pathlib import Path

import click

from curator.cli.options import json_option


@click.command("sample")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option()
def command(folder: Path, as_json: bool) -> None:
    """Write the sample data into DIR: a support desk's examples with known faults, the same without, and an exam.

    Files that are there already stay; one of such a name that is another file stops the command.
    """
    from curator.cli.streams import print_json
    from curator.data.safe_text import visible
    from curator.data.sample_data import write_samples

    samples = write_samples(folder)
    if as_json:
        print_json({"files": [str(path) for path in samples]})
    else:
        for path in samples:
            click.echo(visible(str(path)))
    click.echo(f"Begin with: curator audit {visible(str(samples[0]))}", err=True)
