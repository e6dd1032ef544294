"""What the verdict of a terminal report rests on: the worst findings, tokens, shapes, duplicates, topics, prices.

No text from data reaches the console but through `visible`, and none of it is markup.
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
    joined,
    place_of,
    said_alike,
    sentence_of,
    share,
    short_count,
    spoken_shape,
    what_to_add,
)

STYLES: dict[Severity, str] = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_WIDEST = 110
_WORST_SHOWN = 5
_SHAPES_SHOWN = 5
_TOPICS_SHOWN = 8
_HISTOGRAM_ROWS = 8


def print_details(report: AuditReport, console: Console) -> None:
    """Print what a short report lacks."""
    _print_worst(report, console)
    _print_tokens(report, console)
    _print_shapes(report, console)
    _print_duplicates(report, console)
    _print_meaning(report, console)
    _print_decisions(report, console)
    _print_scores(report, console)
    _print_prices(report, console)
    _print_not_run(report, console)


def shown(text: str, style: str = "") -> Text:
    """Text from data, on one line, with nothing in it that a terminal acts on."""
    return Text(visible(text, one_line=True), style=style)


def width_of(console: Console) -> int:
    """Columns that a report uses."""
    return min(console.width, _WIDEST)


def heading(console: Console, words: str, rest: str = "") -> None:
    """A blank line, and what the next lines are about."""
    console.print()
    console.print(Text.assemble((words, "bold"), (f"  {rest}" if rest else "", "dim")), width=width_of(console))


def paragraph(console: Console, text: Text, indent: int, mark: str = "") -> None:
    """A wrapped paragraph without trailing spaces; a `mark` stands before its first line."""
    indent += len(mark) + 1 if mark else 0
    for number, line in enumerate(text.wrap(console, max(20, width_of(console) - indent))):
        line.rstrip()
        before = f"{mark} " if mark and number == 0 else ""
        console.print(Text.assemble(before.rjust(indent), line), soft_wrap=True)


def listed(console: Console, mark: str, text: Text) -> None:
    """A paragraph of a list."""
    paragraph(console, text, 2, mark)


def unwrapped(console: Console, text: Text) -> None:
    """A line that is left whole whatever the width, because it is there to be copied or clicked."""
    console.print(text, soft_wrap=True)


def table_of(*columns: tuple[str, str]) -> Table:
    """A table without lines; each column is (heading, 'left', 'right', 'wrap' or 'cut')."""
    table = Table(
        box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False, show_header=any(c[0] for c in columns)
    )
    for heading, kind in columns:
        table.add_column(
            heading,
            justify="right" if kind == "right" else "left",
            no_wrap=kind != "wrap",
            overflow="ellipsis" if kind == "cut" else "fold",
        )
    return table


def print_table(console: Console, table: Table) -> None:
    """Print a table under its heading."""
    console.print(Padding(table, (0, 0, 0, 2)), width=width_of(console))


def _print_worst(report: AuditReport, console: Console) -> None:
    worst = list(islice(_worst_of_each(report.checks), _WORST_SHOWN))
    if not worst:
        return
    heading(console, "The worst of them", "one per check; all of them with --findings FILE.jsonl")
    for finding in worst:
        place = Text.assemble(
            "  ",
            shown(place_of(finding), "bold"),
            "  ",
            Text(finding.severity, STYLES[finding.severity]),
            " ",
            shown(finding.check),
        )
        unwrapped(console, place)
        paragraph(console, shown(sentence_of(finding)), 4)


def _worst_of_each(checks: Iterable[CheckSummary]) -> Iterable[Finding]:
    return (check.worst[0] for check in checks if check.worst)


def _print_tokens(report: AuditReport, console: Console) -> None:
    tokens = report.tokens
    if tokens is None:
        return
    heading(console, "Tokens", f"counted with {visible(tokens.tokenizer, one_line=True)}")
    sentence = (
        f"{count(tokens.total)} in one epoch, {count(tokens.trained)} of them in answers that are learned. "
        f"Half of the examples have {count(tokens.median)} or fewer, 95% have {count(tokens.percentile_95)} or fewer, "
        f"the longest has {count(tokens.longest)}."
    )
    paragraph(console, Text(sentence), 2)
    if tokens.limit is not None:
        style = "yellow" if tokens.over_limit else ""
        over = count(tokens.over_limit, "example") if tokens.over_limit else "No example"
        verb = "go" if tokens.over_limit > 1 else "goes"
        paragraph(console, Text(f"{over} {verb} beyond the limit of {count(tokens.limit)}.", style), 2)
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
    width = max(8, min(48, width_of(console) - taken))
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
        console.print(line, no_wrap=True, overflow="ellipsis", width=width_of(console))


def _print_shapes(report: AuditReport, console: Console) -> None:
    if not report.shapes:
        return
    heading(console, "Shapes of the conversations")
    table = table_of(("", "right"), ("", "right"), ("", "wrap"))
    for shape in report.shapes[:_SHAPES_SHOWN]:
        table.add_row(count(shape.examples), share(shape.share), shown(spoken_shape(shape.shape)))
    others = report.examples - sum(shape.examples for shape in report.shapes[:_SHAPES_SHOWN])
    if others:
        table.add_row(count(others), share(others / report.examples), Text("other shapes", "dim"))
    print_table(console, table)


def _print_duplicates(report: AuditReport, console: Console) -> None:
    found = report.duplicates
    if found is None:
        return
    heading(
        console, "Duplicates", f"similar from {found.threshold:g} on; {share(found.recall)} of such pairs are found"
    )
    near = count(found.near, "near-duplicate")
    sentence = f"{count(found.exact, 'exact duplicate')} and {near} in {count(found.groups, 'group')}."
    if not found.groups:
        sentence = "No duplicates."
    if found.conflicts:
        sentence += f" {_conflicts(found.conflicts)}"
    if found.templates:
        sentence += f" {count(found.templates, 'template')} shared by many examples, which is not a problem."
    paragraph(console, Text(sentence), 2)
    if found.pairs:
        pairs = ", ".join(
            f"{visible(relation, one_line=True)} {count(number)}" for relation, number in found.pairs.items()
        )
        paragraph(console, Text(f"Pairs by relation: {pairs}.", "dim"), 2)
    for sentence in found.incomplete:
        listed(console, "!", shown(sentence, "yellow"))


def _print_meaning(report: AuditReport, console: Console) -> None:
    meaning = report.meaning
    if meaning is None:
        return
    heading(console, "What it is about", f"as the encoder {visible(meaning.encoder, one_line=True)} sees it")
    table = table_of(
        ("", "right"), ("examples", "right"), ("share", "right"), ("duplicates", "right"), ("topic", "wrap")
    )
    for place, topic in enumerate(meaning.topics[:_TOPICS_SHOWN], 1):
        figures = count(topic.examples), share(topic.share), count(topic.duplicates)
        table.add_row(str(place), *figures, shown(topic.title))
    if len(meaning.topics) > _TOPICS_SHOWN:
        rest = meaning.topics[_TOPICS_SHOWN:]
        examples = sum(topic.examples for topic in rest)
        figures = count(examples), share(sum(topic.share for topic in rest)), ""
        table.add_row("", *figures, f"{len(rest)} smaller topics")
    print_table(console, table)
    paragraph(console, Text(said_alike(meaning)), 2)
    for topic in meaning.topics:
        if topic.add:
            listed(console, "+", shown(what_to_add(topic)))


def _print_decisions(report: AuditReport, console: Console) -> None:
    decided = report.decisions
    if decided is None:
        return
    heading(console, "Decisions so far")
    parts = [
        f"{count(number)} {word}"
        for word, number in decided.model_dump().items()
        if number or word in ("kept", "dropped", "pending")
    ]
    left = f"{count(report.effective, 'example')} left after these and the recommended drops"
    paragraph(console, Text(f"{joined(parts)}; {left}."), 2)


def _print_scores(report: AuditReport, console: Console) -> None:
    if not report.scores:
        return
    heading(console, "Scores")
    for one in report.scores:
        paragraph(console, shown(f"{one.rubric}: mean {one.mean:.2f} of {count(one.examples)}, by {one.judge}"), 2)
        paragraph(console, shown(one.calibration), 4)


def _print_prices(report: AuditReport, console: Console) -> None:
    if not report.prices:
        return
    heading(console, "What a training would cost", "estimates, from published prices")
    table = table_of(
        ("target", "left"),
        ("model", "wrap"),
        ("tokens × epochs", "right"),
        ("estimate", "right"),
        ("price read", "left"),
    )
    for price in report.prices:
        table.add_row(
            shown(price.target),
            shown(price.model),
            f"{short_count(price.tokens)} × {price.epochs}",
            f"≈ {dollars(price.dollars)}",
            shown(price.read),
        )
    print_table(console, table)


def _print_not_run(report: AuditReport, console: Console) -> None:
    if not report.not_run:
        return
    heading(console, "What did not run")
    for reason, checks in by_reason(report.not_run).items():
        paragraph(console, Text.assemble(shown(joined(checks)), ": ", shown(reason)), 2)
