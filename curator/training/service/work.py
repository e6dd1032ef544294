"""`python -m curator.training.service.work FOLDER [--cancel]`: bring a run's request to its end at the service.

Every step is written down before the next, and each first looks whether it was done already; so the process may be
killed anywhere and started again, and the service never runs a second job for the request.
"""

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from curator.errors import CuratorError, WorkFailed
from curator.training.service.endpoints import service_for
from curator.training.service.metrics import write_results
from curator.training.service.service import Busy, JobStatus, Service, Unanswered
from curator.training.service.service_request import REMOTE, Request, SentFile, read_remote, read_request, write_request
from trainer.contract import EVENTS_FILE, EXIT_CLEAN, EXIT_INTERNAL, EXIT_INTERRUPTED_WORK, METRICS_FILE
from trainer.contract.events import EventLog, EventReader

SERVICE_EVENT = "service_event"
"""The field that holds the service's own id of what it told."""
_TRIES = 3
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Pace:
    """How often the service is asked, and for how long a silent one is asked again; seconds."""

    poll: float = 10.0
    patience: float = 1800.0


class _Stop(BaseException):
    """A signal asks this process to end; the job continues."""


def work(folder: Path, pace: Pace, *, cancelling: bool = False) -> int:
    """Upload, create, follow, fetch; the exit code."""
    with EventLog(folder / EVENTS_FILE, folder.name) as events:
        try:
            request = read_request(folder)
            return _Work(folder, request, service_for(request), events, pace).run(cancelling=cancelling)
        except _Stop:
            sentence = (
                "Stopped following. What was started at the service continues; the same command follows it again."
            )
            events.write("stopped", message=sentence, exit_code=EXIT_INTERRUPTED_WORK)
            return EXIT_INTERRUPTED_WORK
        except CuratorError as error:
            events.write("failed", message=str(error), exit_code=error.exit_code)
            return error.exit_code
        except OSError as error:
            events.write("failed", message=f"A file could not be read or written: {error}.", exit_code=4)
            return EXIT_INTERRUPTED_WORK
        except Exception as error:
            events.write("failed", message=f"This is a bug in curator: {error!r}.", exit_code=EXIT_INTERNAL)
            raise


class _Work:
    """One attempt at a request."""

    def __init__(self, folder: Path, request: Request, service: Service, events: EventLog, pace: Pace) -> None:
        self.folder, self.request, self.service, self.events, self.pace = folder, request, service, events, pace
        self.remote = read_remote(folder)
        events_since = EventReader(folder / EVENTS_FILE).new()
        self.known = {event[SERVICE_EVENT] for event in events_since if SERVICE_EVENT in event}
        self.reported, self.sent = 0.0, ("", 0)

    def run(self, *, cancelling: bool) -> int:
        request = self.request
        self.events.write("resumed" if self.remote.uploads or self.remote.asked else "started", **_shown(request))
        if cancelling:
            return self.cancel()
        if self.remote.job is None:
            self.upload()
            self.create()
        return self.follow()

    def upload(self) -> None:
        """Send what is not there yet."""
        for file in self.request.files:
            if file.split not in self.remote.uploads:
                self.remote.uploads[file.split] = self.patiently(partial(self.send, file), Unanswered)
                self.save("uploaded")

    def send(self, file: SentFile) -> str:
        """The id of a file at the service, which is sent unless it is there."""
        report = partial(self.report, file.file)
        return self.service.uploaded(file) or self.service.upload(self.folder / file.file, file, report)

    def create(self) -> None:
        """Have the job created, once: an earlier request for it may have been answered after this process was gone."""
        job = self.patiently(partial(self.service.find, self.request), Unanswered)
        if job is None:
            self.remote.asked = True
            self.save("asked for")
            job = self.patiently(self.ask_for_job, Busy)
        self.remote.job = job
        self.save("created")
        self.events.write("progress", message=f"The job at {self.service.title} is {job}.", job=job)

    def ask_for_job(self) -> str:
        """The id of the new job; what is unanswered is looked for, and never asked for again in the same breath."""
        try:
            return self.service.create(self.request, self.remote.uploads)
        except Busy:
            raise
        except Unanswered as error:
            job = self.service.find(self.request)
            if job is None:
                raise WorkFailed(
                    f"{error} Whether the job was created is not known, so it is not asked for again now. Run the "
                    "command again in a minute: it first looks for the job."
                ) from None
            return job

    def patiently(self, action: Callable[[], _Found], when: type[Unanswered]) -> _Found:
        """Do something a few times over, as long as it fails in a way that may pass."""
        for _ in range(_TRIES - 1):
            try:
                return action()
            except when as error:
                self.events.write("warning", message=f"{error} Trying again.")
                time.sleep(self.pace.poll)
        return action()

    def follow(self) -> int:
        """Ask until the job has ended."""
        job = self.remote.job
        assert job is not None
        silent_since: float | None = None
        while True:
            try:
                status = self.service.status(job)
                self.tell(job)
            except Unanswered as error:
                if silent_since is None:
                    silent_since = time.monotonic()
                    self.events.write("warning", message=f"{error} Asking again.")
                if time.monotonic() - silent_since > self.pace.patience:
                    raise
            else:
                silent_since = None
                if self.remote.state != status.said:
                    self.save(status.said)
                    self.events.write("progress", message=f"{self.service.title}: {status.said}.")
                if status.state not in ("waiting", "running"):
                    return self.end(job, status)
            time.sleep(self.pace.poll)

    def tell(self, job: str) -> None:
        """Write what the service tells anew."""
        for events_since in self.service.events_since(job, self.known):
            self.events.write(events_since.event, **events_since.fields, **{SERVICE_EVENT: events_since.id})
            self.known.add(events_since.id)

    def end(self, job: str, status: JobStatus) -> int:
        """Fetch what there is and say the last word."""
        title = self.service.title
        if status.state == "failed":
            reason = status.reason or "it gives no reason"
            raise WorkFailed(f"{title} ended job {job}, which failed: {reason}")
        self.service.fetch(job, self.folder)
        if not (self.folder / METRICS_FILE).exists():
            write_results(self.folder, EventReader(self.folder / EVENTS_FILE).new())
        if status.state == "cancelled":
            self.events.write("stopped", message=f"Job {job} at {title} was cancelled.", exit_code=4, job=job)
            return EXIT_INTERRUPTED_WORK
        self.remote.model = status.model
        self.save(status.said)
        self.events.write("finished", reason="finished", exit_code=EXIT_CLEAN, result=REMOTE, model=status.model)
        return EXIT_CLEAN

    def cancel(self) -> int:
        """Have the job cancelled, if there is one."""
        job = self.remote.job or self.patiently(partial(self.service.find, self.request), Unanswered)
        if job is None:
            sentence = f"Cancelled before there was a job at {self.service.title}."
            self.events.write("stopped", message=sentence, exit_code=EXIT_INTERRUPTED_WORK)
            return EXIT_INTERRUPTED_WORK
        self.remote.job = job
        self.save("cancelling")
        self.service.cancel(job)
        return self.follow()

    def report(self, name: str, done: int, total: int) -> None:
        """Progress of an upload, once a second and at its end."""
        now = time.monotonic()
        if (name, done) != self.sent and (done == total or now - self.reported >= 1.0):
            self.reported, self.sent = now, (name, done)
            self.events.write("progress", message=f"uploading {name}", done=done, total=total, unit="bytes")

    def save(self, state: str) -> None:
        """Write down how far it has come."""
        self.remote.state = state
        write_request(self.folder / REMOTE, self.remote)


def _shown(request: Request) -> dict[str, str | None]:
    return {"provider": request.provider, "address": request.address, "model": request.model, "request": request.id}


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGINT, _on_signal)
    sys.exit(work(Path(sys.argv[1]), Pace(), cancelling="--cancel" in sys.argv[2:]))
