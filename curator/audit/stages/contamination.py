"""Which examples contain a question or an answer of an evaluation set, with the words that show it.

Candidates come from shingles (`duplicates/containment`), and each is read again: an example is reported only with a
run of words that is in both. The question decides: many right answers are given to more than one question, so an answer
counts alone only where it is long.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import originals_at
from curator.audit.stages.benchmark import Benchmark
from curator.data.content import Content, spoken
from curator.data.frames import FOUND
from curator.data.safe_text import visible

if TYPE_CHECKING:
    from curator.duplicates.corpus import Corpus
    from curator.duplicates.text.word_offsets import WordOffset
    from curator.embedding.paraphrases import Prompts

RUN = 13
"""Words in a row that must be in both (13-grams: Brown et al. 2020, arXiv 2005.14165, appendix C)."""

LONG_ANSWER, FULL_ANSWER = 50, 0.9
"""Words, and share of them, from which an answer counts without its question (50 in a row: Lee et al. 2022, arXiv
2107.06499). Our judgement for the share."""

ALONE = 8
"""Words from which a short question counts where the item has no answer. Our judgement."""

FEW_WORDS = 5
"""A text under so many words has no shingle of its own."""

_MOST = 20  # candidates of one example that are looked at, the likeliest first
_SHOWN = 160  # characters of the matching text that a finding quotes


class _Word(NamedTuple):
    word: str
    message: int
    start: int
    end: int
    symbols: str


class _Run(NamedTuple):
    """Words that are in both: where they begin in the example, and how many they are."""

    begin: int
    length: int


def contamination_findings(loaded: Loaded, corpus: "Corpus", benchmark: Benchmark) -> pl.DataFrame:
    """`FOUND` with `contamination`, at most one per example; `row` is the position.

    Args:
        loaded: the set.
        corpus: the same for the duplicate engine.
        benchmark: the evaluation set.
    """
    candidates = _candidates(corpus, benchmark)
    texts = benchmark.items.rows(named=True)
    found = []
    for original in originals_at(loaded, candidates):
        shown, words = _placed(original.content)
        for item, part, share in candidates[original.position][:_MOST]:
            run = _verified(words, texts[item], part)
            if run is not None:
                first = words[run.begin]
                end = max(
                    word.end for word in words[run.begin : run.begin + run.length] if word.message == first.message
                )
                quoted = visible(shown[first.message][first.start : end][:_SHOWN], one_line=True)
                name = "answer" if part else "question"
                place = f"{texts[item]['file']}:{texts[item]['line']}"
                found.append(
                    {
                        "check": "contamination",
                        "row": original.position,
                        "message": f"{share:.0%} of the {name} at {place}, {run.length} words in a row: “{quoted}”",
                        "message_index": first.message,
                        "start": first.start,
                        "end": end,
                        "score": share,
                    }
                )
                break
    names = ("check", "row", "message", "message_index", "start", "end", "score")
    return pl.DataFrame(found, schema={name: FOUND[name] for name in names})


def reworded_findings(prompts: "Prompts", benchmark: Benchmark) -> pl.DataFrame:
    """`FOUND` with `contamination`, for each example that asks a question of the evaluation set in other words."""
    from curator.audit.meaning.prompts import prompts_of_views
    from curator.audit.runners.local import cores
    from curator.embedding.paraphrases import paraphrases_of

    questions = benchmark.items.select(prompt=pl.col("question").list.join("\n"), answer=pl.lit(""))
    asked_there = prompts_of_views(questions.with_columns(context=pl.lit(0, pl.UInt64)))
    nearest, cosines = paraphrases_of(asked_there, prompts, cores())
    found = []
    for row in np.flatnonzero(nearest >= 0).tolist():
        if np.array_equal(prompts.words_of(row), asked_there.words_of(int(nearest[row]))):
            continue  # in the same words: what these prove is asked of the words
        item = benchmark.items.row(int(nearest[row]), named=True)
        asked = visible(" ".join(item["question"])[:_SHOWN], one_line=True)
        place = f"{item['file']}:{item['line']}"
        message = f"It asks in other words what {place} asks (cosine {cosines[row]:.2f}): “{asked}”"
        found.append((row, message, float(cosines[row]), "review"))
    schema = {name: FOUND[name] for name in ("row", "message", "score", "suggestion")}
    return pl.DataFrame(found, schema=schema, orient="row").select(pl.lit("contamination").alias("check"), pl.all())


def _candidates(corpus: "Corpus", benchmark: Benchmark) -> dict[int, list[tuple[int, int, float]]]:
    """By position: item, part and share of each question or answer it may contain, the likeliest first."""
    from curator.duplicates.containment.containment import ANSWER_PART, QUESTION_PART, containment

    words = pl.DataFrame(benchmark.searched.words(), schema={"in_question": pl.UInt32, "in_answer": pl.UInt32})
    found = containment(benchmark.searched, corpus).join(words.with_row_index("item"), on="item", how="left")
    answers = found.filter(part=ANSWER_PART).select("position", "item", has_answer=pl.lit(value=True))
    found = found.join(answers, on=["position", "item"], how="left", maintain_order="left")
    is_long = pl.col("in_question") >= RUN
    answered = pl.col("has_answer").fill_null(value=False) | (pl.col("in_answer") < FEW_WORDS)
    enough = (pl.col("in_answer") > 0) | (pl.col("in_question") >= ALONE)
    question = (pl.col("part") == QUESTION_PART) & (is_long | ((pl.col("share") == 1) & answered & enough))
    answer = (pl.col("part") == ANSWER_PART) & (pl.col("in_answer") >= LONG_ANSWER) & (pl.col("share") >= FULL_ANSWER)
    chosen = found.filter(question | answer).sort("part", -pl.col("share"), "item")
    by_position = defaultdict(list)
    for position, item, part, share in chosen.select("position", "item", "part", "share").iter_rows():
        by_position[position].append((item, part, share))
    return by_position


def _placed(content: Content) -> tuple[dict[int, str], list[_Word]]:
    """The text of each message that is not context, and all their words."""
    from curator.duplicates.text.word_offsets import placed_words

    shown, words = {}, []
    for index, message in enumerate([*content.messages, *(content.chosen or ())]):
        if message["role"] not in ("system", "developer"):
            shown[index], placed = placed_words(spoken(message))
            words += [_Word(word.word, index, word.start, word.end, word.symbols) for word in placed]
    return shown, words


def _verified(words: list[_Word], item: dict[str, Any], part: int) -> _Run | None:
    """The words in a row that prove it; None where there are too few."""
    example = [word.word for word in words]
    turns = [_words_of(turn) for turn in item["question"]]
    answer = _words_of(item["answer"])
    searched = [answer] if part else turns
    is_short = not part and sum(map(len, turns)) < RUN
    found = [run for text in searched if text and (run := _longest_run(example, text)) is not None]
    if is_short:
        found = [run for turn in item["question"] if (run := _verbatim(words, _placed_words(turn))) is not None]
    run = max(found, key=lambda run: run.length, default=None)
    if run is None or run.length < min(RUN, max(map(len, searched))):
        return None
    if is_short and 0 < len(answer) < FEW_WORDS and _longest_run(example, answer) is None:
        return None
    return run


def _verbatim(words: list[_Word], searched: "list[WordOffset]") -> _Run | None:
    """Where `searched` stands with the same symbols between its words: `3 + 4` is another question than `3 * 4`."""
    size = len(searched)
    for begin in range(len(words) - size + 1 if size else 0):
        run = words[begin : begin + size]
        if all(
            here.word == there.word and (place == 0 or here.symbols == there.symbols)
            for place, (here, there) in enumerate(zip(run, searched, strict=True))
        ):
            return _Run(begin, size)
    return None


def _words_of(text: str) -> list[str]:
    return [word.word for word in _placed_words(text)]


def _placed_words(text: str) -> "list[WordOffset]":
    from curator.duplicates.text.word_offsets import placed_words

    return placed_words(text)[1]


def _longest_run(words: list[str], searched: list[str]) -> _Run | None:
    """The longest run of `words` that is in `searched`, `RUN` or more or all of that; None: there is none."""
    size = min(RUN, len(searched))
    starts = defaultdict(list)
    for at in range(len(searched) - size + 1):
        starts[tuple(searched[at : at + size])].append(at)
    best: _Run | None = None
    covered = 0
    for begin in range(len(words) - size + 1):
        for at in starts.get(tuple(words[begin : begin + size]), ()):
            if begin + size <= covered:
                continue
            length = size
            while (
                at + length < len(searched)
                and begin + length < len(words)
                and searched[at + length] == words[begin + length]
            ):
                length += 1
            covered = max(covered, begin + length)
            if best is None or length > best.length:
                best = _Run(begin, length)
    return best
