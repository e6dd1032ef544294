"""Ask an endpoint that speaks OpenAI's chat completions, patiently: retries with growing pauses, Retry-After obeyed."""

import random
import threading
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from curator.data.safe_text import visible
from curator.errors import WorkFailed
from curator.scoring.address import JudgeAt

SECONDS = 120.0
"""Patience with one request; a judge that thinks takes long."""
RETRIES = 4
"""Of a request that was not answered, with growing pauses (as for trainings at a service)."""
LONGEST_PAUSE = 60.0
"""Seconds that an endpoint may ask to wait; asked for more, the work ends and can be resumed."""
_FIRST_PAUSE, _MOST_PAUSE = 0.5, 8.0
_WORTH_RETRYING = frozenset({408, 409, 429})


class EndpointRefused(WorkFailed):
    """The endpoint understood the request and refuses it; `status` is HTTP's."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass
class ChatEndpoint:
    """A judge's endpoint; any number of threads may ask it at once.

    Attributes:
        judge: where it is.
        connections: that are kept open.
    """

    judge: JudgeAt
    connections: int = 1
    _pause_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        import urllib3

        self._path = f"{urlsplit(self.judge.address).path}/chat/completions"
        self._pool = urllib3.connection_from_url(self.judge.address, maxsize=self.connections, block=True)
        self._headers = {
            "Authorization": f"Bearer {self.judge.key.value}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """The endpoint's answer to one request; {} where what it sent is not a JSON object.

        Args:
            body: of the request, without the model.

        Raises:
            EndpointRefused: it refuses the request as it is.
            WorkFailed: it was not reached, or did not answer, after several tries; or it asks to wait too long.
        """
        content = msgspec.json.encode({"model": self.judge.model, **body})
        pause = _FIRST_PAUSE
        for tries_left in range(RETRIES, -1, -1):
            self._wait()
            outcome = self._tried(content)
            if isinstance(outcome, dict):
                return outcome
            if not tries_left:
                raise outcome.problem
            wait = outcome.wait
            if wait is None:
                wait, pause = pause * random.uniform(0.75, 1.25), min(pause * 2, _MOST_PAUSE)
            if outcome.for_all:
                with self._lock:
                    self._pause_until = max(self._pause_until, time.monotonic() + wait)
            else:
                time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _wait(self) -> None:
        """Until the pause that the endpoint asked for is over; requests in other threads keep it too."""
        while (left := self._pause_until - time.monotonic()) > 0:
            time.sleep(left)

    def _tried(self, content: bytes) -> "dict[str, Any] | _Unanswered":
        import urllib3

        title = f"The judge at {self.judge.address}"
        try:
            reply = self._pool.urlopen(
                "POST", self._path, content, self._headers, retries=False, redirect=False, timeout=SECONDS
            )
        except urllib3.exceptions.HTTPError as error:
            cause = type(error).__name__
            return _Unanswered(WorkFailed(f"{title} cannot be reached or did not answer in time ({cause})."))
        if reply.status == 200:
            return _object(reply.data)
        refusal = _refusal(title, reply.status, self._reason(reply.data), self.judge)
        if reply.status not in _WORTH_RETRYING and reply.status < 500:
            raise refusal
        wait = _retry_after(reply.headers)
        if wait is not None and wait > LONGEST_PAUSE:
            raise WorkFailed(
                f"{title} is too busy for this key, or its quota is used up ({reply.status}): it asks to wait "
                f"{wait:,.0f} seconds. What was answered is kept; run the same command again then."
            )
        return _Unanswered(refusal, wait, for_all=reply.status == 429)

    def _reason(self, content: bytes) -> str:
        """The endpoint's own sentence, out of the forms that errors have."""
        said: Any = _object(content)
        for name in ("error", "message", "detail"):
            if isinstance(said, dict) and said.get(name):
                said = said[name]
        if isinstance(said, dict):
            said = said.get("message")
        text = said if isinstance(said, str) and said else content[:200].decode("utf-8", "replace")
        return visible(self.judge.key.hidden_in(text), one_line=True)


@dataclass(frozen=True)
class _Unanswered:
    """A try that failed and may be repeated: the problem, after how many seconds, whether every request must wait."""

    problem: WorkFailed
    wait: float | None = None
    for_all: bool = False


def _refusal(title: str, code: int, reason: str, judge: JudgeAt) -> WorkFailed:
    if code == 401:
        return EndpointRefused(
            f"{title} does not accept the key from {judge.key.origin}: it is wrong or has expired. Put a valid one "
            "there and run the command again; it resumes where it stopped.",
            code,
        )
    if code == 429:
        return WorkFailed(f"{title} is too busy for this key, or its quota is used up (429): {reason}")
    if code >= 500 or code == 408:
        return WorkFailed(f"{title} failed to answer ({code}): {reason}")
    return EndpointRefused(f"{title} refuses this ({code}): {reason}", code)


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _retry_after(headers: Any) -> float | None:
    """Seconds that the endpoint asks to wait; None where it says nothing that can be read."""
    if (milliseconds := headers.get("retry-after-ms")) is not None:
        return _seconds(milliseconds, 0.001)
    text = headers.get("retry-after")
    if text is None:
        return None
    if (seconds := _seconds(text)) is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _seconds(text: str, factor: float = 1.0) -> float | None:
    try:
        value = float(text) * factor
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
