"""Numbers, sizes and shapes as people read them, the same in every report."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from curator.data.finding import Finding, Severity
from curator.reporting.model import AuditReport, CheckSummary, MeaningSummary, NotRun, TopicSummary

_ROLES = {"s": "system", "d": "developer", "u": "user", "a": "assistant", "t": "tool"}
_SHOWN_ROLES = 6
_TURNS = re.compile(r"(?P<context>[sd]*)(?P<turns>(?:ua){2,})")


def count(number: int, noun: str | None = None, plural: str | None = None) -> str:
    """`1,234`, or with a noun `1 line`, `1,234 lines`; `plural` where an s is not enough."""
    figure = f"{number:,}"
    if noun is None:
        return figure
    return f"{figure} {noun if number == 1 else plural or noun + 's'}"


def share(fraction: float) -> str:
    """A fraction as a percentage with one decimal; never 0% for something nor 100% for less than all."""
    if fraction <= 0:
        return "0%"
    if fraction < 0.001:
        return "<0.1%"
    if 0.999 < fraction < 1:
        return ">99.9%"
    return f"{100 * fraction:.1f}%"


def short_count(number: int) -> str:
    """`812`, `12.3 k`, `1.2 M`: for axes and headlines, where the size matters and the last digit does not."""
    if number < 10_000:
        return f"{number:,}"
    if number < 999_950:
        return f"{number / 1_000:.1f} k"
    if number < 999_950_000:
        return f"{number / 1_000_000:.1f} M"
    return f"{number / 1_000_000_000:.1f} G"


def size(number: int) -> str:
    """Bytes in decimal units."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= 0.9995 * factor:
            return f"{number / factor:.1f} {unit}"
    return count(number, "byte")


def dollars(amount: float) -> str:
    """US dollars; below a cent that is what it says."""
    return "< $0.01" if 0 < amount < 0.01 else f"${amount:,.2f}"


def seconds(duration: float) -> str:
    """A duration in seconds, or in minutes and seconds."""
    if duration < 60:
        return f"{duration:.1f} s" if duration >= 0.1 else f"{duration * 1000:.0f} ms"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest:02d} s"


def spoken_shape(shape: str) -> str:
    """The initials of a shape spelled out: `sua` is `system, user, assistant`; repeated turns are counted."""
    turns = _TURNS.fullmatch(shape)
    if turns is not None:
        context = [_ROLES[letter] for letter in turns["context"]]
        return ", ".join([*context, f"{len(turns['turns']) // 2} × (user, assistant)"])
    names = [_ROLES.get(letter, letter) for letter in shape]
    if len(names) > _SHOWN_ROLES:
        return ", ".join(names[:_SHOWN_ROLES]) + f" … {len(names)} messages"
    return ", ".join(names) or "no messages"


def joined(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def place_of(finding: Finding) -> str:
    """`file:line`, as editors and terminals open it."""
    if finding.file is None:
        return "the whole set"
    return finding.file if finding.line is None else f"{finding.file}:{finding.line}"


def sentence_of(finding: Finding) -> str:
    """What is said of the example and, where that is about another one, the other's place."""
    if not finding.related:
        return finding.message
    other = finding.related[0]
    place = f"line {other.line}" if other.file == finding.file else f"{other.file}:{other.line}"
    return f"{finding.message.rstrip('.')}; see {place}."


class FoundLine(NamedTuple):
    """One line of the table of what was found: a check, by the gravest of its open findings."""

    severity: Severity
    check: CheckSummary
    number: int
    examples: str
    share: str
    more: str


def found_lines(report: AuditReport) -> list[FoundLine]:
    """A line per check, gravest first; what of it is less grave, or decided, is said beside it."""
    return [_found_line(check, report.lines) for check in report.checks]


def _found_line(check: CheckSummary, lines: int) -> FoundLine:
    severity = next(iter(check.open), check.severity)
    number = sum(check.open.values())
    words: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
    less = [count(some, words[level]) for level, some in check.open.items() if level != severity]
    more = ", ".join([*less, *([f"{check.decided:,} decided"] if check.decided else [])])
    examples = "the set" if check.examples == 0 else count(number)
    return FoundLine(severity, check, number, examples, share(number / max(lines, 1)) if number else "", more)


def by_reason(not_run: Iterable[NotRun]) -> dict[str, list[str]]:
    """The checks that did not run, gathered by their reason, in the order given."""
    gathered: dict[str, list[str]] = {}
    for absent in not_run:
        gathered.setdefault(absent.reason, []).append(absent.check)
    return gathered


def said_alike(meaning: MeaningSummary) -> str:
    """How many examples say what another says, and how many stand alone."""
    alike, alone = meaning.semantic_duplicates, meaning.outliers
    first = f"{count(alike, 'example')} {'says' if alike == 1 else 'say'} the same as another in other words"
    sentence = f"{first}; {count(alone, 'example')} {'stands' if alone == 1 else 'stand'} alone."
    return " ".join(filter(None, (sentence, said_unread(meaning.unread))))


def said_unread(unread: Mapping[str, int]) -> str:
    """How many examples the encoder does not read, and their scripts; "" where there are none."""
    if not unread:
        return ""
    number = sum(unread.values())
    verb = "is" if number == 1 else "are"
    scripts = f"{', '.join(f'{script} {count(each)}' for script, each in unread.items())}"
    return (
        f"{count(number, 'example')} {verb} in a script that the encoder does not read ({scripts}): no semantic "
        "finding, outlier, topic or tie in a split is about them."
    )


def what_to_add(topic: TopicSummary) -> str:
    """What a thin topic lacks."""
    return f"Thin: {topic.title} ({count(topic.examples, 'example')}). Add about {count(topic.add)} like these."
