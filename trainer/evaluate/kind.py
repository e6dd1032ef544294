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
_MARKED = re.compile(r"####\s*(.+)\s*$")
_BOXED = re.compile(r"\\boxed\{([^{}]*)\}")
_FENCE = re.compile(r"^```(?:json)?\s*\n(.*?)\n?```$", re.DOTALL)


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
    fenced = _FENCE.match(text.strip())
    try:
        value = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def final_number(text: str) -> float | None:
    """The number that an answer comes to: after `####`, in a LaTeX box, else the last one in it."""
    marked = _MARKED.search(text) or _BOXED.search(text)
    numbers = _NUMBER.findall(marked[1] if marked else text)
    return float(numbers[-1].replace(",", "")) if numbers else None


def _is_numeric(text: str) -> bool:
    """Marked as a final number, or hardly more than a number."""
    if _MARKED.search(text) or _BOXED.search(text):
        return final_number(text) is not None
    return bool(_NUMBER.search(text)) and len(text.split()) <= 2
