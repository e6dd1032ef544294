"""Characters that do not belong in text: control codes, and marks that nobody sees."""

import re
from collections import Counter
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.spans import Span, report
from curator.checks.speakers import weaker_in_prompts
from curator.checks.text.protected import LEFT_ALONE, with_completion
from curator.data.frames import Batch

CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
"""Unicode category Cc without tab, line feed and carriage return."""

INVISIBLE = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""Default-ignorable code points of Unicode that show nothing, line and paragraph separator, and blank letters.
Variation selectors are not among them: they choose between two looks of a visible character."""

_JOINERS = "\u200c\u200d"
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FLAG_TAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_CONTROLS = re.compile(f"{CONTROL}+")
_INVISIBLES = re.compile(INVISIBLE)

_NAMES = {
    "\u00ad": "soft hyphen",
    "\u200b": "zero-width space",
    "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner",
    "\u200e": "left-to-right mark",
    "\u200f": "right-to-left mark",
    "\u2028": "line separator",
    "\u2029": "paragraph separator",
    "\u202e": "right-to-left override",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
}


def invisible_offsets(text: str) -> list[int]:
    """Where `text` has an invisible character that does nothing for the reader.

    Joiners after a letter or symbol that is not ASCII (emoji, Persian, Indic scripts), direction marks in a text with
    right-to-left letters, and the tags of a flag emoji are at work and not reported.
    """
    if text.isascii():
        return []
    flags = {place for match in _FLAG_TAGS.finditer(text) for place in range(match.start(), match.end())}
    mixed = _RIGHT_TO_LEFT.search(text) is not None
    return [
        place
        for place in (match.start() for match in _INVISIBLES.finditer(text))
        if place not in flags
        and not (mixed and text[place] in _DIRECTION_MARKS)
        and not (text[place] in _JOINERS and place > 0 and not text[place - 1].isascii())
    ]


def _find_controls(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    marked = batch.messages.filter(pl.col("content").str.contains(CONTROL))
    return report("control-characters", with_completion(batch, marked), _controls, "content", "role", "completion")


def _controls(text: str, role: str, completion: bool) -> Iterator[Span]:
    from curator.checks.text.fixes import remove_controls  # which has its characters from here

    first = _CONTROLS.search(text)
    if first is None:
        return
    codes = Counter("".join(_CONTROLS.findall(text)))
    count = codes.total()
    names = ", ".join(f"U+{ord(code):04X}" for code, _ in codes.most_common(3))
    sentence = f"The text has {count} control character{'s' * (count > 1)} ({names})."
    place = first.span()
    if completion or remove_controls(text) == text:
        yield Span(f"{sentence} {LEFT_ALONE}", *place, score=count, severity="info", suggestion="review")
    else:
        yield Span(sentence, *place, score=count, severity=weaker_in_prompts(role))


def _find_invisible(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    marked = batch.messages.filter(pl.col("content").str.contains(INVISIBLE))
    return report("invisible-characters", marked, _invisible, "content", "role")


def _invisible(text: str, role: str) -> Iterator[Span]:
    spans = invisible_offsets(text)
    if not spans:
        return
    kinds = Counter(text[place] for place in spans)
    names = ", ".join(_NAMES.get(kind, f"U+{ord(kind):04X}") for kind, _ in kinds.most_common(3))
    sentence = f"The text has {len(spans)} invisible character{'s' * (len(spans) > 1)} ({names})."
    yield Span(sentence, spans[0], spans[0] + 1, score=len(spans), severity=weaker_in_prompts(role))


CONTROL_CHARACTERS = Check(
    name="control-characters",
    family="text",
    severity="warning",
    suggestion="fix",
    version=2,
    title="control characters in the text",
    find=_find_controls,
)

INVISIBLE_CHARACTERS = Check(
    name="invisible-characters",
    family="text",
    severity="warning",
    suggestion="fix",
    version=1,
    title="invisible characters in the text",
    find=_find_invisible,
)
