"""Ask a judge about many examples at once, a bounded number at a time, and keep every reply as it comes."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from statistics import median_low, multimode
from typing import Any

from curator.data.safe_text import visible
from curator.errors import WorkFailed
from curator.scoring.address import JudgeAt
from curator.scoring.endpoint import ChatEndpoint, EndpointRefused
from curator.scoring.kept_replies import KeptReplies
from curator.scoring.replies import Kind, Reply, read_reply, reply_schema
from curator.scoring.rubric import Rubric

TRIES = 3
"""Requests for one score whose replies cannot be read."""
TOP = 20
"""Tokens whose log-probabilities are asked for: the most that OpenAI gives."""
HOPELESS = 20
"""Examples in a row, from the first one on, none of which gets a score: the work ends."""
_ABOUT_THE_REQUEST = frozenset({400, 413, 422, 501})
"""What endpoints answer to a field that they do not know, and to a text that they do not take."""

Messages = list[dict[str, str]]
Ask = Callable[[Messages], Reply]


@dataclass(frozen=True)
class ScoreQuestion:
    """One example to ask about.

    Attributes:
        example: its id.
        key: see `curator.scoring.prompt.key_of`.
        messages: of the request.
    """

    example: str
    key: str
    messages: Messages


@dataclass(frozen=True)
class ScoreOutcome:
    """What became of one question.

    Attributes:
        example: its id.
        kind: `score`, or why there is none.
        score: the expected level, or the most frequent one; None without.
        reason: the judge's sentence.
        model: that the endpoint says answered.
        asked: requests that it took now; 0: all was kept.
    """

    example: str
    kind: Kind
    score: float | None
    reason: str
    model: str
    asked: int


class EndpointJudge:
    """A judge at an endpoint; finds out with the first example which fields of a request the endpoint knows."""

    def __init__(self, judge: JudgeAt, rubric: Rubric, connections: int) -> None:
        self._endpoint = ChatEndpoint(judge, connections)
        self._rubric = rubric
        probabilities = {"logprobs": True, "top_logprobs": TOP}
        schema = {"response_format": reply_schema(rubric)}
        self._variants: list[dict[str, Any]] = [{**schema, **probabilities}, probabilities, schema, {}]
        self._variant = 0
        self._settled = False
        self._first = threading.Lock()

    def __call__(self, messages: Messages) -> Reply:
        """Ask once.

        Raises:
            WorkFailed: the endpoint is not reached, or refuses whatever is asked.
        """
        if self._settled:
            return self._asked(messages)
        with self._first:
            return self._asked(messages)

    def _asked(self, messages: Messages) -> Reply:
        while True:
            try:
                answered = self._endpoint.complete({"messages": messages, **self._variants[self._variant]})
            except EndpointRefused as refusal:
                if refusal.status not in _ABOUT_THE_REQUEST:
                    raise
                if self._settled or self._variant == len(self._variants) - 1:
                    return Reply("refusal", reason=str(refusal)[:500])
                self._variant += 1
                continue
            self._settled = True
            return read_reply(answered, self._rubric)


def ask_all(
    questions: Iterable[ScoreQuestion], ask: Ask, kept: KeptReplies, votes: int, concurrency: int
) -> Iterator[ScoreOutcome]:
    """Ask about every question; outcomes in the order in which they come.

    Interrupted, it waits for the requests that are under way, so that no answer is lost.

    Args:
        questions: what to ask; read as it is needed.
        ask: the judge; called from `concurrency` threads.
        kept: what was answered before and now.
        votes: replies that make a score where the endpoint gives no log-probabilities.
        concurrency: requests under way at a time.

    Raises:
        WorkFailed: the judge stopped midway, or gives no score at all; what it answered is kept.
    """
    hopeless = 0
    pool = ThreadPoolExecutor(concurrency)
    try:
        for future in _as_they_come(pool, partial(_asked_about, ask, kept, votes), questions, 2 * concurrency):
            outcome = future.result()
            hopeless = -1 if hopeless < 0 or outcome.kind == "score" else hopeless + 1
            if hopeless == HOPELESS:
                raise WorkFailed(
                    f"None of the first {HOPELESS} examples got a score; of the last one the judge said: "
                    f"'{visible(outcome.reason[:200], one_line=True)}'. Look at the judge's model and the rubric."
                )
            yield outcome
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        kept.flush()


def _as_they_come(
    pool: ThreadPoolExecutor,
    work: Callable[[ScoreQuestion], ScoreOutcome],
    questions: Iterable[ScoreQuestion],
    most: int,
) -> Iterator[Future[ScoreOutcome]]:
    """The outcomes of all questions as they come, at most `most` of them waiting or under way."""
    done: SimpleQueue[Future[ScoreOutcome]] = SimpleQueue()
    under_way = 0
    for question in questions:
        if under_way == most:
            yield done.get()
            under_way -= 1
        pool.submit(work, question).add_done_callback(done.put)
        under_way += 1
    for _ in range(under_way):
        yield done.get()


def _asked_about(ask: Ask, kept: KeptReplies, votes: int, question: ScoreQuestion) -> ScoreOutcome:
    """One example's score, from what was answered before and what is asked now."""
    replies, asked = list(kept.of(question.key)), 0
    unreadable: Reply | None = None
    while not _is_enough(replies, votes):
        if asked >= votes + TRIES - 1:
            break
        reply = ask(question.messages)
        asked += 1
        if reply.kind in ("score", "refusal"):
            kept.add(question.key, reply)
            replies.append(reply)
        else:
            unreadable = reply
    scored = [reply for reply in replies if reply.level is not None]
    if not scored:
        last = replies[-1] if replies else unreadable
        assert last is not None, "a question without replies was asked"
        return ScoreOutcome(question.example, last.kind, None, last.reason, last.model, asked)
    first = scored[0]
    return ScoreOutcome(question.example, "score", score_of(scored), first.reason, first.model, asked)


def _is_enough(replies: Sequence[Reply], votes: int) -> bool:
    return any(reply.expected is not None or reply.kind == "refusal" for reply in replies) or len(replies) >= votes


def score_of(replies: Sequence[Reply]) -> float:
    """The expected level where there is one, else the most frequent of the levels; of several the lower median."""
    expected = next((reply.expected for reply in replies if reply.expected is not None), None)
    if expected is not None:
        return expected
    return float(median_low(multimode(reply.level for reply in replies if reply.level is not None)))
