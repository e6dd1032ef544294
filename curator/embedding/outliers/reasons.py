"""Why an outlier stands alone, in words: language, script, length, vocabulary."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]{2,}")
_LONG, _SHORT = 4.0, 0.25  # times the topic's median words from which a length is worth a word
_UNKNOWN_WORDS = 0.6  # share of words unseen among the set's representatives
_MARKS = 0.35  # share of characters that are neither letters nor spaces
_FEWEST_LETTERS = 20
_ENOUGH_WORDS = 5
_NAMED = 4  # words that are named

_PLAIN = re.compile(r"(?<![^\s\"'“‘(\[])[^\W\d_]{3,15}(?=[.,;:!?]*[\s\"'”’)\]]|[.,;:!?]*$)")
"""A word of prose. Parts of addresses, keys and numbers are none: what other checks mask is not told here."""

_LANGUAGE_OF = 5  # of so many texts one tells language and script, which take longer to see than words


@dataclass(frozen=True)
class Usual:
    """What the set's texts are like, learned from its topics' representatives.

    Attributes:
        language: the most frequent one, an ISO 639 code; "" where none is.
        script: the most frequent one, such as LATIN.
        words: all that occur.
        median_words: of a text.
    """

    language: str
    script: str
    words: frozenset[str]
    median_words: float


def usual(texts: Iterable[str]) -> Usual:
    """What most of `texts` are like."""
    languages: Counter[str] = Counter()
    scripts: Counter[str] = Counter()
    words: set[str] = set()
    lengths = []
    for number, text in enumerate(texts):
        found = _WORD.findall(text.casefold())
        words.update(found)
        lengths.append(len(found))
        if number % _LANGUAGE_OF == 0:
            languages[_language(text)] += 1
            scripts[_script(text)] += 1
    lengths.sort()
    return Usual(_most(languages), _most(scripts), frozenset(words), lengths[len(lengths) // 2] if lengths else 0.0)


def reasons(text: str, normal: Usual) -> str:
    """What is unusual about `text`, in one clause without a full stop."""
    found = _WORD.findall(text.casefold())
    script, language = _script(text), _language(text)
    marks = sum(not (character.isalpha() or character.isspace()) for character in text)
    unknown = sum(word not in normal.words for word in found)
    reported = []
    if script and normal.script and script != normal.script:
        reported.append(f"it is written in {script.title()} script")
    elif language and normal.language and language != normal.language:
        reported.append(f"its language looks like '{language}', not '{normal.language}'")
    if len(text) >= _FEWEST_LETTERS and marks > _MARKS * len(text):
        reported.append(f"{marks / len(text):.0%} of its characters are digits and marks")
    named = _named(text, normal.words)
    if len(found) >= _ENOUGH_WORDS and unknown > _UNKNOWN_WORDS * len(found):
        reported.append(
            f"{unknown} of its {len(found)} words occur in no typical example{named and f', such as {named}'}"
        )
    elif named:
        reported.append(f"it says {named}, which no typical example does")
    if normal.median_words and len(found) > _LONG * normal.median_words:
        reported.append(f"it has {len(found):,} words where {normal.median_words:,.0f} are usual")
    elif len(found) < _SHORT * normal.median_words:
        reported.append(f"it has {len(found)} words where {normal.median_words:,.0f} are usual")
    return ", ".join(reported) or "what it says is unusual, though its words are not"


def _named(text: str, known: frozenset[str]) -> str:
    """The first words of prose in `text` that are not known, in quotes; "" where there is none."""
    new = [word for word in _PLAIN.findall(text) if word.casefold() not in known]
    quoted = [f"'{word}'" for word in dict.fromkeys(new)][:_NAMED]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _most(counted: Counter[str]) -> str:
    named = {name: times for name, times in counted.items() if name}
    return min(named, key=lambda name: (-named[name], name)) if named else ""


def _language(text: str) -> str:
    """The language as CLD2 sees it, where it is sure; else ""."""
    import pycld2

    clean = "".join(character if character.isprintable() else " " for character in text)
    try:
        reliable, _, details = pycld2.detect(clean)
    except pycld2.error:
        return ""
    code = str(details[0][1])
    return code if reliable and code != "un" else ""


def _script(text: str) -> str:
    """The script of most letters, by the first word of their names; "" for a text of few letters."""
    counted: Counter[str] = Counter()
    for character in text[:2000]:
        if character.isalpha():
            counted[unicodedata.name(character, "").partition(" ")[0]] += 1
    return _most(counted) if sum(counted.values()) >= _FEWEST_LETTERS // 2 else ""
