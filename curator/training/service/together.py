"""Together, through its official SDK."""

import hashlib
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import together
from together.types import FinetuneEvent

from curator.errors import WorkFailed
from curator.scoring.address import Key
from curator.training.service.job_arguments import job_fields
from curator.training.service.metrics import metrics
from curator.training.service.service import JobStatus, Report, ServiceEvent, Unanswered, asking
from curator.training.service.service_request import Request, SentFile

_STATES: dict[str, Any] = {
    "pending": "waiting",
    "queued": "waiting",
    "cancel_requested": "running",
    "cancelled": "cancelled",
    "completed": "finished",
    "error": "failed",
    "user_error": "failed",
}
_ADDS_VERSION_TO_ADDRESS = 3
"""The first major version of the SDK whose address is without `/v1`."""
_SECONDS, _TRIES = 60.0, 4


class TogetherService:
    """A client for one request's address."""

    title = "Together"

    def __init__(self, request: Request, key: Key) -> None:
        self._key = key
        is_old = int(together.__version__.split(".")[0]) < _ADDS_VERSION_TO_ADDRESS
        address = f"{request.address}/v1" if is_old else request.address
        self._client = together.Together(api_key=key.value, base_url=address, timeout=_SECONDS, max_retries=_TRIES)
        self._once = self._client.with_options(max_retries=0)

    def uploaded(self, file: SentFile) -> str | None:
        """The id of a file of that name and size; what an earlier attempt left half is removed."""
        with self._asking():
            for known in self._client.files.list().data:
                if known.filename != file.remote_name:
                    continue
                if known.bytes == file.bytes and known.processing_status not in ("FAILED", "INVALID_FORMAT"):
                    return known.id
                self._client.files.delete(known.id)
        return None

    def upload(self, path: Path, file: SentFile, report: Report) -> str:
        """Send a file; the SDK takes its name from the path, so a link carries the name that finds it again."""
        with tempfile.TemporaryDirectory() as folder, self._asking():
            named = Path(folder) / file.remote_name
            named.symlink_to(path.resolve())
            sent = self._once.files.upload(
                named, purpose="fine-tune", progress_callback=lambda at: report(at.uploaded_bytes, at.total_bytes)
            )
        return sent.id

    def find(self, request: Request) -> str | None:
        """The job whose suffix, or whose model's name, carries the request's id."""
        with self._asking():
            for job in self._client.fine_tuning.list().data:
                if request.id in (job.suffix or "") or request.id in (job.x_model_output_name or ""):
                    return job.id
        return None

    def create(self, request: Request, uploads: dict[str, str]) -> str:
        """Create the job, with the request's id in its suffix."""
        try:
            with self._asking():
                return str(self._once.fine_tuning.create(**job_fields(request, uploads)).id)
        except ValueError as error:  # the SDK compares with the model's limits before it asks
            raise WorkFailed(f"Together's own client refuses this: {error}.") from None

    def status(self, job: str) -> JobStatus:
        """How it stands."""
        with self._asking():
            known = self._client.fine_tuning.retrieve(job)
            said = str(known.status)
            reason = self._why(job) if _STATES.get(said) == "failed" else None
        seconds = known.progress.seconds_remaining if known.progress and known.progress.estimate_available else None
        return JobStatus(_STATES.get(said, "running"), said, reason, known.x_model_output_name, seconds)

    def events_since(self, job: str, known: Container[str]) -> list[ServiceEvent]:
        """Events, then figures."""
        with self._asking():
            events = self._client.fine_tuning.list_events(job).data
            figures = self._client.fine_tuning.list_metrics(job).metrics or []
        found = [events_since for event in events for events_since in _events(event)]
        for row in figures:
            found += [ServiceEvent(f"{fields['split']}-{fields['step']}", "metric", fields) for fields in metrics(row)]
        return [events_since for events_since in found if events_since.id not in known]

    def cancel(self, job: str) -> None:
        """End it."""
        with self._asking():
            if _STATES.get(str(self._client.fine_tuning.retrieve(job).status), "running") in ("waiting", "running"):
                self._client.fine_tuning.cancel(job)

    def fetch(self, job: str, folder: Path) -> None:
        """There is no file of figures; they came as events."""

    def _why(self, job: str) -> str | None:
        """The last error among the events."""
        wrong = [event.message for event in self._client.fine_tuning.list_events(job).data if _is_error(event)]
        return wrong[-1] if wrong else None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with asking(self.title, together, self._key):
                yield
        except httpx.HTTPError as error:  # uploads go to a storage service past the SDK's own wording
            raise Unanswered(f"The transfer to Together was cut off ({type(error).__name__}).") from None


def _events(event: FinetuneEvent) -> list[ServiceEvent]:
    id_ = hashlib.sha256(f"{event.created_at}{event.type}{event.message}".encode()).hexdigest()[:16]
    if _is_error(event) or event.type in ("warning", "billing_limit"):
        return [ServiceEvent(id_, "warning", {"message": event.message})]
    fields = {"step": event.step, "steps": event.total_steps}
    if event.type == "checkpoint_save":
        return [ServiceEvent(id_, "checkpoint", fields | {"message": event.message})]
    return [ServiceEvent(id_, "progress", fields | {"message": event.message})]


def _is_error(event: FinetuneEvent) -> bool:
    return event.type == "job_error" or (event.level or "").endswith("error")
