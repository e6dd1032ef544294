"""`curator checks`."""

import click

from curator.cli.options import OWN_CHECKS, json_option


@click.command("checks")
@json_option("One JSON object a line, one for each check.")
@OWN_CHECKS
def command(as_json: bool, checks: tuple[str, ...]) -> None:
    """List the checks: name, severity, what it finds."""
    from curator.checks.catalogue import CHECKS, use_own

    use_own(checks)
    if as_json:
        from curator.cli.streams import print_json

        fields = ("name", "family", "severity", "suggestion", "version", "title")
        print_json(*({field: getattr(check, field) for field in fields} for check in CHECKS), one_line=True)
        return
    width = max(len(check.name) for check in CHECKS)
    family = ""
    for check in CHECKS:
        if check.family != family:
            family = check.family
            click.echo(f"\n{family.capitalize()}")
        click.echo(f"  {check.name:<{width}}  {check.severity:<7}  {check.title}")
    click.echo("\n`curator explain CHECK` says what one means, why it matters and how to fix it.")
