"""`curator audit`."""

from typing import TYPE_CHECKING

import click

from curator.cli.options import data_options
from curator.errors import MissingDependency
from curator.settings.request import DataRequest

if TYPE_CHECKING:
    from curator.audit.engine import Audit
    from curator.audit.open_data import Opened


@click.command("audit")
@data_options
@click.option(
    "--fail-on", metavar="RULES", help="Severity or rules such as near-duplicate>1%,split-leak>0; never: off."
)
@click.option(
    "--accept-all", is_flag=True, help="Accept what is open now, so that only what is new counts from here on."
)
@click.option("--full", is_flag=True, help="Print the whole report, not only what fits one screen.")
@click.option("--findings", metavar="FILE", help="Write every finding as JSON Lines.")
@click.option("--pairs", metavar="FILE", help="Write every similar pair as JSON Lines.")
@click.option("--json", "json_file", metavar="FILE", help="Write the report as JSON.")
@click.option("--html", metavar="FILE", help="Write the report as one self-contained page.")
@click.option("--markdown", metavar="FILE", help="Write the report as Markdown.")
def command(
    options: DataRequest,
    fail_on: str | None,
    accept_all: bool,
    full: bool,
    findings: str | None,
    pairs: str | None,
    json_file: str | None,
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
    from curator.audit.reports.outputs import write_outputs
    from curator.audit.reports.report import report_of
    from curator.cli.screen import narrate, progress_bar, stdout_console
    from curator.exporting.output_paths import check_files
    from curator.reporting.terminal import print_report

    outputs = {"findings": findings, "pairs": pairs, "json": json_file, "html": html, "markdown": markdown}
    if list(outputs.values()).count("-") > 1:
        raise click.UsageError("Only one of the outputs can be `-`, standard output. Name a file for the others.")
    with open_data(options) as opened:
        check_files(opened, *outputs.values())
        rules = parse_rules(fail_on or opened.settings.fail_on)
        for note in opened.notes:
            narrate(options, note)
        if opened.settings.target:
            from curator.exporting.validation import notice_of

            if notice := notice_of(opened.settings.target):
                narrate(options, notice)
        with progress_bar(options) as progress:
            audited = opened.audited(progress)
            accepted = _accepted(opened, audited) if accept_all else 0
            report = report_of(opened, audited)
        write_outputs(audited, report, opened.state(), outputs, opened.allowed)
        if "-" not in outputs.values():
            print_report(report, stdout_console(no_colour=options.no_colour), full=full)
        undecided = with_decisions(audited.findings, audited.loaded, opened.state()).filter(is_open())
        failed = failed_rules(rules, undecided, report.lines)
    if accept_all:
        what = f"{accepted:,} decisions were made as one; `curator undo` with the same data takes them back."
        narrate(options, what if accepted else "There was nothing to accept.")
    for sentence in failed:
        narrate(options, sentence)
    if audited.missing:
        raise MissingDependency(audited.missing)
    return 1 if failed else 0


def _accepted(opened: "Opened", audited: "Audit") -> int:
    from curator.review.decide import accept_all

    return accept_all(opened, audited)
