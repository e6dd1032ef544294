"""Choose the threshold by judging pairs: which are shown, what was answered, and what the answers say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from curator.audit.findings import Locations
from curator.audit.loading.reread import originals_at
from curator.duplicates.calibration import (
    PRECISION,
    Band,
    Recommended,
    answered_bands,
    band_numbers,
    copy_similarity,
    recommend,
    sample,
)
from curator.errors import UnreadableInput
from curator.review.duplicate_listing import DuplicateListing
from curator.review.pair_parts import Parts, parts_of

Answers = dict[tuple[str, str], bool]
"""Whether the pair of these two ids is a copy."""


@dataclass(frozen=True)
class PairQuestion:
    """A pair to judge: the ids and texts of both, and at which threshold it is still a copy."""

    ids: tuple[str, str]
    left: Parts
    right: Parts
    similarity: float


@dataclass(frozen=True)
class Calibrated:
    """What the answers say: band by band, low ones first, and the threshold to use, where they allow one."""

    bands: list[Band]
    recommended: Recommended | None


class Calibration:
    """The pairs of a set that could be copies, and a sample of them to judge."""

    def __init__(self, listing: DuplicateListing, per_band: int, seed: int) -> None:
        from curator.duplicates.relations import with_relations

        corpus = listing.corpus
        self._loaded = listing.loaded
        self.floor = listing.duplicates.floor
        pairs = with_relations(listing.duplicates.pairs, corpus, self.floor)
        left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
        texts = pl.Series("texts", corpus.text_only[left] & corpus.text_only[right], dtype=pl.Boolean)
        named = copy_similarity(pairs.with_columns(texts))
        locations = Locations(self._loaded)
        self.pairs = named.with_columns(
            pl.Series(f"{side}_id", [locations.at(position).example for position in named[side]], dtype=pl.String)
            for side in ("left", "right")
        )
        names = self.pairs.select(pl.concat_str("left_id", "right_id", separator=" ")).to_series()
        self._sample = sample(self.pairs, names, self.floor, per_band, seed)
        self._locations = locations

    def __len__(self) -> int:
        """Pairs to judge."""
        return len(self._sample)

    def questions(self, answered: Answers) -> Iterator[PairQuestion]:
        """The pairs to judge that were not judged yet, in an order that does not give their similarity away."""
        rows = [row for row in self._sample.iter_rows(named=True) if (row["left_id"], row["right_id"]) not in answered]
        positions = {row[side] for row in rows for side in ("left", "right")}
        parts = {}
        for original in originals_at(self._loaded, positions):
            place = self._locations.at(original.position)
            parts[original.position] = parts_of(original.content, f"{place.file}:{place.line}")
        for row in sorted(rows, key=lambda row: row["left_id"]):
            ids = (row["left_id"], row["right_id"])
            yield PairQuestion(ids, parts[row["left"]], parts[row["right"]], row["similarity"])

    def result(self, answered: Answers, precision: float = PRECISION) -> Calibrated:
        """What the answers say; those about pairs that are not in the sample do not count."""
        answered_pairs = [
            (row["band"], answered[row["left_id"], row["right_id"]])
            for row in self._sample.with_columns(
                pl.Series("band", band_numbers(self._sample["similarity"], self.floor))
            ).iter_rows(named=True)
            if (row["left_id"], row["right_id"]) in answered
        ]
        frame = pl.DataFrame(answered_pairs, schema={"band": pl.Int64, "copy": pl.Boolean}, orient="row")
        bands = answered_bands(self.pairs, frame, self.floor)
        return Calibrated(bands, recommend(bands, precision))


def read_answers(path: str) -> Answers:
    """Answers of a JSONL file with `left`, `right` and `copy`; null where a pair was not judged.

    Raises:
        UnreadableInput: a line is not such an answer.
    """
    answers: Answers = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            left, right, copy = str(value["left"]), str(value["right"]), value["copy"]
        except (ValueError, KeyError, TypeError):
            copy = ""
        if copy is not None and not isinstance(copy, bool):
            raise UnreadableInput(
                f"{path}:{number} is no answer: a line has left, right and copy, which is true, false or null."
            )
        if copy is not None:
            answers[left, right] = copy
    return answers


def answer_lines(answers: Answers) -> Iterator[str]:
    """Answers as lines of a file that `read_answers` reads."""
    for (left, right), copy in answers.items():
        yield json.dumps({"left": left, "right": right, "copy": copy})


def question_lines(questions: Iterator[PairQuestion]) -> Iterator[str]:
    """Pairs as lines in which a person, or a program, replaces the null of `copy`."""
    for question in questions:
        texts: dict[str, Any] = {
            side: {"prompt": parts.prompt, "answer": parts.answer, "place": parts.place}
            for side, parts in (("left_text", question.left), ("right_text", question.right))
        }
        ids = {"left": question.ids[0], "right": question.ids[1]}
        yield json.dumps(
            {**ids, "copy": None, "similarity": round(question.similarity, 4), **texts}, ensure_ascii=False
        )
