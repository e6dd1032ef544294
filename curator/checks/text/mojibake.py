"""Text that was decoded with the wrong encoding."""

import re
from collections.abc import Iterator
from functools import cache

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.prose import prose
from curator.checks.spans import Span, quoted, report
from curator.checks.speakers import weaker_in_prompts
from curator.checks.text.fixes import decoded_rightly, repair_mojibake
from curator.checks.text.protected import LEFT_ALONE, with_completion
from curator.data.frames import Batch

LOST = "\ufffd"
"""The replacement character: a decoder stood here and gave up."""

_LIKELY_LOST = r"\?\?+[ ,.!:;\n]+\?\?+[ ,.!:;\n]+\?\?|[a-z]\?[a-z].{0,200}[a-z]\?[a-z]"
_MARKS = re.compile(r"(?<![^\s\"'(])\?{2,}(?=[\s,.!:;\"')]|\Z)")
_MARK_INSIDE = re.compile(r"(?<![\w/=&.?])(?:[^\W\d_]{1,20})?\?[a-z]{1,20}(?![\w=/&])")
_FEWEST_LOST = 3
"""Words of question marks: one or two are surprise, or a placeholder."""
_MOST_MARKS = 0.3
"""Marks beside one letter or digit."""
_WORD_BREAK = re.compile(r"[\s]")
_AS_IN_PYTHON = {r"\w": r"\w\p{N}", r"\s": r"\s\x1c-\x1f"}
"""What Python counts as letters and white space, and Rust does not."""


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    suspects = batch.messages.filter(pl.col("content").str.contains(_suspicious()))
    wrong = report("mojibake", with_completion(batch, suspects), _look, "content", "role", "completion")
    questions = batch.messages.filter(pl.col("content").str.contains(r"\?[?a-z]"))  # cheap, and few are left
    questions = questions.filter(pl.col("content").str.contains(_LIKELY_LOST))
    lost = report("mojibake", questions, _became_question_marks, "content", "role")
    return pl.concat([wrong, lost.join(wrong, on=["row", "message_index"], how="anti")])


def _became_question_marks(text: str, role: str) -> Iterator[Span]:
    """Text of which an encoder without its letters left question marks: `??? ????`, or `caf? d?j? vu`."""
    said = prose(text)
    words = list(_MARKS.finditer(said))
    marks = sum(match.end() - match.start() for match in words)
    letters = sum(map(str.isalnum, said))
    if len(words) < _FEWEST_LOST or marks < _MOST_MARKS * letters:
        words = list(_MARK_INSIDE.finditer(said))
        if len({match.group() for match in words}) < _FEWEST_LOST or "://" in said:
            return
    start, end = words[0].start(), words[min(len(words), _FEWEST_LOST) - 1].end()
    sentence = f"In {quoted(text[start:end])} letters became question marks; only the source still has them."
    yield Span(sentence, start, end, severity=weaker_in_prompts(role), suggestion="review")


@cache
def _suspicious() -> str:
    """The test of ftfy for unlikely sequences of characters, as polars can run it; or the replacement character.

    It finds all that ftfy finds, and a little more: in Rust circled letters are letters too. Python runs it at 4 MB/s
    on text that is not ASCII, Rust fifty times as fast. ftfy writes it with white space for the reader, which Rust
    would drop inside character classes too, so it is taken out here.
    """
    from ftfy.badness import BADNESS_RE

    plain: list[str] = []
    in_class = False
    pattern = iter(BADNESS_RE.pattern)
    for character in pattern:
        if character == "\\":
            escape = character + next(pattern)
            wider = _AS_IN_PYTHON.get(escape, escape)
            plain.append(wider if in_class or wider == escape else f"[{wider}]")
            continue
        in_class = character == "[" or (in_class and character != "]")
        if character == "#" and not in_class:
            while next(pattern, "\n") != "\n":
                pass
        elif in_class or not character.isspace():
            plain.append(character)
    return "".join(plain) + "|" + LOST


def _look(text: str, role: str, completion: bool) -> Iterator[Span]:
    fixed, repaired = decoded_rightly(text), repair_mojibake(text)
    can_be_repaired = repaired != text and not completion
    if fixed != text:
        fixed = repaired if can_be_repaired else fixed
        start = next((at for at, (old, new) in enumerate(zip(text, fixed, strict=False)) if old != new), len(fixed))
        start, end = _word_at(text, start)
        meant = fixed[start : _word_at(fixed, start)[1]]
        sentence = f"{quoted(text[start:end])} was decoded with the wrong encoding; {quoted(meant)} was meant."
        if can_be_repaired:
            yield Span(sentence, start, end, severity=weaker_in_prompts(role))
        else:
            yield Span(f"{sentence} {LEFT_ALONE}", start, end, severity="info", suggestion="review")
    elif LOST in fixed:
        place = text.find(LOST) if LOST in text else 0
        start, end = _word_at(text, place)
        sentence = f"In {quoted(text[start:end])} a character was lost in decoding; only the source still has it."
        yield Span(sentence, start, end, severity=weaker_in_prompts(role), suggestion="review")


def _word_at(text: str, place: int) -> tuple[int, int]:
    """Start and end of the run of non-space around `place`."""
    start = place
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    after = _WORD_BREAK.search(text, place)
    return start, after.start() if after else len(text)


MOJIBAKE = Check(
    name="mojibake",
    family="text",
    severity="warning",
    suggestion="fix",
    version=3,
    title="text decoded with the wrong encoding",
    find=_find,
)
