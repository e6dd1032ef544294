"""In which script a text is written, by the Unicode names of its letters."""

import unicodedata
from collections import Counter

SCRIPTS = (
    *(
        "Latin",
        "Han",
        "Kana",
        "Hangul",
        "Cyrillic",
        "Arabic",
        "Devanagari",
        "Thai",
        "Greek",
        "Hebrew",
        "Bengali",
        "Tamil",
    ),
    *("Telugu", "Gujarati", "Kannada", "Malayalam", "Gurmukhi", "Georgian", "Armenian", "Khmer", "Lao", "Myanmar"),
    *("Sinhala", "Ethiopic", "Tibetan", "another script"),
)
"""As they are named to a person; a script is kept as its number here."""

_NAMES = {"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana", "KATAKANA-HIRAGANA": "Kana"}
_LOOKED_AT = 500
"""Characters at the beginning of a text that tell its script."""


def script_of(text: str) -> str:
    """The script of most letters, one of `SCRIPTS`; Kana where a fifth of a Han text is; "" without a letter."""
    counted: Counter[str] = Counter()
    for character in text[:_LOOKED_AT]:
        if character.isalpha():
            first = unicodedata.name(character, "").partition(" ")[0]
            counted[_NAMES.get(first, first.title())] += 1
    if not counted:
        return ""
    most = max(counted, key=lambda script: (counted[script], script))
    if most == "Han" and 5 * counted["Kana"] >= counted["Han"]:
        most = "Kana"
    return most if most in SCRIPTS else SCRIPTS[-1]
