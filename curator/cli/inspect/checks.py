"""`curator checks`."""

import click

from curator.cli.options import OWN_CHECKS


@click.command("checks")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@OWN_CHECKS
def command(as_json: bool, checks: tuple[str, ...]) -> None:
    """List the checks: name, severity, what it finds."""
    from curator.checks.catalogue import CHECKS, use_own

    use_own(checks)
    if as_json:
        import json

        fields = ("name", "family", "severity", "suggestion", "version", "title")
        click.echo(json.dumps([{field: getattr(check, field) for field in fields} for check in CHECKS], indent=2))
        return
    width = max(len(check.name) for check in CHECKS)
    family = ""
    for check in CHECKS:
        if check.family != family:
            family = check.family
            click.echo(f"\n{family.capitalize()}")
        click.echo(f"  {check.name:<{width}}  {check.severity:<7}  {check.title}")
    click.echo("\n`curator explain CHECK` says what one means, why it matters and how to fix it.")
