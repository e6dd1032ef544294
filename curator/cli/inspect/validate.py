"""`curator validate`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from curator.cli.options import json_option, limit_option
from curator.cli.values import named, targets

if TYPE_CHECKING:
    from pathlib import Path

    from curator.targets.violation import Violation


_ONE_SECRET = "a key or password; --allow-secrets accepts it"


@click.command("validate")
@click.argument("file")
@click.option("--target", required=True, metavar="NAME", shell_complete=named(targets), help="Whose rules.")
@click.option("--model", metavar="NAME", help="Model to be trained, for its limits.")
@click.option("--tokenizer", metavar="NAME", default="o200k_base", show_default=True, help="Counts what a model cuts.")
@click.option("--against", metavar="FILE", help="The other split: a line in both is reported.")
@limit_option(50, "Violations")
@json_option()
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
    as_json: bool,
    allow_secrets: bool,
    fix: bool,
    out: str | None,
) -> int:
    """Check FILE against a target's own rules, before upload.

    Ends with 1 when the target would refuse it, or when it holds a key or password.
    """
    from contextlib import nullcontext
    from pathlib import Path

    from curator.cli.streams import print_json
    from curator.data.safe_text import visible
    from curator.data.sources.pipes import is_pipe
    from curator.exporting.output_paths import refuse_outputs
    from curator.exporting.validation import file_or_stdin, notice_of, secrets_in, token_counter
    from curator.reporting.wording import count
    from curator.targets.correction import exportable_lines
    from curator.targets.file_validation import validate

    if out is not None and not fix:
        raise click.UsageError("--out says where --fix writes; give --fix too.")
    if fix and (file == "-" or is_pipe(Path(file))):
        raise click.UsageError("--fix writes beside a file; give it one.")
    if notice := notice_of(target):
        click.echo(notice, err=True)
    file = "-" if file == "/dev/stdin" else file
    complete, name, report = True, "standard input" if file == "-" else file, _Report(limit, as_json=as_json)
    refuse_outputs([out], [Path(name) for name in (file, against) if name and name != "-"])
    with file_or_stdin(file) as path, file_or_stdin(against) if against else nullcontext() as other:
        if fix:
            path, complete = _corrected(path, target, Path(out) if out else None, report)
            name = str(path)
        found = validate(path, target, against=other, model=model, count_tokens=token_counter(tokenizer))
        errors, warnings = report.add(name, found)
        secrets, _ = report.add(name, () if allow_secrets else secrets_in(path))
        exportable = exportable_lines(path, target) if errors else 0
    if as_json:
        figures = {"errors": errors, "warnings": warnings, "secrets": secrets, "exportable": exportable}
        print_json({"file": name, "target": target, "accepted": not errors, **figures, "violations": report.listed})
    verdict = "would refuse it" if errors else "would accept it"
    found_in_all = f"{count(errors, 'error')}, {count(warnings, 'warning')}"
    click.echo(f"{visible(name)}: {target} {verdict}: {found_in_all}.", err=True)
    if exportable:
        click.echo(_hint(file, target, exportable), err=True)
    if secrets:
        held = f"{secrets:,} keys or passwords; --allow-secrets accepts them" if secrets > 1 else _ONE_SECRET
        click.echo(f"{visible(name)} holds {held}.", err=True)
    return 1 if errors or secrets or not complete else 0


def _hint(file: str, target: str, lines: int) -> str:
    """That an export writes these lines in the target's own form, and so an audit accepts them."""
    from shlex import quote

    from curator.data.safe_text import visible

    what = "1 rejected line is an example" if lines == 1 else f"{lines:,} rejected lines are examples"
    name = "FILE" if file == "-" else visible(quote(file), one_line=True)
    return (
        f"{what} in another form, which an export rewrites for {target}: "
        f"curator export {name} --target {target} --out DIR"
    )


class _Report:
    """The first `limit` violations of each kind, printed as they are found, or listed for JSON."""

    def __init__(self, limit: int, *, as_json: bool) -> None:
        self.listed: list[dict[str, Any]] = []
        self._limit = limit
        self._as_json = as_json

    def add(self, name: str, violations: "Iterable[Violation]") -> tuple[int, int]:
        """Print or list the first violations; how many errors and warnings there are."""
        errors = warnings = 0
        for violation in violations:
            errors += violation.severity == "error"
            warnings += violation.severity != "error"
            if not self._limit or errors + warnings <= self._limit:
                self.one(name, violation)
        if self._limit and errors + warnings > self._limit:
            click.echo(f"{errors + warnings - self._limit:,} more; --limit 0 shows all.", err=True)
        return errors, warnings

    def first(self, found: "list[tuple[int, str, list[Violation]]]") -> "list[tuple[int, str, list[Violation]]]":
        """As many of these lines as are listed."""
        return sorted(found)[: self._limit or None]

    def one(self, name: str, violation: "Violation", outcome: str | None = None) -> None:
        """Print or list one; `outcome`: what --fix made of its line."""
        from curator.data.safe_text import visible

        if self._as_json:
            self.listed.append({**violation._asdict(), **({"outcome": outcome} if outcome else {})})
            return
        place = name if violation.line is None else f"{name}:{violation.line}"
        done = f"{outcome}: " if outcome else ""
        click.echo(visible(f"{place}  {done}{violation.severity} {violation.rule}: {violation.message}", one_line=True))


def _corrected(path: "Path", target: str, out: "Path | None", report: _Report) -> "tuple[Path, bool]":
    """The corrected copy, and whether every line is in it; what became of lines with errors is printed."""
    from curator.targets.correction import correct

    result = correct(path, target, out)
    reported = [(number, "corrected", found) for number, found, _ in result.changes]
    reported += [(number, "skipped", found) for number, found in result.refused]
    for _, outcome, found in report.first(reported):
        for violation in found:
            report.one(str(path), violation, outcome)
    click.echo(
        f"{result.path} was written: {result.kept:,} lines as they were, {result.changed:,} corrected, "
        f"{result.skipped:,} skipped. {path} is unchanged.",
        err=True,
    )
    return result.path, result.skipped == 0
