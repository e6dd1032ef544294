"""Words with their places in a text, for showing a person what was matched; `words` says what a word is.

Plain Python: it reads the few texts that are shown, not the set.
"""

import unicodedata
from typing import NamedTuple

from curator.duplicates.characters import ALONE, ALONE_NUMBER, GAP, MARK, kind_of, normalised


class Placed(NamedTuple):
    """A word, normalised, and the characters it stands on."""

    word: str
    start: int
    end: int


def placed_words(text: str) -> tuple[str, list[Placed]]:
    """The text that the places count in, and its words.

    That text is `text` itself, unless characters of it join in normalisation: then it is the normalised one.
    """
    if "".join(map(normalised, text)) != normalised(text):
        text = unicodedata.normalize("NFKC", text)
    words: list[Placed] = []
    current, start, alone = "", 0, False
    for at, character in enumerate(text):
        for code in normalised(character):
            kind = kind_of(ord(code))
            by_itself = kind in (ALONE, ALONE_NUMBER)
            if current and (kind == GAP or by_itself or (alone and kind != MARK)):
                words.append(Placed(current, start, max(at, start + 1)))
                current = ""
            if kind != GAP:
                if not current:
                    start, alone = at, by_itself
                current += code
    if current:
        words.append(Placed(current, start, len(text)))
    return text, words
