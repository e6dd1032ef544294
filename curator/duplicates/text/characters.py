"""What each character does to words and symbols: part of a word, a word of its own, a mark, a symbol or a gap.

The compiled reader of words looks characters up in tables that are filled for the characters that occur, from
`unicodedata`, so that words follow the running Python's version of Unicode.
"""

import threading
import unicodedata
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

LIMIT = 0x110000
GAP, LETTER, NUMBER, MARK, ALONE, ALONE_NUMBER, CONNECTOR, SYMBOL, JOINS_LETTER, DOT = range(10)
"""`CONNECTOR`: the low line and its like. `JOINS_LETTER`: `+` and `#`, part of a word directly after its letter, else a
symbol. `DOT`: part of a word directly before its letter (`node.js`, `.NET`), else a gap."""
UNKNOWN = 255

SYMBOLS = "#%&*+-/\\@^|~<>="
"""Beside Unicode's categories S*: what is no word, no space and no punctuation of sentences."""

AS_IS, REPLACED, NEEDS_NEIGHBOURS = range(3)

# Scripts written without spaces: Han, kana, Thai, Lao, Khmer, Myanmar, by their blocks.
_ALONE = (
    *((0x2E80, 0x2FDF), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B)),
    *((0x3041, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
    *((0xFF66, 0xFF9F), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF)),
    *((0x0E00, 0x0EFF), (0x1780, 0x17FF), (0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
)


def _second_halves() -> frozenset[int]:
    """Characters that may join the one before them in NFKC: marks and letters that end a canonical composition."""
    ends = {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}  # Hangul vowels and final consonants
    for code in range(0xC0, 0x1F000):  # no composition lies outside
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            ends.add(int(parts[1], 16))
    return frozenset(ends)


def normalised(text: str) -> str:
    """`text` as its words are read: NFKC, then case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


class Characters:
    """Tables by code point, grown as characters are met.

    Attributes:
        kinds: uint8, what a character of normalised text does (`GAP` ... `DOT`).
        actions: uint8, how it is normalised: `AS_IS`, `REPLACED` by the sequence at `starts`, `NEEDS_NEIGHBOURS`, or
            `UNKNOWN` as long as the character was not learned.
        starts: int32, where in `sequences` its replacement is: first a length, then as many code points.
        sequences: int32.
        learning: held while the tables grow; who holds it finds them complete for what was learned.
    """

    def __init__(self) -> None:
        self.kinds = np.full(LIMIT, UNKNOWN, dtype=np.uint8)
        self.actions = np.full(LIMIT, UNKNOWN, dtype=np.uint8)
        self.starts = np.zeros(LIMIT, dtype=np.int32)
        self.sequences: npt.NDArray[np.int32] = np.zeros(1, dtype=np.int32)
        self.learning = threading.Lock()
        self._second_halves = _second_halves()
        self.learn(range(128))

    def learn(self, codes: Iterable[int]) -> None:
        """Fill the tables for `codes` and for what they are replaced by; from any thread.

        What was learned stays as it is: another thread may be reading it, with the sequences that it took then.
        """
        with self.learning:
            self._learn(code for code in codes if self.actions[code] == UNKNOWN)

    def _learn(self, codes: Iterable[int]) -> None:
        added: list[int] = []
        start = len(self.sequences)
        for code in codes:
            self.kinds[code] = kind_of(code)
            text = normalised(chr(code))
            first = unicodedata.normalize("NFKD", chr(code))[0]
            if unicodedata.combining(first) or ord(first) in self._second_halves:
                self.actions[code] = NEEDS_NEIGHBOURS
            elif text == chr(code):
                self.actions[code] = AS_IS
            else:
                self.actions[code] = REPLACED
                self.starts[code] = start + len(added)
                replacement = [ord(character) for character in text]
                added += [len(replacement), *replacement]
                for other in replacement:
                    self.kinds[other] = kind_of(other)
        self.sequences = np.concatenate([self.sequences, np.array(added, dtype=np.int32)])


def kind_of(code: int) -> int:
    """What the character of normalised text does (`GAP` ... `DOT`)."""
    character = chr(code)
    category = unicodedata.category(character)
    if category[0] == "M":
        return MARK
    if category[0] not in "LN":
        if category == "Pc" or character == ".":
            return CONNECTOR if category == "Pc" else DOT
        if character in "+#":
            return JOINS_LETTER
        return SYMBOL if category[0] == "S" or character in SYMBOLS else GAP
    alone = any(first <= code <= last for first, last in _ALONE)
    if category[0] == "N":
        return ALONE_NUMBER if alone else NUMBER
    return ALONE if alone else LETTER
