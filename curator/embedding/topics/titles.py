"""Titles of topics: a few words that most of a topic's examples hold and few other topics do."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import takewhile

from curator.embedding.topics.assignment import Topics

SAME_WORD = 3  # letters by which "player" and "played" may differ and be one word to a reader
ALSO = 0.5
"""A topic has a word, too, where at least this share of what the topic at hand has of it."""

_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")  # Han and kana, written without spaces: cut into pairs
_SHORTEST = 3

_ENGLISH = """
about above after again all also and any are aren't because been before being below between both but can can't
cannot could couldn't did didn't does doesn't doing don't down during each few for from further had hadn't has
hasn't have haven't having he'll he's her here here's hers herself him himself his how how's i'd i'll i'm i've into
isn't it's its itself just let let's like make many may might more most much must mustn't myself nor not now off
once one only other our ours ourselves out over own same shall shan't she she'd she'll she's should shouldn't some
such than that that's the their theirs them themselves then there there's these they they'd they'll they're they've
this those through too under until upon very was wasn't way we'd we'll we're we've were weren't what what's when
when's where where's which while who who's whom whose why will with won't would wouldn't yet you you'd you'll
you're you've your yours yourself yourselves
"""
_SAY_NOTHING = frozenset(_ENGLISH.split())
"""English words that are in every text; a title of them names nothing."""


def titled(found: Topics, texts: Mapping[int, str], words: int = 4) -> Topics:
    """`found` with titles; two topics of the same words get more of them until they differ.

    A word's weight is the share of the topic's texts that hold it, times the squared logarithm of how rare topics are
    that have it, too (c-TF-IDF with topics as documents; squared, because a title has to tell topics of one template
    apart): what every topic says names none.

    Args:
        found: topics.
        texts: of their representatives, by position; others are not read.
        words: how many a title has.
    """
    shares = []
    for topic in found.topics:
        counted: Counter[str] = Counter()
        for position in topic.representatives:
            # A word counts once an example, so that one that repeats itself does not name the topic.
            counted.update(set(_words(texts.get(position, ""))))
        fewest, examples = min(3, topic.size), max(len(topic.representatives), 1)
        shares.append({word: times / examples for word, times in counted.items() if times >= fewest})
    titles: list[str] = []
    for own in shares:
        weights = {}
        for word, share in own.items():
            having = sum(other.get(word, 0) >= ALSO * share for other in shares)
            weights[word] = share * math.log((1 + len(shares)) / having) ** 2
        best, count = sorted(weights, key=lambda word: (-weights[word], word)), words
        while (title := _title(best, count)) in titles and count < len(best):
            count += 1
        titles.append(title)
    named = zip(found.topics, titles, strict=True)
    return replace(found, topics=tuple(replace(topic, title=title) for topic, title in named))


def _title(ordered: list[str], count: int) -> str:
    """The first `count` words none of which is a form of another."""
    chosen: list[str] = []
    for word in ordered:
        if len(chosen) == count:
            break
        if not any(_are_one(word, other) for other in chosen):
            chosen.append(word)
    return " · ".join(chosen) or "(no words)"


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(_ADDRESS.sub(" ", text).casefold().replace("’", "'")):
        if _UNSPACED.fullmatch(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) >= _SHORTEST and word not in _SAY_NOTHING:
            yield word


def _are_one(word: str, other: str) -> bool:
    """Whether two words begin alike and differ in their ends alone: cat and cats, play and player."""
    alike = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(word, other, strict=False)))
    return alike >= max(len(word), len(other)) - SAME_WORD and alike >= min(len(word), len(other)) - 1 >= 2
