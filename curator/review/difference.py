"""What differs between two texts, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "removed", "added"]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 4_000
"""Words that differ in one stretch beyond which they are compared line by line, and lines beyond which they are not
compared: the comparison takes the square."""


class DifferencePart(NamedTuple):
    """A stretch of text that both have, or only the first (`removed`), or only the second (`added`)."""

    kind: Kind
    text: str


def word_difference(before: str, after: str) -> list[DifferencePart]:
    """How `before` becomes `after`.

    The texts of the pieces that are not `added` make `before` again, of those that are not `removed` make `after`.
    """
    if before == after:
        return [DifferencePart("same", before)] if before else []
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    begin = _shared(old, new)
    end = _shared(old[begin:][::-1], new[begin:][::-1])
    middle = old[begin : len(old) - end], new[begin : len(new) - end]
    if max(map(len, middle)) > _MOST_WORDS:
        parts = [DifferencePart("removed", "".join(middle[0])), DifferencePart("added", "".join(middle[1]))]
    else:
        parts = _parts(*middle)
    around = [DifferencePart("same", "".join(part)) for part in (old[:begin], old[len(old) - end :])]
    return _joined([part for part in (around[0], *parts, around[1]) if part.text])


def _shared(old: list[str], new: list[str]) -> int:
    """How many words or lines both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(old), len(new)))


def _parts(old: list[str], new: list[str]) -> list[DifferencePart]:
    parts = []
    for operation, begin, end, new_begin, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if operation == "equal":
            parts.append(DifferencePart("same", "".join(old[begin:end])))
            continue
        parts.append(DifferencePart("removed", "".join(old[begin:end])))
        parts.append(DifferencePart("added", "".join(new[new_begin:new_end])))
    return [part for part in parts if part.text]


def _joined(parts: list[DifferencePart]) -> list[DifferencePart]:
    """Without a lone space that both have between two words that differ: it would only tear them apart."""
    result: list[DifferencePart] = []
    removed = added = ""
    for number, part in enumerate(parts):
        inside = 0 < number < len(parts) - 1
        if part.kind == "removed":
            removed += part.text
        elif part.kind == "added":
            added += part.text
        elif inside and removed and added and part.text == " " and parts[number + 1].kind != "same":
            removed, added = removed + part.text, added + part.text
        else:
            result += _changed(removed, added)
            result.append(part)
            removed = added = ""
    return result + _changed(removed, added)


def _changed(removed: str, added: str) -> list[DifferencePart]:
    both: list[DifferencePart] = [DifferencePart("removed", removed), DifferencePart("added", added)]
    return [part for part in both if part.text]
