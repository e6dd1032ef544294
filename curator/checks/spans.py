"""From places in messages to findings."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import polars as pl

from curator.checks.check import Severity, Suggestion
from curator.data.frames import found, nothing_found
from curator.data.safe_text import visible

MOST_SPANS = 20
"""Places of one message that one check reports; the last one says how many more there are. Bounds what a message
made of nothing but addresses can fill."""

REJECTED = "Rejected answer: "
"""How the sentence of a finding begins that is about the rejected answer: it shares its index with the chosen one."""

_FEW_WORDS = re.compile(r"\S*(?: \S+){0,3}")
_SHOWN = 60
"""Characters of a quotation."""
_LOOKED_AT = 400
"""Characters in which a secret is looked for before a quotation is cut: half a secret is one still."""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a message and what there is to say about it.

    Attributes:
        message: a sentence, safe to show.
        start: first character of the place in the message's content.
        end: the character after it.
        score: what the check decided by, where it has a measure.
        severity: None: the check's own.
        suggestion: None: the check's own.
    """

    message: str
    start: int | None = None
    end: int | None = None
    score: float | None = None
    severity: Severity | None = None
    suggestion: Suggestion | None = None


def report(check: str, messages: pl.DataFrame, look: Callable[..., Iterable[Span]], *columns: str) -> pl.DataFrame:
    """`FOUND` of what `look` sees in each of `messages`, which were narrowed down to the few worth looking at.

    Args:
        check: the check's name.
        messages: has `row`, `index`, `part` and `columns`.
        look: gets the values of `columns` (`content` unless others are named) and returns places in the content.
        columns: what to hand to `look`.
    """
    rows = messages.select("row", "index", "part", *(columns or ("content",))).iter_rows()
    spans = [
        (row, index, span.message, span.start, span.end, span.score, span.severity, span.suggestion)
        for row, index, part, *values in rows
        for span in map(_in_rejected if part == "rejected" else _as_it_is, _at_most(iter(look(*values))))
    ]
    if not spans:
        return nothing_found()
    schema = {
        "row": pl.UInt32,
        "message_index": pl.Int32,
        "message": pl.String,
        "start": pl.UInt32,
        "end": pl.UInt32,
        "score": pl.Float32,
        "severity": pl.String,
        "suggestion": pl.String,
    }
    return found(check, pl.DataFrame(spans, schema=schema, orient="row"))


def quoted(text: str) -> str:
    """The beginning of `text` in quotation marks, on one line, safe to show and without secrets."""
    from curator.checks.privacy.secret_keys import without_secrets  # which reports by this module

    text, _ = without_secrets(text[:_LOOKED_AT])
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f'"{visible(short, one_line=True)}"'


def few_words_on(text: str, place: int) -> int:
    """The end of the third word behind `place`, or of its line: where a quotation may stop."""
    words = _FEW_WORDS.match(text, place)
    return words.end() if words else place


def _as_it_is(span: Span) -> Span:
    return span


def _in_rejected(span: Span) -> Span:
    """Chosen and rejected answer share their message index, so the place is named in words and not in characters."""
    return replace(span, message=f"{REJECTED}{span.message}", start=None, end=None)


def _at_most(spans: Iterator[Span]) -> list[Span]:
    first = list(islice(spans, MOST_SPANS))
    more = sum(1 for _ in spans)
    if more:
        first[-1] = replace(first[-1], message=f"{first[-1].message} There are {more} more of them.")
    return first
