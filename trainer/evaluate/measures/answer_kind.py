"""What the answers of a data set are: JSON, a number, a label or text. The verdict's measure depends on it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

AnswerKind = Literal["json", "number", "label", "text"]

MOST = 0.8
"""Share of the reference answers that must be of a kind; the rest may be exceptions such as a polite refusal."""
LABEL_WORDS = 5
"""An answer of more words is prose, where two right answers rarely agree word for word."""

_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
_MARK = "####"
_BOXED = re.compile(r"\\boxed\{([^{}]*)\}")
_FENCE = "```"


def answer_kind(references: Sequence[str]) -> AnswerKind:
    """The kind of at least 80 % of the references; text where none is."""
    count = len(references)
    if not count:
        return "text"
    if sum(read_json(text) is not None for text in references) >= MOST * count:
        return "json"
    if sum(_is_numeric(text) for text in references) >= MOST * count:
        return "number"
    if sum(0 < len(text.split()) <= LABEL_WORDS for text in references) >= MOST * count:
        return "label"
    return "text"


def read_json(text: str) -> dict[str, Any] | list[Any] | None:
    """The JSON object or array that a text is, also inside a code fence; None for anything else."""
    try:
        value = json.loads(_without_fence(text.strip()))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def final_number(text: str) -> float | None:
    """The number that an answer comes to: after `####`, in a LaTeX box, else the last one in it."""
    marked = _marked(text)
    numbers = _NUMBER.findall(text if marked is None else marked)
    return float(numbers[-1].replace(",", "")) if numbers else None


def _without_fence(text: str) -> str:
    """What stands between a fence and the fence that ends the text; the text where it is no such block."""
    if len(text) < 2 * len(_FENCE) or not (text.startswith(_FENCE) and text.endswith(_FENCE)):
        return text
    opening, _, content = text[len(_FENCE) : -len(_FENCE)].partition("\n")
    return text if opening.removeprefix("json").strip() else content


def _marked(text: str) -> str | None:
    """What stands behind `####` on the last line (or between it and the last line nothing), or in a LaTeX box."""
    before, _, line = text.rstrip().rpartition("\n")
    if _MARK in line:
        return line.partition(_MARK)[2]
    if line and before.rstrip().endswith(_MARK):
        return line
    boxed = _BOXED.search(text)
    return boxed[1] if boxed else None


def _is_numeric(text: str) -> bool:
    """Marked as a final number, or hardly more than a number."""
    if _marked(text) is not None:
        return final_number(text) is not None
    return bool(_NUMBER.search(text)) and len(text.split()) <= 2
