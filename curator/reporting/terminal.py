"""The report for a terminal: on one screen the verdict, why, what to do first, and the gravest checks.

It reads the same without colour and through a pipe. No text from data reaches the console but through `visible`, and
none of it is markup.
"""

from itertools import islice

from rich.console import Console
from rich.text import Text

from curator.data.finding import Severity
from curator.reporting.details import (
    STYLES,
    heading,
    listed,
    paragraph,
    print_details,
    print_table,
    shown,
    table_of,
    unwrapped,
    width_of,
)
from curator.reporting.model import AuditReport, NextStep
from curator.reporting.wording import count, found_lines, joined, seconds, share, size

SCREEN = 38
"""Lines of the short report; two of a screen of forty are left for the prompt and for what is said on stderr."""

_SOURCES_SHOWN = 6
_CHECKS_SHOWN = 10
_ROOM_FOR_TITLES = 100


def print_report(report: AuditReport, console: Console, *, full: bool = True) -> None:
    """Print `report`: all of it, or what fits one screen of forty lines at eighty columns.

    The verdict comes first and, where everything is printed, again where the prompt will be.
    """
    sources = report.sources[: _SOURCES_SHOWN if full else 1]
    _print_sources(report, len(sources), console)
    rows = found_lines(report)[: None if full else _CHECKS_SHOWN]
    taken = len(sources) + (len(report.sources) > len(sources)) + len(rows) + 10
    _print_verdict(report, console, None if full else SCREEN - taken)
    _print_checks(report, len(rows), console)
    if full:
        print_details(report, console)
    _print_footer(report, console, full=full)


def _print_sources(report: AuditReport, number: int, console: Console) -> None:
    for source in islice(report.sources, number):
        details = [
            count(source.examples, "example"),
            f"{source.format}, {source.dialect} ({source.reason})",
            size(source.bytes),
        ]
        if source.refused:
            details.insert(1, f"{count(source.refused, 'line')} unreadable")
        line = Text.assemble(shown(source.file, "bold"), "  ", shown(" · ".join(details), "dim"))
        console.print(line, width=width_of(console), no_wrap=True, overflow="ellipsis")
    if len(report.sources) > number:
        rest = len(report.sources) - number
        console.print(Text(f"and {count(rest, 'more file')}; {count(report.examples, 'example')} in all", "dim"))


def _verdict_line(report: AuditReport) -> Text:
    return shown(report.verdict.headline, "bold green" if report.verdict.ready else "bold red")


def _print_verdict(report: AuditReport, console: Console, room: int | None) -> None:
    """Print verdict, reasons and next steps; what there is no room for is counted."""
    verdict = report.verdict
    heading(console, "Is this data ready to fine-tune on?")
    paragraph(console, _verdict_line(report), 2)
    reasons, steps = len(verdict.reasons), len(verdict.next_steps)
    if room is not None:
        reasons, steps = _fitting(report, console, room)
    for reason in verdict.reasons[:reasons]:
        listed(console, "·" if not console.options.ascii_only else "-", shown(reason))
    if verdict.next_steps:
        heading(console, "What next?" if verdict.ready else "What first?")
    for number, step in enumerate(verdict.next_steps[:steps], 1):
        listed(console, f"{number}.", shown(step.sentence))
        if step.command:
            unwrapped(console, Text.assemble("     ", shown(step.command, "bold cyan")))
    left = [(len(verdict.next_steps) - steps, "more step"), (len(verdict.reasons) - reasons, "more reason")]
    if more := [count(number, what) for number, what in left if number]:
        paragraph(console, Text(f"and {joined(more)}: --full", "dim"), 2)


def _fitting(report: AuditReport, console: Console, room: int) -> tuple[int, int]:
    """How many reasons and how many steps fit: of the reasons the last go first, but one at least stays."""
    reasons = [_lines(console, f"  · {reason}") for reason in report.verdict.reasons]
    steps = [_lines_of_step(console, step) for step in report.verdict.next_steps]
    for left in (reasons, steps):
        is_cut = len(reasons) < len(report.verdict.reasons)
        while len(left) > 1 and sum(reasons) + sum(steps) > room - is_cut:
            left.pop()
            is_cut = True
    return len(reasons), len(steps)


def _lines_of_step(console: Console, step: NextStep) -> int:
    command = -(-(len(step.command) + 5) // console.width) if step.command else 0
    return _lines(console, f"  1. {step.sentence}") + command


def _lines(console: Console, text: str) -> int:
    return len(Text(text).wrap(console, max(20, width_of(console) - 2)))


def _print_checks(report: AuditReport, number: int, console: Console) -> None:
    severities: tuple[tuple[Severity, str], ...] = (("error", "errors"), ("warning", "warnings"), ("info", "notes"))
    numbers = [(report.severities.get(severity, 0), words) for severity, words in severities]
    parts = [f"{count(lines)} with {words}" for lines, words in numbers if lines]
    heading(console, "What was found", f"lines: {', '.join(parts)}" if parts else "")
    if not report.checks:
        paragraph(console, Text("Nothing. Every check that ran was content."), 2)
        return
    lines = found_lines(report)
    has_room = console.width >= _ROOM_FOR_TITLES
    columns = [("severity", "left"), ("check", "left"), ("examples", "right"), ("share", "right"), ("", "left")]
    table = table_of(*columns, *([("what it finds", "cut")] if has_room else []))
    for line in lines[:number]:
        row = [Text(line.severity, STYLES[line.severity]), shown(line.check.name), Text(line.examples)]
        row += [Text(line.share), Text(line.more, "dim")]
        table.add_row(*row, *([shown(line.check.title)] if has_room else []))
    print_table(console, table)
    if len(lines) > number:
        paragraph(console, Text(f"and {count(len(lines) - number, 'more check')}: --full", "dim"), 2)


def _print_footer(report: AuditReport, console: Console, *, full: bool) -> None:
    total = sum(report.seconds.values())
    reused = f"; {share(report.reused)} of the results were reused" if report.reused > 0 else ""
    if full:
        console.print()
    paragraph(console, Text(f"{count(report.lines, 'line')} in {seconds(total)}{reused}.", "" if full else "dim"), 0)
    if full:
        paragraph(console, _verdict_line(report), 0)
