"""`curator audit`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli.options import data_command
from curator.cli.values import files
from curator.errors import MissingDependency
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.engine import Audit
    from curator.audit.open_data import Opened
    from curator.reporting.model import AuditReport

_ENDINGS = (".html", ".json", ".md", ".sarif", ".xml")
_FORMS = click.Choice(["text", "json", "github"])


@data_command("audit", "checks", "meaning")
@click.option(
    "--fail-on", metavar="RULES", help="Severity or rules such as near-duplicate>1%,split-leak>0; never: off."
)
@click.option("--accept-all", is_flag=True, help="Accept what is open now: from here on only what is new counts.")
@click.option("--model", metavar="NAME", help="Model to be trained here: what its chat template refuses is an error.")
@click.option("--full", is_flag=True, help="Print the whole report, not only what fits one screen.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON; short for --output-format json.")
@click.option("--output-format", "form", type=_FORMS, default="text", show_default=True, help="What is printed.")
@click.option(
    "--report",
    "-o",
    "reports",
    multiple=True,
    metavar="FILE",
    shell_complete=files,
    help="Write the report, in the form of its ending: .html, .json, .md, .sarif or .xml (JUnit); may be repeated.",
)
@click.option("--findings", metavar="FILE", shell_complete=files, help="Write every finding as JSON Lines.")
@click.option("--pairs", metavar="FILE", shell_complete=files, help="Write every similar pair as JSON Lines.")
@click.option("--html", metavar="FILE", hidden=True, help="As --report with any ending.")
@click.option("--markdown", metavar="FILE", hidden=True, help="As --report with any ending.")
def command(
    options: DataRequest,
    fail_on: str | None,
    accept_all: bool,
    model: str | None,
    full: bool,
    as_json: bool,
    form: str,
    reports: tuple[str, ...],
    findings: str | None,
    pairs: str | None,
    html: str | None,
    markdown: str | None,
) -> int:
    """Read DATA, check it, find duplicates, and say whether it is ready to fine-tune on, and if not, what first.

    Ends with exit code 1 when there are open findings at or above --fail-on (default: error), and with 3 when the
    embedder that was asked for is not on this machine; the report then has everything else.
    """
    from curator.audit.decided.open_findings import is_open, with_decisions
    from curator.audit.open_data import open_data
    from curator.audit.reports.fail_on import failed_rules, parse_rules
    from curator.audit.reports.report import report_of
    from curator.cli.screen import narrate, progress_bar

    named = {"findings": findings, "pairs": pairs, ".html": html, ".md": markdown}
    outputs = [(what, path) for what, path in named.items() if path] + [(_ending(path), path) for path in reports]
    printed = [path for _, path in outputs].count("-") + (as_json or form != "text")
    if printed > 1:
        raise click.UsageError("Only one of the outputs can be `-`, standard output. Name a file for the others.")
    with open_data(options) as opened:
        if outputs:
            _check_files(opened, outputs)
        rules = parse_rules(fail_on or opened.settings.fail_on)
        _say_notes(opened, options)
        with progress_bar(options) as progress:
            audited = opened.audited(progress)
            if model is not None:
                from curator.training.template_refusals import with_template_refusals

                audited = with_template_refusals(audited, model, allow_download=options.allow_download)
            if accept_all:
                _accept(opened, audited, options)
            report = report_of(opened, audited)
        if outputs:
            from curator.audit.reports.outputs import write_outputs

            write_outputs(audited, report, opened.state(), outputs, opened.allowed)
        if as_json or form != "text":
            _print_for_programs(opened, audited, report, "json" if as_json else form)
        elif not printed:
            _print(report, options, full=full)
        every = opened.as_edited(audited).edited.with_added(audited.findings)
        undecided = with_decisions(every, audited.loaded, opened.state()).filter(is_open())
        failed = failed_rules(rules, undecided, report.examples)
    for sentence in failed:
        narrate(options, sentence)
    if audited.missing:
        raise MissingDependency(audited.missing)
    return 1 if failed else 0


def _ending(path: str) -> str:
    ending = Path(path).suffix.lower()
    if ending not in _ENDINGS:
        raise click.UsageError(f"--report {path}: a report is written by its ending, one of {', '.join(_ENDINGS)}.")
    return ending


def _check_files(opened: "Opened", outputs: list[tuple[str, str]]) -> None:
    from curator.exporting.output_paths import check_files

    check_files(opened, *(path for _, path in outputs))


def _say_notes(opened: "Opened", options: DataRequest) -> None:
    from curator.cli.screen import narrate

    for note in opened.notes:
        narrate(options, note)
    if opened.settings.target:
        from curator.exporting.validation import notice_of

        if notice := notice_of(opened.settings.target):
            narrate(options, notice)


def _accept(opened: "Opened", audited: "Audit", options: DataRequest) -> None:
    from curator.cli.screen import narrate
    from curator.review.decide import accept_all

    made = accept_all(opened, audited)
    what = f"{made:,} decisions were made as one; `curator undo` with the same data takes them back."
    narrate(options, what if made else "There was nothing to accept.")


def _print(report: "AuditReport", options: DataRequest, *, full: bool) -> None:
    from curator.cli.screen import stdout_console
    from curator.reporting.terminal import print_report

    print_report(report, stdout_console(no_colour=options.no_colour), full=full)


def _print_for_programs(opened: "Opened", audited: "Audit", report: "AuditReport", form: str) -> None:
    from curator.audit.reports.outputs import open_published
    from curator.reporting.programs import github_lines, json_report
    from curator.reporting.writing import write_lines, write_report

    if form == "json":
        write_report(json_report(report), "-")
    else:
        write_lines(github_lines(open_published(audited, opened.state())), "-")
