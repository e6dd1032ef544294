"""Markup that was left behind or left open."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import CODE, anywhere
from curator.checks.prose import PAGE, program_line
from curator.checks.spans import Span, quoted, report
from curator.checks.speakers import weaker_in_prompts, without_rows_about
from curator.data.frames import Batch

_TAGS = "p|br|div|span|font|b|i|u|strong|em|a|ul|ol|li|table|tbody|thead|tr|td|th|h[1-6]|img|center|blockquote"
TAG = rf"</?(?:{_TAGS})(?:\s+[a-z:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))*\s*/?>"
ENTITY = (
    r"&(?:nbsp|amp|quot|apos|lt|gt|hellip|mdash|ndash|[lr]squo|[lr]dquo|copy|reg|bull|middot|[aeiou]acute"
    r"|#\d{2,6}|#x[0-9A-Fa-f]{2,5});"
)
_CITATION = r"<sup>\s*\[\w{1,4}\]\s*</sup>"
RESIDUE = f"(?i){TAG}|{_CITATION}|(?-i:{ENTITY})"
"""Tags of running text with well-formed attributes, and named or numeric entities."""

_ABOUT_MARKUP = (
    r"\b(?:x?html5?|xml|svg|jsx|css|markup|markdown|wiki(?:text|code)"
    r"|(?:meta|heading|anchor|closing|opening) tags?|<\w+> tags?"
    r"|(?:create|design|build|develop|generate|write|make|code|construct|add|edit|modify|convert|transform|mock)\w*\b"
    r"[^.\n]{0,60}"
    r"\bweb[\s-]?(?:pages?|sites?|forms?|apps?|applications?|articles?|development)"
    r"|front-?end|java|javascript|typescript|react|vue|angular|php|jquery|dom"
    r"|bootstrap|xpath|selenium|scrap(?:e|er|ing)|regex|escaped|entit(?:y|ies)|rss|epub|newsletter|email templates?)\b"
)
_ABOUT_LOOKS = (
    r"\b(?:bold(?:ed)?|italic(?:s|ize)?|underlin\w+|fonts?|highlight\w*|hyperlinks?|typograph\w+|styles?|formats?"
    r"|formatt(?:ed|ing)|colou?r(?:s|ed)?|background|headings?|embed\w*|image|picture|photo|graphic|chart|figure|shape"
    r"|diagram|word cloud|form|template|modal|table|link|animat\w+|code|coding|program(?:s|ming)?|crawler)\b"
)
_LOOKS = re.compile(r"(?i)</?(?:b|i|u|strong|em|a|span|font|img|h[1-6]|center|table|tbody|thead|tr|td|th)\b")
_STYLED = re.compile(r"<\w+\s[^<>]*\bstyle=")
_CODE = re.compile(CODE)
_FEWEST_ELEMENTS = 3
_BREAK = re.compile("<br", re.IGNORECASE)
_LINE_END = 100
"""Characters at either end of a line that say whether it is program code."""
FENCE = re.compile(r"^(?P<indent>[ \t>*+-]*(?:\d+[.)][ \t]+)?)(?P<fence>`{3,}|~{3,})(?P<rest>[^\n]*)", re.MULTILINE)
_RESIDUE = re.compile(RESIDUE.replace("(?i)", "").replace("(?-i:", "(?:"), re.IGNORECASE)


def _find_residue(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    marked = batch.messages.filter(pl.col("content").str.contains("[<&]")).filter(
        pl.col("content").str.contains(RESIDUE)
    )
    marked = without_rows_about(batch, marked, anywhere(_ABOUT_MARKUP))
    plain = (
        without_rows_about(batch, marked, anywhere(_ABOUT_LOOKS), besides=r"<[^<>]*>")
        .select("row")
        .unique()
        .with_columns(plain=True)
    )
    marked = marked.join(plain, on="row", how="left", maintain_order="left")
    return report("html-residue", marked, _residue, "content", "role", "plain")


def _residue(text: str, role: str, plain: bool | None) -> Iterator[Span]:
    """Places in `text`; where a prompt speaks of looks (`plain` is not set), tags that only set looks are meant."""
    prose = _CODE.sub(lambda match: " " * len(match.group()), text)
    if not plain and _STYLED.search(prose):
        return
    first, count = None, 0
    for match in _not_meant(prose):
        if plain or not _LOOKS.match(match.group()):
            first, count = first or match, count + 1
    if first is None or _is_page(prose):
        return
    more = f", and {count - 1} more like it" if count > 1 else ""
    sentence = f"{quoted(first.group())} is left over from a web page{more}."
    yield Span(sentence, first.start(), first.end(), score=count, severity=weaker_in_prompts(role))


def _not_meant(text: str) -> Iterator[re.Match[str]]:
    """Markup that is neither a line break in a Markdown table's cell nor part of a line of program code."""
    start, end, bars, searched, is_program = 0, -1, 0, 0, False
    for match in _RESIDUE.finditer(text):
        line_break = text.rfind("\n", searched, match.start())
        searched = match.start()
        if line_break >= 0 or match.end() > end:  # not on the line of the match before
            start = line_break + 1 if line_break >= 0 else start
            end = text.find("\n", match.end())
            end = end if end >= 0 else len(text)
            bars = text.count("|", start, end)
            is_program = program_line(_RESIDUE.sub(" ", _ends(text[start:end])))
        if not is_program and not (bars >= 2 and _BREAK.match(match.group())):
            yield match


def _ends(line: str) -> str:
    """The line; of a long one, which may hold thousands of tags, its two ends."""
    return line if len(line) <= 2 * _LINE_END else line[:_LINE_END] + line[-_LINE_END:]


def _is_page(text: str) -> bool:
    """Whether the text is a document of markup, written as one: a page, or lines of elements in elements."""
    if PAGE.search(text) is not None:
        return True
    lines = [line for line in text.split("\n") if line.strip()]
    elements = sum(line.lstrip().startswith("<") and line.rstrip().endswith(">") for line in lines)
    return elements >= _FEWEST_ELEMENTS and 2 * elements >= len(lines)


def _find_unbalanced(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    fenced = batch.messages.filter(
        (pl.col("part") != "rejected") & pl.col("content").str.contains(r"(?m)^[ \t>*+-]*(?:\d+[.)][ \t]+)?(?:```|~~~)")
    )
    return report("unbalanced-code-fence", fenced, _unbalanced, "content", "role")


def _unbalanced(text: str, role: str) -> Iterator[Span]:
    opened = open_fence(text)
    if opened is None:
        return
    start, end = opened
    line = text.count("\n", 0, start) + 1
    yield Span(
        f"The code fence on line {line} of the message is never closed.", start, end, severity=weaker_in_prompts(role)
    )


def open_fence(text: str) -> tuple[int, int] | None:
    """Start and end of the fence that opens a code block which never closes; None where all are closed."""
    return next((opening.span("fence") for opening, closing in fenced(text) if closing is None), None)


def fenced(text: str) -> Iterator[tuple[re.Match[str], re.Match[str] | None]]:
    """The fences that open and close each code block, in order; None for the end of the last where nothing closes it.

    CommonMark 4.5: a block ends at a fence of the same character, at least as long, with nothing behind it; what
    follows an opening fence of backticks may not contain one.
    """
    opened: re.Match[str] | None = None
    for match in FENCE.finditer(text):
        fence, rest = match["fence"], match["rest"].strip()
        if opened is None:
            if not (fence[0] == "`" and "`" in rest):
                opened = match
        elif fence[0] == opened["fence"][0] and len(fence) >= len(opened["fence"]) and not rest:
            yield opened, match
            opened = None
    if opened is not None:
        yield opened, None


HTML_RESIDUE = Check(
    name="html-residue",
    family="text",
    severity="warning",
    suggestion="fix",
    version=2,
    title="tags and entities of a web page",
    find=_find_residue,
)

UNBALANCED_CODE_FENCE = Check(
    name="unbalanced-code-fence",
    family="text",
    severity="warning",
    suggestion="review",
    version=1,
    title="a code block that never ends",
    find=_find_unbalanced,
)
