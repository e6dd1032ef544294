"""Second copies, as they come from merging files, retyping and asking two people: lines added to a set."""

import random
import re
import unicodedata
from typing import NamedTuple

from benchmarks.mutation.talks import Talk, chat, line

FLOOR = 0.75  # word 5-gram Jaccard similarity that a near copy keeps, in question and in answer


class Added(NamedTuple):
    """A line to add, the check that should notice it, and the talk it belongs to."""

    check: str
    variant: str
    content: bytes
    original: int


def shingles(text: str) -> set[tuple[str, ...]]:
    """The word 5-grams of a text."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    return {tuple(words[at : at + 5]) for at in range(max(1, len(words) - 4))}


def jaccard(left: str, right: str) -> float:
    ours, theirs = shingles(left), shingles(right)
    return len(ours & theirs) / len(ours | theirs)


def same(talk: Talk, how: str) -> Talk:
    """The talk again, other bytes at most."""
    match how:
        case "white space":
            return talk._replace(question=f" {talk.question}\n", answer=f"{talk.answer} ")
        case "line ends":
            return talk._replace(question=talk.question.replace("\n", "\r\n"), answer=talk.answer.replace("\n", "\r\n"))
        case "decomposed":
            return talk._replace(answer=unicodedata.normalize("NFD", talk.answer))
    return talk


FILLERS = ("also", "then", "just", "really", "now", "simply")


def retyped(text: str, edits: int, rng: random.Random) -> str:
    """Words left out, put in or written twice; numbers stay."""
    words = text.split(" ")
    for _ in range(edits):
        at = rng.randrange(len(words))
        if any(letter.isdigit() for letter in words[at]) or len(words) < 8:
            continue
        if rng.random() < 0.5:
            words.insert(at, rng.choice(FILLERS))
        else:
            del words[at]
    return " ".join(words)


def near(talk: Talk, rng: random.Random) -> tuple[Talk, float] | None:
    """A retyped talk that is close in question and in answer, and how close; nothing where it is too short for that."""
    for _ in range(12):
        edits = rng.randrange(1, 4)
        changed = talk._replace(
            question=retyped(talk.question, rng.randrange(2), rng), answer=retyped(talk.answer, edits, rng)
        )
        closeness = min(jaccard(talk.question, changed.question), jaccard(talk.answer, changed.answer))
        if FLOOR <= closeness < 1:
            return changed, closeness
    return None


def additions(talks: list[Talk], chosen: list[int], count: int, rng: random.Random) -> list[Added]:
    """``count`` exact copies, near copies and conflicting answers each, of the talks at ``chosen``."""
    locations = iter(chosen)
    added = []
    for number in range(count):
        how = ("bytes", "white space", "line ends", "decomposed")[number % 4]
        at = next(locations)
        added.append(Added("exact-duplicate", how, line(chat(same(talks[at], how))), at))
    while sum(one.check == "near-duplicate" for one in added) < count:
        at = next(locations)
        if found := near(talks[at], rng):
            added.append(Added("near-duplicate", f"{found[1]:.2f}", line(chat(found[0])), at))
    for _ in range(count):
        at = next(locations)
        other = rng.choice(talks)
        while jaccard(other.answer, talks[at].answer) > 0.3:
            other = rng.choice(talks)
        added.append(
            Added("conflicting-answers", "another answer", line(chat(talks[at]._replace(answer=other.answer))), at)
        )
    return added
