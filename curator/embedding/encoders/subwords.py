"""What texts are made of beside their vectors: word pieces and numbers.

Word pieces are the default encoder's, whichever encoder makes the vectors.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from curator.embedding.encoders.scripts import SCRIPTS, script_of
from curator.embedding.encoders.static import default_encoder
from curator.errors import UnreadableInput

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SMALL_WORDS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12, "once": 1, "twice": 2, "double": 2, "triple": 3, "dozen": 12},
}
_DENIALS = frozenset(("not", "never", "without", "except", "cannot"))
_ASKED = re.compile(
    r"\d+(?:[.,]\d+)*|(?<=[\d\s)])[-−–/](?=\s*[\d(])|[+*×÷^=<>≤≥≠|~\\@#]|n['’]t\b"
    rf"|\b(?:{'|'.join((*_SMALL_WORDS, *_DENIALS))})\b",
    re.IGNORECASE,
)
"""What changes a question without changing its vector: numbers, operators, and words that deny."""

SMALL = 12
"""Numbers up to it are distinguished from the others in `Subwords.asked`: they are written as digits or as words."""


@dataclass(frozen=True)
class Subwords:
    """The different word pieces and the numbers of `n` examples.

    Attributes:
        subwords: uint16, of all texts: the first example's prompt, its answer, the second's prompt, ...
        ends: int64 [2 n], where each text's pieces end.
        scripts: uint8 [n], number in `SCRIPTS` of that of an example which the default encoder does not read, else 0.
        numbers: uint64 [n], equal where the prompts, or the answers of examples without one, hold the same numbers and
            the context (system text, tools, media, reasoning, rejected answer) is the same. Of a prompt or answer
            without a word in the encoder's vocabulary, whose vector says nothing: where texts are, too.
        asked: uint64 [n], of the prompt alone. The lowest `SMALL` bits say which of the numbers 1 to 12 it holds, as
            digits or words; the others are equal where the prompts hold the same other numbers and the same operators,
            and both or neither deny something.
    """

    subwords: npt.NDArray[np.uint16]
    ends: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.uint64]
    scripts: npt.NDArray[np.uint8]
    asked: npt.NDArray[np.uint64]

    def at(self, positions: npt.NDArray[np.int64]) -> "Subwords":
        """Of the examples at these positions."""
        last = np.stack([self.ends[0::2], self.ends[1::2]], axis=1)[positions].reshape(-1)
        starts = np.concatenate([[0], self.ends[:-1]])
        first = np.stack([starts[0::2], starts[1::2]], axis=1)[positions].reshape(-1)
        counts = last - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return Subwords(
            self.subwords[np.repeat(first, counts) + within],
            np.cumsum(counts),
            self.numbers[positions],
            self.scripts[positions],
            self.asked[positions],
        )

    def save(self, path: Path) -> None:
        """Write one file; the caller makes it appear whole."""
        counts = np.diff(self.ends, prepend=0).astype("<u4")
        with path.open("wb") as file:
            for part in (counts, self.subwords, self.numbers, self.scripts, self.asked):
                np.save(file, part, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> "Subwords":
        """Read what `save` wrote.

        Raises:
            UnreadableInput: the file is cut off or not of this kind.
        """
        try:
            with path.open("rb") as file:
                counts, subwords, numbers, scripts, asked = (np.load(file, allow_pickle=False) for _ in range(5))
        except (ValueError, OSError, EOFError) as problem:
            raise UnreadableInput(f"{path} is damaged ({problem}). Delete it: it will be made again.") from problem
        return cls(subwords, np.cumsum(counts, dtype=np.int64), numbers, scripts, asked)


def words_of(views: pl.DataFrame) -> Subwords:
    """Of the `VIEWS` of a block.

    Raises:
        MissingDependency: the default encoder, whose tokenizer this is, is not here.
    """
    encoder = default_encoder()
    texts = views.select(pl.concat_list("prompt", "answer").explode()).to_series().to_list()
    ids, begins = encoder.tokens(texts)
    scripts = _scripts(texts, encoder.unread(texts, ids, begins))
    text, subword = np.divmod(
        np.unique(np.repeat(np.arange(len(texts)), np.diff(begins)) * len(encoder.table) + ids), len(encoder.table)
    )
    different, subwords = np.bincount(text, minlength=len(texts)), subword.astype(np.uint16)
    ends = np.cumsum(different, dtype=np.int64)
    known = np.bincount(text[subword != encoder.unknown], minlength=len(texts))
    unread = (different > 0) & (known == 0)
    numbers = [
        _numbers_in(prompt if prompt.strip() else answer, str(context), *((prompt, answer) if is_unread else ()))
        for prompt, answer, context, is_unread in zip(
            texts[0::2], texts[1::2], views["context"], unread[0::2] | unread[1::2], strict=True
        )
    ]
    asked = np.array([_asked(prompt) for prompt in texts[0::2]], dtype=np.uint64)
    return Subwords(subwords, ends, np.array(numbers, dtype=np.uint64), scripts, asked)


def joined_words(blocks: Sequence[Subwords]) -> Subwords:
    """Of a set from those of its blocks, in order."""
    firsts = np.cumsum([0, *(len(block.subwords) for block in blocks)])
    ends = [block.ends + first for block, first in zip(blocks, firsts, strict=False)]
    return Subwords(
        np.concatenate([np.empty(0, np.uint16), *(block.subwords for block in blocks)]),
        np.concatenate([np.empty(0, np.int64), *ends]),
        np.concatenate([np.empty(0, np.uint64), *(block.numbers for block in blocks)]),
        np.concatenate([np.empty(0, np.uint8), *(block.scripts for block in blocks)]),
        np.concatenate([np.empty(0, np.uint64), *(block.asked for block in blocks)]),
    )


def _scripts(texts: list[str], is_unread: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Of each example the script of its first text that is not read; 0 where both are."""
    scripts = np.zeros(len(texts) // 2, dtype=np.uint8)
    for at in np.flatnonzero(is_unread)[::-1].tolist():
        scripts[at // 2] = SCRIPTS.index(script_of(texts[at]))
    return scripts


def _numbers_in(text: str, *more: str) -> int:
    """Equal for texts with the same numbers in any order, and the same `more`, up to a hash of 64 bits."""
    return xxhash.xxh3_64_intdigest("\0".join([*sorted(_NUMBER.findall(text)), *more]).encode())


def _asked(prompt: str) -> int:
    """What a prompt asks beside its vector; see `Subwords`."""
    small, others, denies = 0, [], False
    for found in _ASKED.findall(prompt):
        one = found.lower().replace(",", "")
        number = int(one) if one.isdecimal() and len(one) <= 2 else _SMALL_WORDS.get(one, 0)
        if 1 <= number <= SMALL:
            small |= 1 << (number - 1)
        elif one in _DENIALS or one[0] == "n":
            denies = True
        else:
            others.append(one)
    return xxhash.xxh3_64_intdigest("\0".join([*sorted(others), str(denies)]).encode()) >> SMALL << SMALL | small
