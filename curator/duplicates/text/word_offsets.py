"""Words with their places in a text, for showing a person what was matched; `words` says what a word is.

Plain Python: it reads the few texts that are shown, not the set.
"""

import unicodedata
from typing import NamedTuple

from curator.duplicates.text.characters import (
    ALONE,
    ALONE_NUMBER,
    DOT,
    GAP,
    JOINS_LETTER,
    LETTER,
    MARK,
    SYMBOL,
    kind_of,
    normalised,
)


class WordOffset(NamedTuple):
    """A word, normalised, the characters it stands on, and the symbols between it and the word before it."""

    word: str
    start: int
    end: int
    symbols: str = ""


def placed_words(text: str) -> tuple[str, list[WordOffset]]:
    """The text that the places count in, and its words.

    That text is `text` itself, unless characters of it join in normalisation: then it is the normalised one.
    """
    if "".join(map(normalised, text)) != normalised(text):
        text = unicodedata.normalize("NFKC", text)
    words: list[WordOffset] = []
    current, start, alone, symbols = "", 0, False, ""
    codes = [(at, code) for at, character in enumerate(text) for code in normalised(character)]
    for (at, code), kind in zip(codes, _kinds([code for _, code in codes]), strict=True):
        if current and (kind in (GAP, SYMBOL, ALONE) or (alone and kind != MARK)):
            words.append(WordOffset(current, start, max(at, start + 1), symbols))
            current, symbols = "", ""
        if kind == SYMBOL:
            symbols += code
        elif kind != GAP:
            if not current:
                start, alone = at, kind == ALONE
            current += code
    if current:
        words.append(WordOffset(current, start, len(text), symbols))
    return text, words


def _kinds(codes: list[str]) -> list[int]:
    """What each character of normalised text does among its neighbours: gap, symbol, mark, alone, or part of a word."""
    kinds = [kind_of(ord(code)) for code in codes]
    found: list[int] = []
    after_letter = False
    for at, kind in enumerate(kinds):
        if kind == JOINS_LETTER:
            kind = LETTER if after_letter else SYMBOL
        elif kind == DOT:
            is_ellipsis = at > 0 and kinds[at - 1] == DOT
            joins = not is_ellipsis and at + 1 < len(kinds) and kinds[at + 1] == LETTER
            found.append(LETTER if joins else GAP)
            after_letter = False
            continue
        after_letter = kind == LETTER or (after_letter and kind == MARK)
        found.append(ALONE if kind == ALONE_NUMBER else kind)
    return found
