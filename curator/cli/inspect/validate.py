"""`curator validate`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from curator.cli.options import limit_option
from curator.cli.values import named, targets

if TYPE_CHECKING:
    from pathlib import Path

    from curator.targets.violation import Violation


@click.command("validate")
@click.argument("file")
@click.option("--target", required=True, metavar="NAME", shell_complete=named(targets), help="Whose rules.")
@click.option("--model", metavar="NAME", help="Model to be trained, for its limits.")
@click.option("--tokenizer", metavar="NAME", default="o200k_base", show_default=True, help="Counts what a model cuts.")
@click.option("--against", metavar="FILE", help="The other split: a line in both is reported.")
@limit_option(50, "Violations")
@click.option("--allow-secrets", is_flag=True, help="Do not look for keys and passwords.")
@click.option("--fix", is_flag=True, help="Write a corrected copy beside FILE; FILE itself is never changed.")
@click.option("-o", "--out", metavar="FILE", help="Where --fix writes; default: NAME.corrected.jsonl.")
def command(
    file: str,
    target: str,
    model: str | None,
    tokenizer: str,
    against: str | None,
    limit: int,
    allow_secrets: bool,
    fix: bool,
    out: str | None,
) -> int:
    """Check FILE against a target's own rules, before upload.

    Ends with 1 when the target would refuse it, or when it holds a key or password.
    """
    from contextlib import nullcontext
    from pathlib import Path

    from curator.data.safe_text import visible
    from curator.data.sources.pipes import is_pipe
    from curator.exporting.output_paths import refuse_outputs
    from curator.exporting.validation import file_or_stdin, notice_of, secrets_in, token_counter
    from curator.targets.file_validation import validate

    if out is not None and not fix:
        raise click.UsageError("--out says where --fix writes; give --fix too.")
    if fix and (file == "-" or is_pipe(Path(file))):
        raise click.UsageError("--fix writes beside a file; give it one.")
    if notice := notice_of(target):
        click.echo(notice, err=True)
    complete, name = True, "standard input" if file == "-" else file
    refuse_outputs([out], [Path(name) for name in (file, against) if name and name != "-"])
    with file_or_stdin(file) as path, file_or_stdin(against) if against else nullcontext() as other:
        if fix:
            path, complete = _corrected(path, target, Path(out) if out else None, limit)
            name = str(path)
        found = validate(path, target, against=other, model=model, count_tokens=token_counter(tokenizer))
        errors, warnings = _printed(name, found, limit)
        secrets, _ = _printed(name, () if allow_secrets else secrets_in(path), limit)
    verdict = "would refuse it" if errors else "would accept it"
    click.echo(f"{visible(name)}: {target} {verdict}: {errors:,} errors, {warnings:,} warnings.", err=True)
    if secrets:
        click.echo(f"{visible(name)} holds {secrets:,} keys or passwords; --allow-secrets accepts them.", err=True)
    return 1 if errors or secrets or not complete else 0


def _printed(name: str, violations: Iterable["Violation"], limit: int) -> tuple[int, int]:
    """Print the first `limit` violations; how many errors and warnings there are."""
    errors = warnings = 0
    for violation in violations:
        errors += violation.severity == "error"
        warnings += violation.severity != "error"
        if not limit or errors + warnings <= limit:
            _print_one(name, violation, "")
    if limit and errors + warnings > limit:
        click.echo(f"{errors + warnings - limit:,} more; --limit 0 shows all.", err=True)
    return errors, warnings


def _print_one(name: str, violation: "Violation", outcome: str) -> None:
    from curator.data.safe_text import visible

    place = name if violation.line is None else f"{name}:{violation.line}"
    sentence = f"{place}  {outcome}{violation.severity} {violation.rule}: {violation.message}"
    click.echo(visible(sentence, one_line=True))


def _corrected(path: "Path", target: str, out: "Path | None", limit: int) -> "tuple[Path, bool]":
    """The corrected copy, and whether every line is in it; what became of lines with errors is printed."""
    from curator.targets.correction import correct

    result = correct(path, target, out)
    reported = [(number, "put right: ", found) for number, found, _ in result.changes]
    reported += [(number, "left out: ", found) for number, found in result.refused]
    for _, outcome, found in sorted(reported)[: limit or None]:
        for violation in found:
            _print_one(str(path), violation, outcome)
    click.echo(
        f"{result.path} was written: {result.kept:,} lines as they were, {result.changed:,} put right, "
        f"{result.left_out:,} left out. {path} is unchanged.",
        err=True,
    )
    return result.path, result.left_out == 0
