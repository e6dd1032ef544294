"""Answers that repeat their prompt."""

import re
from collections.abc import Iterator
from itertools import islice

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.spans import Span, report
from curator.checks.speakers import asked, learned
from curator.data.frames import Batch

_WORD = re.compile(r"\w+")
_HEAD_WORDS = 3
_HEAD_CHARACTERS = 160
_LONG_PROMPT = 15
"""Words of a prompt that no answer takes up whole by chance, however the echo ends."""

_ASKER = re.compile(r"\W*(?:question|q|prompt|user|human|instruction|input|task)\W*:", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[\"'”’)*_]*(?:[.?!。？！]|\s*\n|\s*$)")
_QUOTES_THE_TASK = ('"""', "'''", "#", "//", "/*")
"""A program may say above itself what it does."""


def _find_echo(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    limits = settings.thresholds
    pairs = asked(batch, learned(batch)).with_columns(
        pl.col("prompt")
        .str.slice(0, _HEAD_CHARACTERS)
        .str.to_lowercase()
        .str.extract_all(r"[\p{L}\p{N}]+")
        .alias("words"),
        pl.col("content").str.slice(0, _HEAD_CHARACTERS).str.to_lowercase().alias("head"),
    )
    first = pl.col("words").list.get(0, null_on_oob=True)
    second = pl.col("words").list.get(1, null_on_oob=True)
    likely = pairs.filter(
        (pl.col("words").list.len() >= min(limits.echoed_words, _HEAD_WORDS))
        & pl.col("head").str.contains(first, literal=True)
        & pl.col("head").str.contains(second, literal=True)
    )

    def look(answer: str, prompt: str) -> Iterator[Span]:
        return _echo(answer, prompt, limits.echoed_words, limits.echoed_share)

    return report("prompt-echo", likely, look, "content", "prompt")


def _echo(answer: str, prompt: str, fewest: int, share: float) -> Iterator[Span]:
    """The echo of `prompt` at the beginning of `answer`, if there is one.

    It begins with the prompt's first words, since an edited text repeats its input but not the instruction; and it is
    a sentence or line of its own, since `To bake a cake, ...` takes the words up and answers.
    """
    asked_words = [word.casefold() for word in _WORD.findall(prompt)]
    words = [word.casefold() for word in _WORD.findall(answer, 0, 4 * len(prompt) + _HEAD_CHARACTERS)]
    if len(asked_words) < fewest or not words:
        return
    head = asked_words[:_HEAD_WORDS]
    start = at = 1 if _ASKER.match(answer) else 0
    if words[start : start + len(head)] != head or answer.lstrip().startswith(_QUOTES_THE_TASK):
        return
    repeated = last = 0
    for word in asked_words:
        place = next((step for step in range(at, min(at + 3, len(words))) if words[step] == word), None)
        if place is not None:
            repeated, last, at = repeated + 1, place, place + 1
    score = repeated / len(asked_words)
    if score < share:
        return
    begin, end = _span(answer, start)[0], _span(answer, last)[1]
    if repeated == len(asked_words) >= _LONG_PROMPT or _SENTENCE_ENDS.match(answer, end):
        yield Span(f"The answer begins by repeating {score:.0%} of the prompt's words.", begin, end, score=score)


def _span(text: str, number: int) -> tuple[int, int]:
    """Start and end of a word of `text`, by its number."""
    return next(islice(_WORD.finditer(text), number, None)).span()


PROMPT_ECHO = Check(
    name="prompt-echo",
    family="text",
    severity="warning",
    suggestion="fix",
    version=1,
    title="the answer repeats the prompt first",
    find=_find_echo,
)
