"""The report as one HTML page: self-contained, without network, readable without a script.

Every value that a template prints passes `_printed`, which makes what is invisible visible, and is then escaped. The
page's own policy allows nothing but its own style and script, each by its hash.
"""

import base64
import hashlib
import re
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from curator.data.finding import Finding
from curator.data.safe_text import visible
from curator.reporting.model import AuditReport, CheckSummary, Specimen, SpecimenMessage
from curator.reporting.pictures import hidden_blocks, histogram, portions, shape_blocks
from curator.reporting.wording import (
    FoundLine,
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

_CODE = re.compile(r"`([^`]+)`")


class CheckSection(NamedTuple):
    """Everything the page says about one check."""

    anchor: str
    summary: CheckSummary
    explanation: list[list[tuple[bool, str]]]  # paragraphs of (is code, text)
    specimen: Specimen | None
    worst: list[tuple[Finding, str]]  # each with the anchor of its example, at the first place that names it


class FoundRow(NamedTuple):
    """A line of the table of what was found, with the place on the page that tells more."""

    anchor: str
    line: FoundLine
    portion: float  # of the line with the most examples, in percent


class MapPoint(NamedTuple):
    """An example on the map: its place in a frame of 100 by 60, what it is coloured by, and what it says."""

    x: float
    y: float
    topic: int
    finding: str  # error, warning, info or none
    decision: str  # keep, drop, flag or pending
    label: str
    example: str  # its id


class MapPicture(NamedTuple):
    """The map of meaning.

    Attributes:
        points: the examples that are drawn.
        coloured: so many of the largest topics have a colour of their own.
        note: a sentence on what is drawn.
    """

    points: list[MapPoint]
    coloured: int
    note: str


def html_report(report: AuditReport, map: MapPicture | None = None) -> str:  # noqa: A002 - that is what it is
    """The whole page, with the map of meaning where there is one."""
    environment = _environment()
    style, script = (_source(environment, name) for name in ("report.css", "report.js"))
    checks = _sections(report)
    page = environment.get_template("report.html").render(
        report=report,
        map=map,
        checks=checks,
        found_rows=_found_rows(report, checks),
        first_open=next((check.anchor for check in checks if check.specimen), None),
        picture=histogram(report.tokens) if report.tokens else None,
        shape_portions=portions([shape.examples for shape in report.shapes]),
        style=Markup(style),  # ours, from this package
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return page + "\n"


def _sections(report: AuditReport) -> list[CheckSection]:
    specimens = {specimen.check: specimen for specimen in report.specimens}
    anchored: set[str] = set()
    sections = []
    for number, check in enumerate(report.checks, 1):
        worst = []
        for finding in check.worst:
            is_first = finding.example is not None and finding.example not in anchored
            worst.append((finding, f"example-{finding.example}" if is_first else ""))
            anchored.add(finding.example or "")
        about = paragraphs(check.explanation), specimens.get(check.name), worst
        sections.append(CheckSection(f"check-{number}", check, *about))
    return sections


def _found_rows(report: AuditReport, sections: list[CheckSection]) -> list[FoundRow]:
    anchors = {id(section.summary): section.anchor for section in sections}
    lines = found_lines(report)
    widths = portions([line.number for line in lines])
    return [FoundRow(anchors[id(line.check)], line, width) for line, width in zip(lines, widths, strict=True)]


def paragraphs(explanation: str) -> list[list[tuple[bool, str]]]:
    """Paragraphs of an explanation as pieces of (is code, text): the little Markdown that explanations use."""
    return [
        [(bool(number % 2), piece) for number, piece in enumerate(_CODE.split(paragraph)) if piece]
        for paragraph in explanation.split("\n\n")
        if paragraph.strip()
    ]


def marked(message: SpecimenMessage) -> tuple[str, str, str]:
    """The text before the finding's place, the place, and the text after it."""
    if message.start is None or message.end is None:
        return message.text, "", ""
    return message.text[: message.start], message.text[message.start : message.end], message.text[message.end :]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("curator.reporting"),
        autoescape=select_autoescape(default=True),
        finalize=_printed,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": count,
        "dollars": dollars,
        "joined": joined,
        "line": lambda text: visible(text, one_line=True),
        "percent": lambda number: f"{number:.2f}%",
        "seconds": seconds,
        "share": share,
        "short_count": short_count,
        "size": size,
        "said_alike": said_alike,
        "spoken_shape": spoken_shape,
        "what_to_add": what_to_add,
    }
    environment.globals |= {
        "by_reason": by_reason,
        "hidden_blocks": hidden_blocks,
        "marked": marked,
        "place_of": place_of,
        "sentence_of": sentence_of,
        "shape_blocks": shape_blocks,
    }
    return environment


def _printed(value: Any) -> Any:
    """What a template prints: numbers and our own markup as they are, any other text with nothing hidden in it."""
    return value if isinstance(value, int | float | Markup) else visible(str(value))


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
