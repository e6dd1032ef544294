"""`curator validate`."""

import click


@click.command("validate")
@click.argument("file")
@click.option("--target", required=True, metavar="NAME", help="Whose rules.")
@click.option("--model", metavar="NAME", help="Model to be trained, for its limits.")
@click.option("--against", metavar="FILE", help="The other split: a line in both is reported.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many; 0: all.")
def command(file: str, target: str, model: str | None, against: str | None, limit: int) -> int:
    """Check FILE against a target's own rules, before upload. Ends with 1 when the target would refuse it."""
    from pathlib import Path

    from curator.examples.safe_text import visible
    from curator.exporting.validate import validate

    errors = warnings = 0
    for violation in validate(Path(file), target, against=Path(against) if against else None, model=model):
        errors += violation.severity == "error"
        warnings += violation.severity != "error"
        if not limit or errors + warnings <= limit:
            place = file if violation.line is None else f"{file}:{violation.line}"
            sentence = f"{place}  {violation.severity} {violation.rule}: {violation.message}"
            click.echo(visible(sentence, one_line=True))
    verdict = "would refuse it" if errors else "would accept it"
    click.echo(f"{target} {verdict}: {errors:,} errors, {warnings:,} warnings.", err=True)
    return 1 if errors else 0
