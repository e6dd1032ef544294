"""The report for a terminal: first the verdict and what to do, then what it rests on.

It reads the same without colour and through a pipe. No text from data reaches the console but through `visible`, and
none of it is markup.
"""

from collections.abc import Iterable
from itertools import islice

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from curator.data.finding import Finding, Severity
from curator.data.safe_text import visible
from curator.reporting.bars import bar, fitted
from curator.reporting.model import AuditReport, CheckSummary, TokenSummary
from curator.reporting.wording import (
    by_reason,
    count,
    dollars,
    found_lines,
    joined,
    place_of,
    said_alike,
    seconds,
    sentence_of,
    share,
    short_count,
    size,
    spoken_shape,
    what_to_add,
)

_STYLES: dict[Severity, str] = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_WIDEST = 110
_WORST_SHOWN = 5
_SHAPES_SHOWN = 5
_TOPICS_SHOWN = 8
_HISTOGRAM_ROWS = 8
_SOURCES_SHOWN = 6
_ROOM_FOR_TITLES = 76


def print_report(report: AuditReport, console: Console) -> None:
    """Print `report`: the verdict first, the details after it, and the verdict again where the prompt will be."""
    _print_sources(report, console)
    _print_verdict(report, console)
    _print_checks(report, console)
    _print_worst(report, console)
    _print_tokens(report, console)
    _print_shapes(report, console)
    _print_duplicates(report, console)
    _print_meaning(report, console)
    _print_decisions(report, console)
    _print_prices(report, console)
    _print_not_run(report, console)
    _print_footer(report, console)


def _shown(text: str, style: str = "") -> Text:
    """Text from data, on one line, with nothing in it that a terminal acts on."""
    return Text(visible(text, one_line=True), style=style)


def _width(console: Console) -> int:
    return min(console.width, _WIDEST)


def _heading(console: Console, words: str, rest: str = "") -> None:
    console.print()
    console.print(Text.assemble((words, "bold"), (f"  {rest}" if rest else "", "dim")), width=_width(console))


def _paragraph(console: Console, text: Text, indent: int, mark: str = "") -> None:
    """A wrapped paragraph without trailing spaces; a `mark` stands before its first line."""
    indent += len(mark) + 1 if mark else 0
    for number, line in enumerate(text.wrap(console, max(20, _width(console) - indent))):
        line.rstrip()
        before = f"{mark} " if mark and number == 0 else ""
        console.print(Text.assemble(before.rjust(indent), line), soft_wrap=True)


def _listed(console: Console, mark: str, text: Text) -> None:
    _paragraph(console, text, 2, mark)


def _unwrapped(console: Console, text: Text) -> None:
    """A line that is left whole whatever the width, because it is there to be copied or clicked."""
    console.print(text, soft_wrap=True)


def _table(*columns: tuple[str, str]) -> Table:
    """A table without lines; each column is (heading, 'left' or 'right' or 'wrap')."""
    table = Table(
        box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False, show_header=any(c[0] for c in columns)
    )
    for heading, kind in columns:
        table.add_column(
            heading, justify="right" if kind == "right" else "left", no_wrap=kind != "wrap", overflow="fold"
        )
    return table


def _print_table(console: Console, table: Table) -> None:
    console.print(Padding(table, (0, 0, 0, 2)), width=_width(console))


def _print_sources(report: AuditReport, console: Console) -> None:
    for source in islice(report.sources, _SOURCES_SHOWN):
        details = [
            count(source.examples, "example"),
            f"{source.format}, {source.dialect} ({source.reason})",
            size(source.bytes),
        ]
        if source.refused:
            details.insert(1, f"{count(source.refused, 'line')} refused")
        line = Text.assemble(_shown(source.file, "bold"), "  ", _shown(" · ".join(details), "dim"))
        console.print(line, width=_width(console))
    if len(report.sources) > _SOURCES_SHOWN:
        rest = len(report.sources) - _SOURCES_SHOWN
        console.print(Text(f"and {count(rest, 'more file')}; {count(report.examples, 'example')} in all", "dim"))


def _verdict_line(report: AuditReport) -> Text:
    return _shown(report.verdict.headline, "bold green" if report.verdict.ready else "bold red")


def _print_verdict(report: AuditReport, console: Console) -> None:
    verdict = report.verdict
    _heading(console, "Is this data ready to fine-tune on?")
    _paragraph(console, _verdict_line(report), 2)
    for reason in verdict.reasons:
        _listed(console, "·" if not console.options.ascii_only else "-", _shown(reason))
    if not verdict.next_steps:
        return
    _heading(console, "What next?" if verdict.ready else "What first?")
    for number, step in enumerate(verdict.next_steps, 1):
        _listed(console, f"{number}.", _shown(step.sentence))
        if step.command:
            _unwrapped(console, Text.assemble("     ", _shown(step.command, "bold cyan")))


def _print_checks(report: AuditReport, console: Console) -> None:
    parts = [
        f"{count(number, 'line')} with {words}"
        for severity, words in (("error", "errors"), ("warning", "warnings"), ("info", "notes"))
        if (number := report.severities.get(severity, 0))  # type: ignore[call-overload]
    ]
    _heading(console, "What was found", ", ".join(parts))
    if not report.checks:
        _paragraph(console, Text("Nothing. Every check that ran was content."), 2)
        return
    columns = [("severity", "left"), ("check", "left"), ("examples", "right"), ("share", "right")]
    has_room = console.width >= _ROOM_FOR_TITLES
    table = _table(*columns, *([("what it finds", "wrap")] if has_room else []))
    for line in found_lines(report):
        row = [
            Text(line.severity, _STYLES[line.severity]),
            _shown(line.check.name),
            Text(line.examples),
            Text(line.share),
        ]
        table.add_row(*row, *([_shown(line.check.title)] if has_room else []))
    _print_table(console, table)


def _print_worst(report: AuditReport, console: Console) -> None:
    worst = list(islice(_worst_of_each(report.checks), _WORST_SHOWN))
    if not worst:
        return
    _heading(console, "The worst of them", "one per check; all of them with --findings FILE.jsonl")
    for finding in worst:
        place = Text.assemble(
            "  ",
            _shown(place_of(finding), "bold"),
            "  ",
            Text(finding.severity, _STYLES[finding.severity]),
            " ",
            _shown(finding.check),
        )
        _unwrapped(console, place)
        _paragraph(console, _shown(sentence_of(finding)), 4)


def _worst_of_each(checks: Iterable[CheckSummary]) -> Iterable[Finding]:
    return (check.worst[0] for check in checks if check.worst)


def _print_tokens(report: AuditReport, console: Console) -> None:
    tokens = report.tokens
    if tokens is None:
        return
    _heading(console, "Tokens", f"counted with {visible(tokens.tokenizer, one_line=True)}")
    sentence = (
        f"{count(tokens.total)} in one epoch, {count(tokens.trained)} of them in answers that are learned. "
        f"Half of the examples have {count(tokens.median)} or fewer, 95% have {count(tokens.percentile_95)} or fewer, "
        f"the longest has {count(tokens.longest)}."
    )
    _paragraph(console, Text(sentence), 2)
    if tokens.limit is not None:
        style = "yellow" if tokens.over_limit else ""
        over = count(tokens.over_limit, "example") if tokens.over_limit else "No example"
        verb = "go" if tokens.over_limit > 1 else "goes"
        _paragraph(console, Text(f"{over} {verb} beyond the limit of {count(tokens.limit)}.", style), 2)
    _print_histogram(tokens, console)


def _conflicts(prompts: int) -> str:
    return f"{count(prompts, 'prompt')} {'has' if prompts == 1 else 'have'} several answers."


def _print_histogram(tokens: TokenSummary, console: Console) -> None:
    bins = fitted(tokens.histogram, _HISTOGRAM_ROWS)
    if not bins:
        return
    most = max(one.examples for one in bins)
    labels = [f"{short_count(one.low)} – {short_count(one.high - 1)}" for one in bins]
    counts = [count(one.examples) for one in bins]
    mark = f"  ◂ limit {count(tokens.limit)}" if tokens.limit is not None else ""
    taken = 2 + max(map(len, labels)) + 2 + max(map(len, counts)) + 1 + len(mark)
    width = max(8, min(48, _width(console) - taken))
    for one, label, examples in zip(bins, labels, counts, strict=True):
        over = tokens.limit is not None and one.low > tokens.limit
        holds_limit = tokens.limit is not None and one.low <= tokens.limit < one.high
        drawn = bar(one.examples, most, width, ascii_only=console.options.ascii_only)
        line = Text.assemble(
            f"  {label:>{max(map(len, labels))}}  ",
            (drawn, "yellow" if over else "blue"),
            (" " if drawn else "") + examples,
            (mark if holds_limit else "", "yellow"),
        )
        console.print(line, no_wrap=True, overflow="ellipsis", width=_width(console))


def _print_shapes(report: AuditReport, console: Console) -> None:
    if not report.shapes:
        return
    _heading(console, "Shapes of the conversations")
    table = _table(("", "right"), ("", "right"), ("", "wrap"))
    for shape in report.shapes[:_SHAPES_SHOWN]:
        table.add_row(count(shape.examples), share(shape.share), _shown(spoken_shape(shape.shape)))
    others = report.examples - sum(shape.examples for shape in report.shapes[:_SHAPES_SHOWN])
    if others:
        table.add_row(count(others), share(others / report.examples), Text("other shapes", "dim"))
    _print_table(console, table)


def _print_duplicates(report: AuditReport, console: Console) -> None:
    found = report.duplicates
    if found is None:
        return
    _heading(
        console, "Duplicates", f"similar from {found.threshold:g} on; {share(found.recall)} of such pairs are found"
    )
    near = count(found.near, "near-duplicate")
    sentence = f"{count(found.exact, 'exact duplicate')} and {near} in {count(found.groups, 'group')}."
    if not found.groups:
        sentence = "No duplicates."
    if found.conflicts:
        sentence += f" {_conflicts(found.conflicts)}"
    if found.templates:
        sentence += f" {count(found.templates, 'template')} shared by many examples, which is no fault."
    _paragraph(console, Text(sentence), 2)
    if found.pairs:
        pairs = ", ".join(
            f"{visible(relation, one_line=True)} {count(number)}" for relation, number in found.pairs.items()
        )
        _paragraph(console, Text(f"Pairs by relation: {pairs}.", "dim"), 2)
    for sentence in found.incomplete:
        _listed(console, "!", _shown(sentence, "yellow"))


def _print_meaning(report: AuditReport, console: Console) -> None:
    meaning = report.meaning
    if meaning is None:
        return
    _heading(console, "What it is about", f"as the encoder {visible(meaning.encoder, one_line=True)} sees it")
    table = _table(("", "right"), ("examples", "right"), ("share", "right"), ("duplicates", "right"), ("topic", "wrap"))
    for place, topic in enumerate(meaning.topics[:_TOPICS_SHOWN], 1):
        figures = count(topic.examples), share(topic.share), count(topic.duplicates)
        table.add_row(str(place), *figures, _shown(topic.title))
    if len(meaning.topics) > _TOPICS_SHOWN:
        rest = meaning.topics[_TOPICS_SHOWN:]
        examples = sum(topic.examples for topic in rest)
        figures = count(examples), share(sum(topic.share for topic in rest)), ""
        table.add_row("", *figures, f"{len(rest)} smaller topics")
    _print_table(console, table)
    _paragraph(console, Text(said_alike(meaning)), 2)
    for topic in meaning.topics:
        if topic.add:
            _listed(console, "+", _shown(what_to_add(topic)))


def _print_decisions(report: AuditReport, console: Console) -> None:
    decided = report.decisions
    if decided is None:
        return
    _heading(console, "Decisions so far")
    parts = [
        f"{count(number)} {word}"
        for word, number in decided.model_dump().items()
        if number or word in ("kept", "dropped", "pending")
    ]
    left = f"{count(report.effective, 'example')} left after these and the recommended drops"
    _paragraph(console, Text(f"{joined(parts)}; {left}."), 2)


def _print_prices(report: AuditReport, console: Console) -> None:
    if not report.prices:
        return
    _heading(console, "What a training would cost", "estimates, from published prices")
    table = _table(
        ("target", "left"),
        ("model", "wrap"),
        ("tokens × epochs", "right"),
        ("estimate", "right"),
        ("price read", "left"),
    )
    for price in report.prices:
        table.add_row(
            _shown(price.target),
            _shown(price.model),
            f"{short_count(price.tokens)} × {price.epochs}",
            f"≈ {dollars(price.dollars)}",
            _shown(price.read),
        )
    _print_table(console, table)


def _print_not_run(report: AuditReport, console: Console) -> None:
    if not report.not_run:
        return
    _heading(console, "What did not run")
    for reason, checks in by_reason(report.not_run).items():
        _paragraph(console, Text.assemble(_shown(joined(checks)), ": ", _shown(reason)), 2)


def _print_footer(report: AuditReport, console: Console) -> None:
    total = sum(report.seconds.values())
    reused = f"; {share(report.reused)} of the results were reused" if report.reused > 0 else ""
    console.print()
    _paragraph(console, Text(f"{count(report.lines, 'line')} in {seconds(total)}{reused}."), 0)
    _paragraph(console, _verdict_line(report), 0)
