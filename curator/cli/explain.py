"""`curator explain`."""

import click


@click.command("explain")
@click.argument("check")
def command(check: str) -> None:
    """Say what CHECK finds, why it matters and how to fix it."""
    from textwrap import fill

    from curator.checks.catalogue import check_named

    found = check_named(check)
    click.echo(f"{found.name}: {found.title}")
    click.echo(f"family {found.family}, severity {found.severity}, suggestion {found.suggestion}")
    for paragraph in found.explanation.split("\n\n"):
        click.echo("\n" + fill(paragraph, width=88, break_long_words=False, break_on_hyphens=False))
