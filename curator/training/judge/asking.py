"""Have a language model judge a run's answers: what would be sent where, then asked one by one, kept as they come."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curator.audit.last_training.failures import evaluated
from curator.audit.secrets import mask, searched
from curator.data.safe_text import visible
from curator.errors import UsageError, WorkFailed
from curator.scoring.address import JudgeAt
from curator.scoring.endpoint import ChatEndpoint
from curator.training.judge.endpoint import Judge, Unreadable
from curator.training.judge.judgements import Judgements, to_judge


@dataclass(frozen=True)
class JudgeSession:
    """Answers that can be judged, by whom, and what was said already.

    Attributes:
        masked: examples of which a secret is not sent, but `[SECRET]` in its place.
    """

    judge: JudgeAt
    judgements: Judgements
    masked: int = 0

    def summary(self) -> list[str]:
        """What would be sent where, a sentence a line."""
        open_ = self.judgements.open()
        examples = {one.example for one, _ in open_}
        done = len(self.judgements.examples) - len(examples)
        characters = sum(one.characters() for one, _ in open_)
        kept_back = f"Examples that hold a secret: {self.masked:,}; [SECRET] is sent in its place."
        return [
            f"To the judge {self.judge.model} at {self.judge.address}: {len(examples):,} held-out questions, each with "
            f"its reference and both answers, in both orders; {len(open_):,} requests, about {characters:,} "
            "characters.",
            f"{done:,} examples are judged already, or have two equal answers. The key comes from "
            f"{self.judge.key.origin}.",
            *([kept_back] if self.masked else []),
        ]


def open_judge_session(run: Path, judge: JudgeAt) -> JudgeSession:
    """The answers of an evaluated run, for a judge, secrets masked; nothing is sent.

    Raises:
        UsageError: there are no answers to judge.
    """
    answered = [line for line in evaluated(run) if "answer" in line]
    if not answered:
        raise UsageError(f"{run} has no answers to judge. `curator compare {run}` asks both models first.")
    masked = 0
    for _, _, found in searched(answered, lambda line: line):
        masked += bool(found)
        mask(found)
    return JudgeSession(judge, Judgements(run, to_judge(answered, judge.address, judge.model)), masked)


def ask_judge(judge_session: JudgeSession) -> Iterator[tuple[int, int]]:
    """Ask what is open; after each request how many of how many are done. Judgements are on disk as they come.

    Raises:
        WorkFailed: the endpoint refuses or is not reached, or replies could not be read; the next call resumes it.
    """
    open_ = judge_session.judgements.open()
    unreadable: list[str] = []
    place = judge_session.judge
    judge = Judge(ChatEndpoint(place))
    for done, (one, order) in enumerate(open_, start=1):
        first, second = (one.tuned, one.untuned) if order else (one.untuned, one.tuned)
        try:
            verdict = judge.verdict(one.question, one.reference, first, second)
        except Unreadable as reply:
            unreadable.append(str(reply))
        else:
            judge_session.judgements.add(one, order, verdict, place.model)
        yield done, len(open_)
    if unreadable:
        raise WorkFailed(
            f"{len(unreadable)} of {len(open_)} replies of the judge could not be read, the last one begins "
            f"'{visible(unreadable[-1][:80], one_line=True)}'. The others are kept; the same command asks only "
            "for these again."
        )
