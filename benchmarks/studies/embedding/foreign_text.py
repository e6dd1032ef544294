"""Text that belongs in no set of questions and answers: another language, logs, SQL, noise.

Nothing of it is part of this repository; it is read from a Debian or Ubuntu system with translated manual pages
(`apt-get install manpages-de manpages-fr ...`), PostgreSQL and a JDK's test records, each piece from another place:

- another language: a passage of a translated manual page, each from another page, languages in turn;
- a log: consecutive lines of a log file, each from another part of it;
- SQL: consecutive lines of a program, each from another part of it;
- noise: characters drawn at random from another alphabet each time, words of random length.
"""

import base64
import gzip
import lzma
import random
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

SHORTEST, LONGEST = 12, 90  # words of a piece
LANGUAGES = Path("/usr/share/man")
LOGS = ("/var/log/**/*.log*", "/usr/share/doc/**/*.log*")
SQL = ("/usr/share/postgresql/**/*.sql",)
_MACRO = re.compile(r"^[.'].*$|\\f.|\\-|\\&|\\\(..", re.MULTILINE)
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "0123456789abcdef",
    "".join(map(chr, range(33, 127))),
    "".join(map(chr, range(0xC0, 0x17F))),
    "qwertasdfgzxcvb",
)

Example = tuple[str, str]
"""A prompt and an answer."""


def foreign_examples(count: int, seed: int) -> list[tuple[str, Example]]:
    """`count` examples, as many of each kind as can be, with the name of their kind."""
    chance = random.Random(seed)
    kinds = {"language": translated(chance), "log": windows(LOGS, chance), "sql": windows(SQL, chance)}
    kinds["noise"] = (noise(chance) for _ in range(count))
    found = [
        (kind, halves(text, chance))
        for together in zip_longest(*kinds.values())
        for kind, text in zip(kinds, together, strict=True)
        if text is not None
    ]
    if len(found) < count:
        raise SystemExit(f"This system has foreign text for {len(found)} examples; {count} are wanted.")
    return found[:count]


def halves(text: str, chance: random.Random) -> Example:
    """A prompt of a quarter to a half of the words (characters, where words are not parted), and the rest as answer."""
    words = re.split(r"(?<=\S)(?=\s)", text)
    parts = words if len(words) >= SHORTEST else list(text)
    at = max(1, int(len(parts) * chance.uniform(0.25, 0.5)))
    return "".join(parts[:at]).strip(), "".join(parts[at:]).strip()


def translated(chance: random.Random) -> Iterator[str]:
    """A passage of each translated page, languages in turn."""
    pages = {folder: sorted(folder.rglob("*.gz")) for folder in sorted(LANGUAGES.iterdir()) if folder.name[:3] != "man"}
    for listed in pages.values():
        chance.shuffle(listed)
    for together in zip_longest(*pages.values()):
        for page in filter(None, together):
            text = _MACRO.sub("", gzip.decompress(page.read_bytes()).decode("utf-8", "replace"))
            passages = [piece for block in re.split(r"\n\s*\n", text) if (piece := shortened(block, chance))]
            if passages:
                yield chance.choice(passages)


def windows(patterns: tuple[str, ...], chance: random.Random) -> Iterator[str]:
    """Pieces of lines from all files in turn, no line twice."""
    pieces = [list(lines_of(path, chance)) for pattern in patterns for path in sorted(Path("/").glob(pattern[1:]))]
    for listed in pieces:
        chance.shuffle(listed)
    for together in zip_longest(*pieces):
        yield from filter(None, together)


def lines_of(path: Path, chance: random.Random) -> Iterator[str]:
    openers = {".gz": gzip.decompress, ".xz": lzma.decompress}
    content = openers.get(path.suffix, bytes)(path.read_bytes()).decode("utf-8", "replace").splitlines()
    at = 0
    while at < min(len(content), 4000):
        length = chance.randint(3, 9)
        piece = shortened("\n".join(content[at : at + length]), chance)
        at += length
        if piece:
            yield piece


def noise(chance: random.Random) -> str:
    alphabet = chance.choice(_ALPHABETS)
    if chance.random() < 0.2:
        return base64.encodebytes(chance.randbytes(chance.randint(80, 300))).decode()
    lengths = [chance.randint(2, 12) for _ in range(chance.randint(SHORTEST, LONGEST))]
    return " ".join("".join(chance.choices(alphabet, k=length)) for length in lengths)


def shortened(text: str, chance: random.Random) -> str:
    """The first words of `text`, or nothing where there are too few."""
    words = re.split(r"(?<=\S)(?=\s)", text.strip())
    # Chinese and Japanese are written without spaces: thirty characters count as ten words.
    if len(words) < SHORTEST:
        return text.strip()[: 3 * LONGEST] if len(text) > 3 * SHORTEST and not text.isascii() else ""
    return "".join(words[: chance.randint(SHORTEST, LONGEST)]).strip()
