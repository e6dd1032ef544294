"""Tags of thinking in answers, and thinking that is empty."""

import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import CODE
from curator.checks.spans import Span, report
from curator.data.frames import Batch, found

_TAGS = r"think|thinking|thought|reasoning|begin_of_thought|end_of_thought|THINK"
_FIRST_LOOK = r"<(?:/?(?:think|thinking|thought|reasoning)>|\|(?:begin|end)_of_thought\|>)|\[/?THINK\]"
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>think|thinking|thought|reasoning)>"
    r"|<\|(?P<side>begin|end)_of_thought\|>|\[(?P<closes>/?)THINK\]"
)
_CODE = re.compile(CODE)
_LEADING = re.compile(r"[\s*_]*")


def _answers(batch: Batch) -> pl.DataFrame:
    return batch.messages.filter(pl.col("role") == "assistant")


def _malformed(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    likely = _answers(batch).filter(pl.col("content").str.contains(_FIRST_LOOK))
    return report("malformed-thinking", likely, _faults, "content", "tool_calls", "reasoning")


def _faults(content: str, calls: str | None, reasoning: str | None) -> Iterator[Span]:
    """The first fault of an answer's tags."""
    if _TAG.match(content, _leading(content)) is None:
        text = _CODE.sub(lambda match: " " * len(match.group()), content)  # an answer about tags quotes them
    else:
        text = content
    tags = [(match.start(), match.end(), _opens(match), match[0]) for match in _TAG.finditer(text)]
    if not tags:
        return
    fault = _first_fault(text, tags)
    if fault is not None:
        yield fault
        return
    start, end = tags[0][0], tags[-1][1]
    if not text[end:].strip() and not calls:
        yield Span("Nothing follows the thinking: the answer is missing, or inside it.", start, end)
    elif reasoning and reasoning.strip():
        yield Span("The answer has its thinking twice: in tags and in a field of its own.", start, tags[0][1])


def _first_fault(text: str, tags: list[tuple[int, int, bool, str]]) -> Span | None:
    is_open, blocks = False, 0
    for start, end, opens, tag in tags:
        if opens and is_open:
            return Span(f"{tag} stands inside thinking that was opened before.", start, end)
        if not opens and not is_open:
            what = "closes thinking that nothing opened" if not blocks else "closes thinking that was closed before"
            return Span(f"{tag} {what}.", start, end)
        if opens and blocks:
            return Span(f"{tag} opens thinking again behind the answer.", start, end)
        if opens and text[:start].strip():
            return Span(f"{tag} comes after the answer began: thinking comes first.", start, end)
        blocks += not opens
        is_open = opens
    if is_open:
        start, end, _, tag = tags[-1]
        return Span(f"{tag} is never closed, so that the answer counts as thinking.", start, end)
    return None


def _leading(content: str) -> int:
    match = _LEADING.match(content)
    return match.end() if match else 0


def _opens(match: re.Match[str]) -> bool:
    if match["name"] is not None:
        return not match["end"]
    if match["side"] is not None:
        return match["side"] == "begin"
    return not match["closes"]


def _empty(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    answers = _answers(batch)
    tagged = pl.col("content").str.contains(r"\A\s*(?:<think(?:ing)?>\s*</think(?:ing)?>|\[THINK\]\s*\[/THINK\])")
    blank = pl.col("reasoning").is_not_null() & ~pl.col("reasoning").str.contains(r"\S")
    empty = answers.filter(tagged.fill_null(value=False) | blank)
    sentence = pl.lit("The answer has a place for thinking with nothing in it.").alias("message")
    return found("empty-thinking", empty.with_columns(sentence, pl.col("index").alias("message_index")))


THINKING_CHECKS = (
    Check(
        name="malformed-thinking",
        family="reasoning",
        severity="warning",
        suggestion="fix",
        version=1,
        title="tags of thinking do not match",
        find=_malformed,
    ),
    Check(
        name="empty-thinking",
        family="reasoning",
        severity="info",
        suggestion="none",
        version=1,
        title="a place for thinking with nothing in it",
        find=_empty,
    ),
)
