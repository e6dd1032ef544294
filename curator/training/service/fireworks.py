"""Fireworks, through its official SDK. Files and jobs there have ids of our choosing, so nothing is ever made twice."""

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import fireworks
import httpx
import msgspec

from curator.errors import WorkFailed
from curator.scoring.address import Key
from curator.training.service.job_arguments import job_fields
from curator.training.service.metrics import metrics
from curator.training.service.service import JobStatus, Report, ServiceEvent, Unanswered, asking
from curator.training.service.service_request import Request, SentFile

LARGEST_AT_ONCE = 150_000_000
"""Bytes of one upload by the API itself (fireworks-ai, datasets.upload: up to 150 MB)."""
_STATES: dict[str, Any] = {
    "COMPLETED": "finished",
    "EARLY_STOPPED": "finished",
    "FAILED": "failed",
    "EXPIRED": "failed",
    "CANCELLED": "cancelled",
    "CREATING": "waiting",
    "PENDING": "waiting",
    "VALIDATING": "waiting",
    "CREATING_INPUT_DATASET": "waiting",
    "RE_QUEUEING": "waiting",
    "PAUSED": "waiting",
}
_SECONDS, _UPLOAD_SECONDS, _TRIES = 60.0, 3600.0, 4
_NOT_THERE = 404


class FireworksService:
    """A client for one request's address and account."""

    title = "Fireworks"

    def __init__(self, request: Request, key: Key) -> None:
        self._key = key
        self._is_preference = request.method == "preference"
        self._client = fireworks.Fireworks(
            api_key=key.value,
            account_id=request.account,
            base_url=request.address,
            timeout=_SECONDS,
            max_retries=_TRIES,
        )
        self._once = self._client.with_options(max_retries=0)

    def uploaded(self, file: SentFile) -> str | None:
        """The dataset of that content, once it is ready."""
        with self._asking():
            try:
                known = self._client.datasets.get(_dataset(file))
            except fireworks.NotFoundError:
                return None
        return _dataset(file) if known.state == "READY" else None

    def upload(self, path: Path, file: SentFile, report: Report) -> str:
        """Send a file as a dataset; one that was cut off is filled anew."""
        name, patient = _dataset(file), self._once.with_options(timeout=_UPLOAD_SECONDS)
        with self._asking(), path.open("rb") as stream:
            with suppress(fireworks.ConflictError):
                patient.datasets.create(dataset_id=name, dataset={"user_uploaded": {}})
            if file.bytes <= LARGEST_AT_ONCE:
                patient.datasets.upload(name, file=(file.remote_name, stream))
            else:
                self._send_to_storage(name, file, stream)
                patient.datasets.validate_upload(name, body={})
        report(file.bytes, file.bytes)
        return name

    def find(self, request: Request) -> str | None:
        """The job of the request's own id."""
        with self._asking():
            try:
                self._get(request.tag)
            except fireworks.NotFoundError:
                return None
        return request.tag

    def create(self, request: Request, uploads: dict[str, str]) -> str:
        """Create the job under the request's id."""
        fields = job_fields(request, uploads)
        with self._asking():
            if self._is_preference:
                self._once.dpo_jobs.create(**fields)
            else:
                self._once.supervised_fine_tuning_jobs.create(**fields)
        return request.tag

    def status(self, job: str) -> JobStatus:
        """How it stands."""
        with self._asking():
            known = self._get(job)
        said = (known.state or "UNSPECIFIED").removeprefix("JOB_STATE_")
        config = known if not self._is_preference else known.training_config
        model = config.output_model if config is not None else None
        reason = known.status.message if known.status is not None else None
        return JobStatus(_STATES.get(said, "running"), said.lower(), reason, model)

    def events_since(self, job: str, known: Container[str]) -> list[ServiceEvent]:
        """Its progress, and the figures of its metrics file."""
        with self._asking():
            status = self._get(job)
            found = [] if self._is_preference else _progress(status.job_progress)
            for figures in self._figures(status, job):
                found += [
                    ServiceEvent(f"{fields['split']}-{fields['step']}", "metric", fields) for fields in metrics(figures)
                ]
        return [events_since for events_since in found if events_since.id not in known]

    def cancel(self, job: str) -> None:
        """End it."""
        if self.status(job).state not in ("waiting", "running"):
            return
        with self._asking():
            if self._is_preference:
                self._client.dpo_jobs.cancel(job, body={})
            else:
                self._client.supervised_fine_tuning_jobs.cancel(job, body={})

    def fetch(self, job: str, folder: Path) -> None:
        """There is no table of results; the figures came as events."""

    def _get(self, job: str) -> Any:
        if self._is_preference:
            return self._client.dpo_jobs.get(job)
        return self._client.supervised_fine_tuning_jobs.get(job)

    def _send_to_storage(self, name: str, file: SentFile, stream: Any) -> None:
        """Put a large file where a signed address says; the address holds no key and the key is not sent there."""
        found = self._client.datasets.get_upload_endpoint(name, filename_to_size={file.remote_name: str(file.bytes)})
        address = (found.filename_to_signed_urls or {}).get(file.remote_name)
        if address is None:
            raise Unanswered("Fireworks named no place to upload to.")
        headers = {
            "Content-Type": "application/octet-stream",
            "x-goog-content-length-range": f"{file.bytes},{file.bytes}",
        }
        httpx.put(address, content=stream, headers=headers, timeout=_UPLOAD_SECONDS).raise_for_status()

    def _figures(self, status: Any, job: str) -> list[Mapping[str, Any]]:
        """The lines of the metrics file, which the service hands out at a signed address once there is one."""
        address = (
            self._client.dpo_jobs.get_metrics_file_endpoint(job).signed_url
            if self._is_preference
            else (status.metrics_file_signed_url)
        )
        if not address:
            return []
        answer = httpx.get(address, timeout=_SECONDS)
        if answer.status_code == _NOT_THERE:
            return []
        answer.raise_for_status()
        return [line for line in map(_object, answer.content.splitlines()) if line is not None]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with asking(self.title, fireworks, self._key):
                yield
        except httpx.HTTPStatusError as error:
            raise WorkFailed(f"Fireworks' storage refuses this ({error.response.status_code}).") from None
        except httpx.HTTPError as error:
            raise Unanswered(f"The transfer with Fireworks' storage was cut off ({type(error).__name__}).") from None


def _dataset(file: SentFile) -> str:
    return file.remote_name.removesuffix(".jsonl")


def _progress(progress: Any) -> list[ServiceEvent]:
    if progress is None or progress.percent is None:
        return []
    fields = {"step": progress.percent, "steps": 100, "epoch": progress.epoch, "message": f"{progress.percent} % done"}
    return [ServiceEvent(f"progress-{progress.epoch}-{progress.percent}", "progress", fields)]


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, dict) else None
