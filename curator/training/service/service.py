"""What every service can do, in one vocabulary, and how its refusals are worded."""

from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, NamedTuple, Protocol

from curator.data.safe_text import visible
from curator.errors import WorkFailed
from curator.scoring.address import Key
from curator.training.service.service_request import Request, SentFile
from trainer.contract.events import EventName

Report = Callable[[int, int], None]
"""Called with bytes sent and bytes in all."""


class Unanswered(WorkFailed):
    """The service was not reached, was too busy or failed: it may or may not have done what was asked."""


class Busy(Unanswered):
    """The service had too much to do, and did nothing."""


class JobStatus(NamedTuple):
    """A job as the service sees it.

    Attributes:
        state: in our words.
        said: in the service's.
        reason: why it failed.
        model: the tuned model's name.
        seconds_left: as the service estimates.
    """

    state: Literal["waiting", "running", "finished", "failed", "cancelled"]
    said: str
    reason: str | None = None
    model: str | None = None
    seconds_left: float | None = None


class ServiceEvent(NamedTuple):
    """Something that a service tells about a job, with an id by which it is told once."""

    id: str
    event: EventName
    fields: dict[str, Any]


class Service(Protocol):
    """A service that trains. Every call may raise `WorkFailed`, and `Unanswered` where trying again may help."""

    title: str

    def uploaded(self, file: SentFile) -> str | None:
        """The id of a file that is there, whole, from an earlier attempt."""

    def upload(self, path: Path, file: SentFile, report: Report) -> str:
        """Send a file; its id."""

    def find(self, request: Request) -> str | None:
        """The id of the request's job, where one was ever created."""

    def create(self, request: Request, uploads: dict[str, str]) -> str:
        """Create the job; its id. Asked once: what is unanswered is not repeated."""

    def status(self, job: str) -> JobStatus:
        """How it stands."""

    def events_since(self, job: str, known: Container[str]) -> list[ServiceEvent]:
        """What is new, oldest first."""

    def cancel(self, job: str) -> None:
        """End it; one that has ended stays as it is."""

    def fetch(self, job: str, folder: Path) -> None:
        """Bring the result files."""


@contextmanager
def asking(title: str, sdk: ModuleType, key: Key) -> Iterator[None]:
    """Word whatever the SDK raises; the three SDKs share their exceptions' names."""
    try:
        yield
    except sdk.APIStatusError as error:
        raise _refusal(title, error.status_code, _reason(error), key) from None
    except sdk.APIConnectionError as error:
        cause = type(error.__cause__).__name__ if error.__cause__ else type(error).__name__
        raise Unanswered(f"{title} cannot be reached or did not answer in time ({cause}).") from None


def _refusal(title: str, code: int, reason: str, key: Key) -> WorkFailed:
    if code == 401:
        return WorkFailed(
            f"{title} does not accept the key from {key.origin}: it is wrong or has expired. Put a valid one there and "
            "run the command again; it resumes where it stopped."
        )
    said = visible(key.hidden_in(reason), one_line=True)
    if code == 429:
        return Busy(f"{title} is too busy for this key, or its quota is used up (429): {said}")
    if code >= 500 or code == 408:
        return Unanswered(f"{title} failed to answer ({code}): {said}")
    return WorkFailed(f"{title} refuses this ({code}): {said}")


def _reason(error: Any) -> str:
    """The service's own sentence, out of the forms that errors have."""
    body = error.body
    for name in ("error", "message", "detail"):
        if isinstance(body, dict) and body.get(name):
            body = body[name]
    if isinstance(body, dict):
        body = body.get("message")
    return body if isinstance(body, str) and body else str(error.message)
