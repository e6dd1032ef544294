"""`curator validate`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from curator.exporting.violation import Violation


@click.command("validate")
@click.argument("file")
@click.option("--target", required=True, metavar="NAME", help="Whose rules.")
@click.option("--model", metavar="NAME", help="Model to be trained, for its limits.")
@click.option("--against", metavar="FILE", help="The other split: a line in both is reported.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many; 0: all.")
@click.option("--fix", is_flag=True, help="Write a corrected copy beside FILE; FILE itself is never changed.")
@click.option("--out", metavar="FILE", help="Where --fix writes; default: NAME.corrected.jsonl.")
def command(
    file: str, target: str, model: str | None, against: str | None, limit: int, fix: bool, out: str | None
) -> int:
    """Check FILE against a target's own rules, before upload. Ends with 1 when the target would refuse it."""
    from pathlib import Path

    from curator.exporting.validate import validate

    if out is not None and not fix:
        raise click.UsageError("--out says where --fix writes; give --fix too.")
    path, other = Path(file), Path(against) if against else None
    if fix:
        path, complete = _corrected(path, target, Path(out) if out else None, limit)
    errors, warnings = _printed(path, validate(path, target, against=other, model=model), limit)
    verdict = "would refuse it" if errors else "would accept it"
    click.echo(f"{path}: {target} {verdict}: {errors:,} errors, {warnings:,} warnings.", err=True)
    return 1 if errors or (fix and not complete) else 0


def _printed(path: "Path", violations: Iterable["Violation"], limit: int) -> tuple[int, int]:
    """Print the first `limit` violations; how many errors and warnings there are."""
    errors = warnings = 0
    for violation in violations:
        errors += violation.severity == "error"
        warnings += violation.severity != "error"
        if not limit or errors + warnings <= limit:
            _print_one(path, violation, "")
    if limit and errors + warnings > limit:
        click.echo(f"{errors + warnings - limit:,} more; --limit 0 shows all.", err=True)
    return errors, warnings


def _print_one(path: "Path", violation: "Violation", outcome: str) -> None:
    from curator.examples.safe_text import visible

    place = str(path) if violation.line is None else f"{path}:{violation.line}"
    sentence = f"{place}  {outcome}{violation.severity} {violation.rule}: {violation.message}"
    click.echo(visible(sentence, one_line=True))


def _corrected(path: "Path", target: str, out: "Path | None", limit: int) -> "tuple[Path, bool]":
    """The corrected copy, and whether every line is in it; what became of lines with errors is printed."""
    from curator.exporting.correct import correct

    result = correct(path, target, out)
    told = [(number, "put right: ", found) for number, found, _ in result.changes]
    told += [(number, "left out: ", found) for number, found in result.refused]
    for _, outcome, found in sorted(told)[: limit or None]:
        for violation in found:
            _print_one(path, violation, outcome)
    click.echo(
        f"{result.path} was written: {result.kept:,} lines as they were, {result.changed:,} put right, "
        f"{result.left_out:,} left out. {path} is unchanged.",
        err=True,
    )
    return result.path, result.left_out == 0
