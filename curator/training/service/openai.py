"""OpenAI, through its official SDK."""

import base64
import io
from collections.abc import Container
from pathlib import Path
from typing import Any

import openai
from openai.types.fine_tuning import FineTuningJobEvent

from curator.scoring.address import Key
from curator.training.service.job_arguments import OPENAI_TAG, job_fields
from curator.training.service.metrics import metrics, put
from curator.training.service.service import JobStatus, Report, ServiceEvent, Unanswered, asking
from curator.training.service.service_request import Request, SentFile
from trainer.contract import METRICS_FILE

LARGEST_AT_ONCE = 536_870_912
"""Bytes of one upload by the Files API; larger files go in parts (openai/openai-openapi: 512 MB)."""
_PART = 67_108_864
"""Bytes of one part (openai/openai-openapi: at most 64 MB)."""
_STATES: dict[str, Any] = {
    "validating_files": "waiting",
    "queued": "waiting",
    "running": "running",
    "paused": "running",
    "succeeded": "finished",
    "failed": "failed",
    "cancelled": "cancelled",
}
_SECONDS, _UPLOAD_SECONDS, _TRIES = 60.0, 3600.0, 4


class OpenAIService:
    """A client for one request's address."""

    title = "OpenAI"

    def __init__(self, request: Request, key: Key) -> None:
        self._key = key
        self._client = openai.OpenAI(api_key=key.value, base_url=request.address, timeout=_SECONDS, max_retries=_TRIES)
        self._once = self._client.with_options(max_retries=0)

    def uploaded(self, file: SentFile) -> str | None:
        """The id of a file of that name and size."""
        with self._asking():
            for known in self._client.files.list(purpose="fine-tune"):
                if known.filename == file.remote_name and known.bytes == file.bytes and known.status != "error":
                    return known.id
        return None

    def upload(self, path: Path, file: SentFile, report: Report) -> str:
        """Send a file, in parts where it is large."""
        patient = self._once.with_options(timeout=_UPLOAD_SECONDS)
        with self._asking(), _Watched(path, report) as stream:
            if file.bytes <= LARGEST_AT_ONCE:
                return patient.files.create(file=(file.remote_name, stream), purpose="fine-tune").id
            begun = patient.uploads.create(
                filename=file.remote_name, bytes=file.bytes, mime_type="text/jsonl", purpose="fine-tune"
            )
            parts = [
                patient.uploads.parts.create(begun.id, data=block).id for block in iter(lambda: stream.read(_PART), b"")
            ]
            full_result = patient.uploads.complete(begun.id, part_ids=parts)
        if full_result.file is None:
            raise Unanswered("OpenAI did not put the parts of the file together.")
        return full_result.file.id

    def find(self, request: Request) -> str | None:
        """The job whose metadata names the request."""
        with self._asking():
            for job in self._client.fine_tuning.jobs.list(metadata={OPENAI_TAG: request.id}, limit=100):
                if (job.metadata or {}).get(OPENAI_TAG) == request.id:
                    return job.id
        return None

    def create(self, request: Request, uploads: dict[str, str]) -> str:
        """Create the job, with the request's id as metadata."""
        with self._asking():
            return self._once.fine_tuning.jobs.create(**job_fields(request, uploads)).id

    def status(self, job: str) -> JobStatus:
        """How it stands."""
        with self._asking():
            known = self._client.fine_tuning.jobs.retrieve(job)
        reason = known.error.message if known.error and known.error.message else None
        return JobStatus(_STATES.get(known.status, "running"), known.status, reason, known.fine_tuned_model)

    def events_since(self, job: str, known: Container[str]) -> list[ServiceEvent]:
        """Events and, after them, checkpoints; the service lists the newest first."""
        found: list[ServiceEvent] = []
        with self._asking():
            for event in self._client.fine_tuning.jobs.list_events(job, limit=100):
                if event.id in known:
                    break
                found[:0] = _events(event)
            checkpoints: list[ServiceEvent] = []
            for checkpoint in self._client.fine_tuning.jobs.checkpoints.list(job, limit=100):
                if checkpoint.id in known:
                    break
                fields = {"step": checkpoint.step_number, "model": checkpoint.fine_tuned_model_checkpoint}
                checkpoints.insert(0, ServiceEvent(checkpoint.id, "checkpoint", fields))
        return found + checkpoints

    def cancel(self, job: str) -> None:
        """End it."""
        with self._asking():
            if _STATES.get(self._client.fine_tuning.jobs.retrieve(job).status) in ("waiting", "running"):
                self._client.fine_tuning.jobs.cancel(job)

    def fetch(self, job: str, folder: Path) -> None:
        """Bring `results.csv`."""
        with self._asking():
            for file in self._client.fine_tuning.jobs.retrieve(job).result_files:
                put(folder / METRICS_FILE, _plain(self._client.files.content(file).read()))

    def _asking(self) -> Any:
        return asking(self.title, openai, self._key)


def _events(event: FineTuningJobEvent) -> list[ServiceEvent]:
    data: Any = event.data
    if event.type == "metrics" and isinstance(data, dict):
        progress = {"step": data.get("step"), "steps": data.get("total_steps"), "message": event.message}
        found = [ServiceEvent(f"{event.id}/{fields['split']}", "metric", fields) for fields in metrics(data)]
        return [*found, ServiceEvent(event.id, "progress", progress)]
    if event.level == "info":
        return [ServiceEvent(event.id, "progress", {"message": event.message})]
    return [ServiceEvent(event.id, "warning", {"message": event.message})]


def _plain(content: bytes) -> bytes:
    """The table as text: the service has handed it out in Base64 as well."""
    return content if content.startswith(b"step") else base64.b64decode(content, validate=True)


class _Watched(io.FileIO):
    """A file that reports how far it was read."""

    def __init__(self, path: Path, report: Report) -> None:
        super().__init__(path)
        self._report, self._size = report, path.stat().st_size

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(-1 if size is None else size)
        self._report(self.tell(), self._size)
        return block
