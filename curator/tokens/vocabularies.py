"""Vocabularies without a download: splintr carries them, and tiktoken counts with them for OpenAI.

tiktoken fetches its vocabulary from the network on first use. Here its `Encoding` is built from the token bytes that
splintr has inside its wheel; written out in OpenAI's file format they have the SHA-256 that tiktoken itself demands
of the download (a test proves it), so the counts are tiktoken's own.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from curator.errors import MissingDependency
from curator.tokens.named import TextCounter, Tokenizer

if TYPE_CHECKING:
    from curator.tokens.pretokens import PretokenCounts

RANKS = {"o200k_base": 199_998, "cl100k_base": 100_256}
"""Ordinary tokens of OpenAI's encodings; the special ones are not among them."""

_LONGEST_SPACE = 100_000
"""tiktoken's regular expression runs out of stack in a run of several hundred thousand white space characters."""
_LONG_SPACE = re.compile(rf"(?<!\s)\s{{{_LONGEST_SPACE}}}")


_CUT_BY_PRETOKENS = "o200k_base"
_WORTH_CUTTING = 2_000
"""Different texts from which on loading the compiled code pays (about half a second)."""


@cache
def splintr_vocabulary(name: str) -> Any:
    """The vocabulary as splintr reads it.

    Raises:
        MissingDependency: splintr is not installed, or does not carry this vocabulary.
    """
    try:
        import splintr
    except ImportError:
        raise MissingDependency(
            "The vocabularies come with the package splintr-rs, which is not installed: pip install splintr-rs."
        ) from None
    try:
        return splintr.Tokenizer.from_pretrained(name)
    except ValueError as error:
        raise MissingDependency(
            f"The installed splintr-rs does not carry the vocabulary '{name}' ({error})."
            " Update it: pip install -U splintr-rs."
        ) from None


def token_bytes(name: str) -> dict[bytes, int]:
    """The ordinary tokens of an OpenAI encoding and their ranks, in order of rank."""
    vocabulary = splintr_vocabulary(name)
    return {vocabulary.decode_token_bytes(rank): rank for rank in range(RANKS[name])}


@cache
def openai_encoding(name: str) -> Any:
    """An `Encoding` of tiktoken, without special tokens: those spelled out in a text are ordinary text.

    Raises:
        MissingDependency: tiktoken or splintr is not installed.
    """
    ranks = token_bytes(name)
    try:
        import splintr
        import tiktoken
    except ImportError:
        raise MissingDependency(
            "OpenAI's tokens are counted by tiktoken, which is not installed: pip install tiktoken."
        ) from None
    pattern = {"o200k_base": splintr.O200K_BASE_PATTERN, "cl100k_base": splintr.CL100K_BASE_PATTERN}[name]
    return tiktoken.Encoding(name, pat_str=_grouped(pattern), mergeable_ranks=ranks, special_tokens={})


def _grouped(pattern: str) -> str:
    """The same alternatives, those before the look-ahead in a group of their own.

    Ordered alternatives mean the same grouped; tiktoken's regular expressions then leave the group, which needs no
    backtracking, to a faster engine (15 % less time).
    """
    plain, rest = pattern.split(r"|\s+(?!\S)")
    return rf"(?:{plain})|\s+(?!\S){rest}"


def text_counter(tokenizer: Tokenizer) -> TextCounter:
    """Counts texts, each different one of a call once.

    Raises:
        MissingDependency: a package or vocabulary is not here.
    """
    ours = splintr_vocabulary(tokenizer.vocabulary).encode_ordinary
    theirs = ours
    if tokenizer.library == "tiktoken":
        theirs = openai_encoding(tokenizer.vocabulary).encode_ordinary
    elif tokenizer.complete is not None:
        theirs = _kept_together(tokenizer)

    def count(texts: list[str]) -> list[int]:
        known: dict[str, int] = {}
        different = dict.fromkeys(texts)
        if tokenizer.vocabulary == _CUT_BY_PRETOKENS and len(different) >= _WORTH_CUTTING:
            known = _counts_of_plain(list(different), tokenizer)
        for text in different:
            if text not in known:
                too_long = len(text) > _LONGEST_SPACE and _LONG_SPACE.search(text) is not None
                known[text] = len(ours(text) if too_long else theirs(text))
        return [known[text] for text in texts]

    return count


def _counts_of_plain(texts: list[str], tokenizer: Tokenizer) -> dict[str, int]:
    """The counts of those of `texts` that are ASCII and not overlong, by way of their pieces."""
    from curator.tokens.pretokens import MOST_CHARACTERS

    plain = [text for text in texts if text.isascii() and len(text) <= MOST_CHARACTERS]
    return dict(zip(plain, _pretoken_counts(tokenizer.vocabulary).count(plain), strict=True))


@cache
def _pretoken_counts(vocabulary: str) -> "PretokenCounts":
    from curator.tokens.pretokens import PretokenCounts

    return PretokenCounts(openai_encoding(vocabulary).encode_ordinary)


def _kept_together(tokenizer: Tokenizer) -> Callable[[str], list[int]]:
    """Encodes a text in which some pieces always are one token; splintr's ordinary encoding takes them apart."""
    vocabulary = splintr_vocabulary(tokenizer.vocabulary)
    ids = {vocabulary.decode_token(number): number for number in range(*(tokenizer.complete or (0, 0)))}
    pretokens = re.compile("|".join(map(re.escape, sorted(ids, key=len, reverse=True))))

    def encode(text: str) -> list[int]:
        if "<" not in text:
            return list(vocabulary.encode_ordinary(text))
        tokens, done = [], 0
        for match in pretokens.finditer(text):
            tokens += vocabulary.encode_ordinary(text[done : match.start()])
            tokens.append(ids[match.group()])
            done = match.end()
        return [*tokens, *vocabulary.encode_ordinary(text[done:])]

    return encode
