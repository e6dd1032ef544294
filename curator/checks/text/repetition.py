"""An answer that got stuck: the same words again and again."""

import re
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.checks.check import Check, CheckSettings
from curator.checks.patterns import UNSPACED
from curator.checks.prose import is_code
from curator.checks.spans import Span, quoted, report
from curator.checks.speakers import asked, learned
from curator.data.frames import Batch, nothing_found

_UNITS = ((1, 15), (16, 60), (61, 200))
"""Words of the units that are followed through their copies, in steps of growing messages; 200 is a whole answer."""

_SPACED_WORDS = r"[^ \n]+"
_WORDS = f"[{UNSPACED}]|[^ \n{UNSPACED}]+"
_EACH_SPACED_PIECE, _EACH_PIECE = re.compile(_SPACED_WORDS), re.compile(_WORDS)
_NO_SPACES = re.compile(f"[{UNSPACED}]")

_WORD = re.compile(rf"[{UNSPACED}]|[^\W\d_]{{2,}}")
_SUNG = re.compile(
    r"\b(?:songs?|sing|lyrics?|chorus|chants?|mantras?|raps?|rhymes?|lullab\w+|hymns?|poems?|ballads?|verses?"
    r"|liede?s?r?"
    r"|gedichte?|chansons?|paroles|refrain|poèmes?|canci[oó]n\w*|letra|poemas?|can[çz]\w+|canzon\w+|poesi\w+|пес\w+"
    r"|стих\w*|припев\w*|repeat\w*|times in a row)\b|歌|诗|詩|ソング|노래|가사|시를|أغنية|قصيدة|गीत|गाना|कविता|重复"
    r"|重複|繰り返|반복",
    re.IGNORECASE,
)
"""Words of prompts that ask for verses, or for repetition."""
_SUNG_COPIES = 9
"""Copies of a line of a song before they are a loop: a chorus says its line four or eight times."""
_CODE = re.compile(r"[{};]|\w\(|\w_\w|\w\.\w+\.\w")
_CODE_COPIES = 9
"""Copies of a line of code before they are a loop: networks and tables are built of equal lines."""
_SIGN_COPIES = 25
"""Copies of something that is not words before they are a loop."""
_RUN = re.compile(r"(?=\S{100})(\S{1,8}?)\1{11}")
_LONGEST_RUN = 100
_LONGEST_RULE = 150
"""Characters of a run without spaces before it is a loop; rules of dashes are drawn up to a page's width."""
_RULES = frozenset("-=_*~#.+|─═━<>/\\")

_RUNS = pl.Schema(
    {"message": pl.UInt32, "unit": pl.UInt32, "first": pl.UInt32, "words": pl.UInt32, "share": pl.Float64}
)


def _find(batch: Batch, settings: CheckSettings) -> pl.DataFrame:
    answers = learned(batch).select("row", "index", "part", "content").with_row_index("message")
    if not len(answers):
        return nothing_found()
    limits = settings.thresholds
    runs = _runs(answers["content"], limits.repeated_words).filter(
        (pl.col("share") >= limits.repeated_share)
        & (pl.col("words") >= limits.repeated_words)
        & (pl.col("words") >= limits.repeated_copies * pl.col("unit"))
    )
    best = runs.sort("share", "unit", descending=[True, False]).unique("message", keep="first", maintain_order=True)
    stuck = answers.join(best, on="message").sort("message")
    prompts = asked(batch, stuck).select("message", "prompt")
    stuck = stuck.join(prompts, on="message", how="left", maintain_order="left")
    looped = report("repetition", stuck, _look, "content", "unit", "first", "words", "share", "prompt")
    unbroken = answers.filter(pl.col("content").str.contains(rf"[^\s]{{{_LONGEST_RUN}}}"))
    return pl.concat([looped, report("repetition", unbroken, _look_for_run)])


def _runs(texts: pl.Series, fewest: int) -> pl.DataFrame:
    """Stretches of words in which each equals the one a unit before it, with the share of the message they fill.

    Messages of fewer than `fewest` words are skipped. `first` is the first word of the stretch and `words` counts
    them, the first copy included.
    """
    words_of_text = _words(texts)
    counts = words_of_text.list.len().to_numpy().astype(np.int64)
    message = np.repeat(np.arange(len(texts), dtype=np.uint32), counts)
    words = words_of_text.explode(empty_as_null=False).hash().to_numpy()
    begin = np.concatenate(([0], np.cumsum(counts)[:-1]))
    units, firsts, lengths = [0], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for shortest, longest in _UNITS:
        # A message that is shorter than two copies has no run of this unit, and most are.
        long_enough = np.flatnonzero((counts >= max(2 * shortest, fewest))[message])
        some_words, some_messages = words[long_enough], message[long_enough]
        for unit in range(shortest, min(longest, len(some_words) - 1) + 1):
            starts, equal = _equal_stretches(some_words, some_messages, unit)
            units.append(unit)
            firsts.append(long_enough[starts])
            lengths.append(equal + unit)
    unit_of = np.repeat(units, [len(each) for each in firsts])
    first, length = np.concatenate(firsts), np.concatenate(lengths)
    of = message[first]
    columns = {
        "message": of,
        "unit": unit_of.astype(np.uint32),
        "first": (first - begin[of]).astype(np.uint32),
        "words": length.astype(np.uint32),
        "share": length / counts[of],
    }
    return pl.DataFrame(columns, schema=_RUNS)


def _equal_stretches(
    words: NDArray[np.uint64], message: NDArray[np.uint32], unit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First place and length of each run of words that equal the one `unit` before them, two units long at least."""
    same = np.flatnonzero(words[unit:] == words[:-unit])
    same = same[message[same] == message[same + unit]]
    starts, lengths = _stretches(same)
    long = lengths >= 2 * unit
    return starts[long], lengths[long]


def _words(texts: pl.Series) -> pl.Series:
    """The words of each text by spaces and lines; where a script has none, its characters."""
    lower = texts.str.to_lowercase()
    unspaced = lower.str.contains(f"[{UNSPACED}]")
    if not unspaced.any():
        return _spaced(lower)
    frame = pl.DataFrame({"text": lower, "unspaced": unspaced})
    by_piece = pl.when("unspaced").then("text").str.extract_all(_WORDS)
    return frame.select(pl.coalesce(by_piece, _spaced(lower))).to_series()


def _spaced(texts: pl.Series) -> pl.Series:
    """What `_SPACED_WORDS` finds in each text, in a third of its time; one empty piece where it finds nothing."""
    in_a_line = texts.str.replace_all("\n", " ", literal=True).str.replace_all("  +", " ")
    return in_a_line.str.strip_chars(" ").str.split(" ")


def _stretches(spans: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First place and length of each run of consecutive `spans`."""
    if not len(spans):
        return spans, spans
    breaks = np.flatnonzero(np.diff(spans) != 1) + 1
    first = np.concatenate(([0], breaks))
    return spans[first], np.diff(np.concatenate((first, [len(spans)])))


def _look(text: str, unit: int, first: int, words: int, share: float, prompt: str | None) -> Iterator[Span]:
    spans = word_offsets(text)
    start, end = spans[first][0], spans[min(first + words, len(spans)) - 1][1]
    once = text[start : spans[min(first + unit, len(spans)) - 1][1]]
    copies = words // unit
    if "|" in once and set(once) <= _RULES | {" ", "\n"}:
        return  # an empty table
    if copies < _SIGN_COPIES and len(_WORD.findall(once)) * 2 < unit:
        return  # rules, tables, melodies and drawings are made of repeated signs
    if copies < _CODE_COPIES and (_CODE.search(once) or is_code(text)):
        return
    if copies < _SUNG_COPIES and prompt is not None and _SUNG.search(prompt):
        return
    yield Span(
        f"{quoted(once)} is repeated {copies} times in a row and fills {share:.0%} of the answer.",
        start,
        end,
        score=share,
    )


def _look_for_run(text: str) -> Iterator[Span]:
    """One character, or a few, without a space between: laughter, noughts, a bar."""
    end = 0
    while run := _RUN.search(text, end):
        once, end = run[1], run.end()
        while text.startswith(once, end):
            end += len(once)
        length = end - run.start()
        is_row = "|" in text[max(0, run.start() - 2) : run.start()] + text[end : end + 2]
        if not is_row and length >= (_LONGEST_RULE if set(once) <= _RULES else _LONGEST_RUN):
            sentence = f"{quoted(once)} is repeated {length // len(once)} times without a space between."
            yield Span(sentence, run.start(), end, score=length / len(text))
            return


def word_offsets(text: str) -> list[tuple[int, int]]:
    """Start and end of each word of `text`, the words being those that runs are counted in."""
    words_of_text = _EACH_PIECE if _NO_SPACES.search(text) else _EACH_SPACED_PIECE
    return [match.span() for match in words_of_text.finditer(text)]


REPETITION = Check(
    name="repetition",
    family="text",
    severity="warning",
    suggestion="drop",
    version=2,
    title="an answer that got stuck",
    find=_find,
)
