"""What no repair may touch: code, quotations, tables and drawings, where a character that looks wrong may be meant."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator

import polars as pl

from curator.checks.prose import program_line
from curator.checks.text.markup import FENCE, fenced
from curator.data.frames import Batch

Span = tuple[int, int]

LEFT_ALONE = "It is in code, quotes, a table or a plain completion, so no repair is offered."

_LINE = re.compile(r"[^\n]+")
_SET_OFF = re.compile(r"(?: {4}| {0,3}\t| {0,3}>)|[^\t]*\t|[^|]*\|[^|]*\||[ \t]*\|")
"""Indented code, a quotation of Markdown or of a mail, a line with tabs, a row of a table."""
_DRAWN = re.compile(r"[^\w\s\x00-\x1f\x7f-\x9f]")
_WORDED = re.compile(r"[^\W_]")
_TICKS = re.compile(r"`+")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MARKED_UP = re.compile(r"<(/?)(pre|code|kbd|samp|tt)\b[^<>]*>", re.IGNORECASE)
_QUOTED = re.compile(
    r"""(?<!\w)(?:"[^"\n]+"|'[^'\n]+'(?!\w))|「[^「」]+」|『[^『』]+』"""
    r"|(?<![A-Za-z\xc0-\u024f])(?:“[^“”]+”|‘[^‘’\n]+’(?!\w)|„[^„“”]+[“”]|«[^«»]+»)"
)
"""Behind a Latin letter a typographic mark is a letter that was read wrongly (`Ã“`), and opens nothing."""
SPACE = " \t\r\n\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""White space that is no control character."""


def with_completion(batch: Batch, messages: pl.DataFrame) -> pl.DataFrame:
    """`messages` with `completion`: whether their example is a prompt and a completion put together as they are."""
    return messages.join(batch.examples.select("row", "completion"), on="row", how="left", maintain_order="left")


def is_completion(text: str) -> bool:
    """Whether `text` continues where its prompt ends, as answers to completion models do: white space is content."""
    return text[:1].isspace()


def repaired_around(text: str, repair: Callable[[str], str]) -> str:
    """`text` with `repair` applied outside what is protected.

    A text that shows in code or quotes what the repair would change speaks of it, and is left alone as a whole; so is
    one that continues where its prompt ends.
    """
    if repair(text) == text or is_completion(text):
        return text
    parts, at = [], 0
    for start, end in protected(text):
        if repair(text[start:end]) != text[start:end]:
            return text
        parts += [repair(text[at:start]), text[start:end]]
        at = end
    return "".join([*parts, repair(text[at:])])


def without_trailing_space(text: str) -> str:
    """`text` without the white space behind it; as it is where that ends code, a table or a drawing."""
    stripped = text.rstrip(SPACE)
    if not stripped or stripped == text or is_completion(text):
        return text
    fences = list(_fences(stripped))
    last = stripped[stripped.rfind("\n") + 1 :]
    if fences and fences[-1][1] == len(stripped):
        return stripped if FENCE.match(last) and fences[-1][0] != len(stripped) - len(last) else text
    return text if _is_set_off(last) or program_line(last) else stripped


def protected(text: str) -> list[Span]:
    """The spans of `text` that are code, quoted, or part of a table or drawing: in order, none within another."""
    spans = sorted([*_fences(text), *_set_off_lines(text), *_code_spans(text), *_elements(text), *_quotations(text)])
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _fences(text: str) -> Iterator[Span]:
    """Code blocks with their fences; one that is not closed goes to the end."""
    for opening, closing in fenced(text):
        yield opening.start(), len(text) if closing is None else closing.end()


def _set_off_lines(text: str) -> Iterator[Span]:
    return (match.span() for match in _LINE.finditer(text) if _is_set_off(match.group()))


def _is_set_off(line: str) -> bool:
    """Whether a line is indented, quoted, part of a table, or drawn with signs alone."""
    if _SET_OFF.match(line):
        return True
    return _WORDED.search(line) is None and _DRAWN.search(line) is not None


def _code_spans(text: str) -> Iterator[Span]:
    """Between two runs of as many backticks with no blank line between them."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    if not runs:
        return
    by_length: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        by_length[end - start].append(start)
    breaks = [match.start() for match in _BLANK_LINE.finditer(text)]
    done = 0
    for start, end in runs:
        if start < done:
            continue
        same = by_length[end - start]
        at = bisect_right(same, start)
        if at < len(same) and bisect_right(breaks, start) == bisect_right(breaks, same[at]):
            done = same[at] + end - start
            yield start, done


def _elements(text: str) -> Iterator[Span]:
    """HTML elements that hold code; one that is not closed goes to the end."""
    begin: re.Match[str] | None = None
    for match in _MARKED_UP.finditer(text):
        if begin is None and not match[1]:
            begin = match
        elif begin is not None and match[1] and match[2].lower() == begin[2].lower():
            yield begin.start(), match.end()
            begin = None
    if begin is not None:
        yield begin.start(), len(text)


def _quotations(text: str) -> Iterator[Span]:
    return (match.span() for match in _QUOTED.finditer(text))
