"""Where personal data is looked for, and how what was found is shown without showing it."""

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from curator.checks.check import Severity
from curator.checks.spans import Span, report
from curator.data.frames import Batch
from curator.data.safe_text import visible

_HIDDEN = "•"
_ESCAPED = re.compile(r"\\{1,8}u00([0-7][0-9a-fA-F])")
"""A character that JSON could have as it is, written as an escape: in tool arguments, which are JSON within JSON."""


@dataclass(frozen=True, slots=True)
class Personal:
    """One piece of personal data in a text.

    Attributes:
        start: its first character.
        end: the character after it.
        shown: the masked form, of which nobody can read the whole.
        severity: None: the check's own; info for what is reserved for examples or names nobody.
    """

    start: int
    end: int
    shown: str
    severity: Severity | None = None


class Taken:
    """Spans of a text that do not overlap, in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing was added that overlaps."""
        place = bisect(self._starts, start)
        is_free_before = place == 0 or self._ends[place - 1] <= start
        return is_free_before and (place == len(self._starts) or self._starts[place] >= end)

    def add(self, start: int, end: int) -> None:
        """Take a span that is free."""
        place = bisect(self._starts, start)
        self._starts.insert(place, start)
        self._ends.insert(place, end)


def report_personal(
    check: str, what: str, batch: Batch, candidates: str, find: Callable[[str], Iterator[Personal]]
) -> pl.DataFrame:
    """`FOUND` of everything that `find` finds in contents, reasoning and tool calls.

    Args:
        check: the check's name.
        what: what was found, with its article.
        batch: the examples.
        candidates: a regular expression for polars; `find` sees only texts that match it.
        find: personal data of a text.
    """

    def look(text: str, field: str) -> Iterator[Span]:
        named = "text" if field == "content" else field
        found = list(find(text)) if field == "content" else []
        for personal in found:
            sentence = f"The {named} holds {what}: {personal.shown}."
            yield Span(sentence, personal.start, personal.end, severity=personal.severity)
        for personal in () if found else find(without_escapes(text)):
            yield Span(f"The {named} holds {what}: {personal.shown}.", severity=personal.severity)

    fields = {"content": "content", "reasoning": "reasoning", "tool_calls": "tool call"}
    texts = [
        batch.messages.filter(pl.col(column).str.contains(candidates) | has_escapes(pl.col(column))).select(
            "row", "index", "part", pl.col(column).alias("content"), pl.lit(field).alias("field")
        )
        for column, field in fields.items()
    ]
    return report(check, pl.concat(texts).sort("row", "index", maintain_order=True), look, "content", "field")


def report_beside_messages(
    check: str, what: str, batch: Batch, candidates: str, find: Callable[[str], Iterator[Personal]]
) -> pl.DataFrame:
    """As `report_personal`, of the tool definitions and of the fields that the dialect does not know."""

    def look(text: str, field: str) -> Iterator[Span]:
        for personal in find(without_escapes(text)):
            yield Span(f"{field} holds {what}: {personal.shown}.", severity=personal.severity)

    fields = {"tools": "A tool definition", "extra": "A field beside the messages"}
    texts = [
        batch.examples.filter(pl.col(column).str.contains(candidates) | has_escapes(pl.col(column))).select(
            "row",
            pl.lit(None, pl.Int32).alias("index"),
            pl.lit("messages").alias("part"),
            pl.col(column).alias("text"),
            pl.lit(field).alias("field"),
        )
        for column, field in fields.items()
    ]
    return report(check, pl.concat(texts).sort("row", maintain_order=True), look, "text", "field")


def has_escapes(texts: pl.Expr) -> pl.Expr:
    """Whether `without_escapes` changes a text."""
    return texts.str.contains(_ESCAPED.pattern)


def without_escapes(text: str) -> str:
    """`text` with the characters in the place of their JSON escapes."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def masked(text: str, first: int, last: int) -> str:
    """`text` with its letters and digits hidden but for the `first` and `last` so many of them."""
    spans = [place for place, character in enumerate(text) if character.isalnum()]
    kept = {*spans[:first], *spans[len(spans) - last :]}
    hidden = set(spans) - kept
    return visible(
        "".join(_HIDDEN if place in hidden else character for place, character in enumerate(text)), one_line=True
    )


def as_info(personal: Personal) -> Personal:
    """`personal` with the severity of what can do no harm."""
    return replace(personal, severity="info")
