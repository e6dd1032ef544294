"""`curator schema`."""

import click


@click.command("schema")
@click.argument("name", type=click.Choice(["audit", "finding", "pair", "events"]))
def command(name: str) -> None:
    """Print the JSON schema of what the program writes."""
    import json

    from curator.reporting.schemas import published_schema

    click.echo(json.dumps(published_schema(name), indent=2))
