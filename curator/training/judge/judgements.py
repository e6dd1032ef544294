"""What a judge said of a run's answers, in both orders; kept in the run's folder as it comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import xxhash

from curator.scoring.plain_text import without_markdown
from curator.training.judge.endpoint import INSTRUCTION, JudgeVerdict, asked
from curator.training.runs.appended import append_line, appended_lines
from curator.training.runs.preferences import Liked, share_of_tuned

JUDGEMENTS_FILE = "judgements.jsonl"
ORDERS = (True, False)
"""Whether the tuned answer comes first."""
_LIKED: dict[tuple[str, bool], Liked] = {
    ("first", True): "tuned",
    ("second", True): "untuned",
    ("first", False): "untuned",
    ("second", False): "tuned",
}


class JudgeQuestion(NamedTuple):
    """One example as a judge is asked about it, without Markdown.

    Attributes:
        example: its id.
        key: equal where judge, instruction and texts are; a judgement of anything else does not count.
    """

    example: str
    question: str
    reference: str
    untuned: str
    tuned: str
    key: str

    def characters(self) -> int:
        """Sent for one order."""
        return len(INSTRUCTION) + len(asked(self.question, self.reference, self.tuned, self.untuned))


def to_judge(lines: Iterable[dict[str, Any]], address: str, model: str) -> list[JudgeQuestion]:
    """The answered examples of `evaluation.jsonl`."""
    result = []
    for line in lines:
        talk = "\n".join(f"{message['role']}: {message.get('content') or ''}" for message in line["prompt"])
        reference, untuned, tuned = (
            without_markdown(line[name]) for name in ("reference", "baseline_answer", "answer")
        )
        parts = [address, model, INSTRUCTION, talk, reference, untuned, tuned]
        key = xxhash.xxh3_128_hexdigest(msgspec.json.encode(parts))
        result.append(JudgeQuestion(line["example"], talk, reference, untuned, tuned, key))
    return result


class Judgements:
    """The judgements of a run, by example and order.

    Args:
        folder: of the run.
        examples: what is to be judged.
    """

    def __init__(self, folder: Path, examples: list[JudgeQuestion]) -> None:
        self._path = folder / JUDGEMENTS_FILE
        self.examples = examples
        keys = {one.key for one in examples}
        self._said: dict[tuple[str, bool], Liked] = {
            (line["key"], line["tuned_first"]): line["liked"]
            for line in appended_lines(self._path)
            if line["key"] in keys
        }

    def open(self) -> list[tuple[JudgeQuestion, bool]]:
        """What a judge has yet to be asked: example and order. Equal answers need no judge."""
        return [
            (one, order)
            for one in self.examples
            for order in ORDERS
            if one.tuned != one.untuned and (one.key, order) not in self._said
        ]

    def add(self, one: JudgeQuestion, order: bool, verdict: JudgeVerdict, judge: str) -> None:
        """Keep a judgement; on return it is on disk."""
        liked = _LIKED.get((verdict.better, order), "tie")
        line = {"example": one.example, "key": one.key, "tuned_first": order, "liked": liked}
        append_line(self._path, {**line, "reason": verdict.reason, "judge": judge})
        self._said[one.key, order] = liked

    def outcome(self) -> "Outcome":
        """Of the examples that were judged in both orders."""
        both = [[self._of(one, order) for order in ORDERS] for one in self.examples]
        complete = [pair for pair in both if None not in pair]
        agreed = [first for first, second in complete if first == second]
        return Outcome(
            tuned=agreed.count("tuned"),
            untuned=agreed.count("untuned"),
            draws=agreed.count("tie"),
            inconsistent=len(complete) - len(agreed),
            unjudged=len(both) - len(complete),
        )

    def _of(self, one: JudgeQuestion, order: bool) -> Liked | None:
        return "tie" if one.tuned == one.untuned else self._said.get((one.key, order))


@dataclass(frozen=True)
class Outcome:
    """Examples by what a judge said in both orders.

    Attributes:
        tuned: the tuned answer is better, in both orders.
        untuned: the untuned one is.
        draws: neither is, in both orders, or the answers are the same.
        inconsistent: it said otherwise in the other order; they count as ties.
        unjudged: not judged in both orders yet.
    """

    tuned: int
    untuned: int
    draws: int
    inconsistent: int
    unjudged: int

    @property
    def judged(self) -> int:
        """Examples judged in both orders."""
        return self.tuned + self.untuned + self.draws + self.inconsistent

    @property
    def consistency(self) -> float:
        """Share of the judged examples on which both orders agree."""
        return 1 - self.inconsistent / max(1, self.judged)

    def sentences(self) -> list[str]:
        """For people."""
        lines = [
            f"Of {self.judged} examples the tuned answer is better in {self.tuned}, the untuned one in {self.untuned}, "
            f"neither in {self.draws + self.inconsistent}. Asked in both orders, the judge agrees with itself in "
            f"{self.consistency:.0%}; where it does not, it counts as neither."
        ]
        if (share := share_of_tuned(self.tuned, self.untuned)) is not None:
            value, low, high = share
            reported = "better" if low > 0.5 else "worse" if high < 0.5 else "cannot tell"
            lines.append(
                f"The tuned answer is the better one in {value:.0%} ({low:.0%} to {high:.0%}) of those "
                f"it distinguishes: {reported}."
            )
        return lines
