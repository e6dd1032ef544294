"""What differs between two texts, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "removed", "added"]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 4_000
"""Words that differ in one stretch beyond which they are compared line by line: the comparison takes the square."""


class Piece(NamedTuple):
    """A stretch of text that both have, or only the first (`removed`), or only the second (`added`)."""

    kind: Kind
    text: str


def word_difference(before: str, after: str) -> list[Piece]:
    """How `before` becomes `after`.

    The texts of the pieces that are not `added` make `before` again, of those that are not `removed` make `after`.
    """
    if before == after:
        return [Piece("same", before)] if before else []
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return _joined(_pieces(old, new))


def _pieces(old: list[str], new: list[str]) -> list[Piece]:
    pieces = []
    for operation, begin, end, new_begin, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if operation == "equal":
            pieces.append(Piece("same", "".join(old[begin:end])))
            continue
        pieces.append(Piece("removed", "".join(old[begin:end])))
        pieces.append(Piece("added", "".join(new[new_begin:new_end])))
    return [piece for piece in pieces if piece.text]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Without a lone space that both have between two words that differ: it would only tear them apart."""
    result: list[Piece] = []
    removed = added = ""
    for number, piece in enumerate(pieces):
        inside = 0 < number < len(pieces) - 1
        if piece.kind == "removed":
            removed += piece.text
        elif piece.kind == "added":
            added += piece.text
        elif inside and removed and added and piece.text == " " and pieces[number + 1].kind != "same":
            removed, added = removed + piece.text, added + piece.text
        else:
            result += _changed(removed, added)
            result.append(piece)
            removed = added = ""
    return result + _changed(removed, added)


def _changed(removed: str, added: str) -> list[Piece]:
    both: list[Piece] = [Piece("removed", removed), Piece("added", added)]
    return [piece for piece in both if piece.text]
