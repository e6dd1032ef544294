"""The report as Markdown, for a pull request, a wiki page or a file beside the data.

Text from data cannot become markup, a link, a mention or a second table cell: every value that the template prints is
made visible, put on one line and escaped.
"""

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from curator.data.safe_text import visible
from curator.reporting.bars import bar, fitted
from curator.reporting.model import AuditReport, TokenSummary
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

_MARKUP = re.compile(r"[\\`*_~\[\]|$]")
_BLOCK = re.compile(r"^(?=[-+=#])|^(\d+)(?=[.)](?:\s|$))")
_LINKS = re.compile(r"[@#](?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_BACKTICKS = re.compile("`+")
_HISTOGRAM_ROWS = 12
_BAR_WIDTH = 40


class _Escaped(str):
    """Markdown of our own, printed as it is."""


def markdown_report(report: AuditReport) -> str:
    """The whole report."""
    return _environment().get_template("report.md").render(report=report)


def escaped(text: str) -> str:
    """`text` on one line, as Markdown that shows exactly that text.

    A comment breaks what GitHub would turn into a link without any markup: addresses, mentions, issue numbers.
    """
    text = visible(text, one_line=True).strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKUP.sub(r"\\\g<0>", text)
    text = _BLOCK.sub(r"\1\\", text)
    return _LINKS.sub(r"\g<0><!-- -->", text)


def fenced(text: str, indent: str = "") -> str:
    """A code block that no backticks in `text` can close."""
    shown = visible(text)
    longest = max(map(len, _BACKTICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return _Escaped("\n".join(indent + line for line in (fence, *shown.split("\n"), fence)))


def _command(command: str) -> str:
    """A command as a code block within a numbered list."""
    return fenced(command.replace("\n", "⏎"), indent="   ")


def _histogram(tokens: TokenSummary) -> str:
    bins = fitted(tokens.histogram, _HISTOGRAM_ROWS)
    most = max((one.examples for one in bins), default=0)
    labels = [f"{short_count(one.low)} – {short_count(one.high - 1)}" for one in bins]
    width = max(map(len, labels), default=0)
    lines = []
    for one, label in zip(bins, labels, strict=True):
        holds_limit = tokens.limit is not None and one.low <= tokens.limit < one.high
        mark = f"  ◂ limit {count(tokens.limit)}" if holds_limit and tokens.limit is not None else ""
        lines.append(f"{label:>{width}}  {bar(one.examples, most, _BAR_WIDTH)} {count(one.examples)}{mark}")
    return fenced("\n".join(lines))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("curator.reporting"),
        autoescape=False,  # that would be for HTML; `_printed` escapes for Markdown
        finalize=_printed,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "command": _command,
        "count": count,
        "dollars": dollars,
        "histogram": _histogram,
        "joined": joined,
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
        "found_lines": found_lines,
        "place_of": place_of,
        "sentence_of": sentence_of,
    }
    return environment


def _printed(value: Any) -> Any:
    return value if isinstance(value, int | float | _Escaped) else escaped(str(value))
