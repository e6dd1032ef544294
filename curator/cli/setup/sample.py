"""`curator sample`."""

from pathlib import Path

import click


@click.command("sample")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write the sample data into DIR: a support desk's examples with known faults, the same without, and an exam.

    Files that are there already stay; one of such a name that is another file stops the command.
    """
    from curator.data.safe_text import visible
    from curator.data.sample_data import write_samples

    samples = write_samples(folder)
    for path in samples:
        click.echo(visible(str(path)))
    click.echo(f"Begin with: curator audit {visible(str(samples[0]))}", err=True)
