"""Fireworks on this machine, as its SDK and its documentation describe it."""

import json
import re
from typing import Any

from tests.training.providers.loopback import Answer, Call, Loopback, Refusal
from tests.training.providers.rows import check_file

_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_KINDS = {"supervisedFineTuningJobs": "supervisedFineTuningJobId", "dpoJobs": "dpoJobId"}


class FireworksService(Loopback):
    """Its datasets and jobs; both have ids that the client chooses."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, Any] = {}
        self.contents: dict[str, bytes] = {}
        self.jobs: dict[str, Any] = {}
        self.statuses = ["CREATING", "RUNNING", "COMPLETED"]
        self.steps = 0

    @property
    def address(self) -> str:
        return self.origin

    def answer(self, call: Call) -> Answer:
        if call.path.startswith("/storage/"):
            return self._storage(call)
        account, kind, *rest = call.path.removeprefix("/v1/accounts/").split("/")
        assert account == "an-account"
        name, _, verb = rest[0].partition(":") if rest else ("", "", "")
        if kind == "datasets":
            return Answer(200, self._of_datasets(call, name, verb))
        return Answer(200, self._of_jobs(call, kind, name, verb))

    def _of_datasets(self, call: Call, name: str, verb: str) -> Any:
        if call.method == "POST" and not name:
            id_ = call.json["datasetId"]
            if id_ in self.files:
                raise Refusal(409, f"{id_} exists")
            if not _ID.fullmatch(id_) or call.json["dataset"] != {"userUploaded": {}}:
                raise Refusal(400, "not a dataset id, or not an upload")
            self.files[id_] = {"name": f"accounts/an-account/datasets/{id_}", "state": "UPLOADING"}
            return self.files[id_]
        if name not in self.files:
            raise Refusal(404, f"{name} does not exist")
        if verb == "upload":
            self._fill(name, call.form["file"][1])
            return {}
        if verb == "getUploadEndpoint":
            (filename,) = call.json["filenameToSize"]
            return {"filenameToSignedUrls": {filename: f"{self.origin}/storage/{name}"}}
        if verb == "validateUpload":
            self._fill(name, self.contents[name])
            return {}
        assert (call.method, verb) == ("GET", "")
        return self.files[name]

    def _fill(self, name: str, content: bytes) -> None:
        check_file(content, least=3, extra_keys={"tools"})
        self.contents[name] = content
        self.files[name]["state"] = "READY"

    def _storage(self, call: Call) -> Answer:
        assert "Authorization" not in call.headers
        if call.method == "PUT":
            size = len(call.body)
            assert call.headers["x-goog-content-length-range"] == f"{size},{size}"
            self.contents[call.path.rsplit("/", 1)[1]] = call.body
            return Answer(200, {})
        self.steps += 1
        lines = [{"step": step, "train_loss": 3.0 / step, "eval_loss": 4.0 / step} for step in range(1, self.steps + 1)]
        return Answer(200, "\n".join(json.dumps(line) for line in lines).encode())

    def _of_jobs(self, call: Call, kind: str, name: str, verb: str) -> Any:
        if call.method == "POST" and not name:
            return self._create(kind, call.query[_KINDS[kind]][0], call.json)
        if name not in self.jobs:
            raise Refusal(404, f"{name} does not exist")
        job = self.jobs[name]
        if verb == "cancel":
            job["state"] = "JOB_STATE_CANCELLED"
            return {}
        if verb == "getMetricsFileEndpoint":
            return {"signedUrl": f"{self.origin}/storage/metrics"}
        assert (call.method, verb) == ("GET", "")
        if job["state"].removeprefix("JOB_STATE_") not in ("CANCELLED", "FAILED", "COMPLETED"):
            state = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            job["state"] = f"JOB_STATE_{state}"
        if job["state"] == "JOB_STATE_FAILED":
            job["status"] = {"code": "INVALID_ARGUMENT", "message": "line 3 is odd"}
        if kind == "supervisedFineTuningJobs":
            job |= {"jobProgress": {"percent": 10 * self.steps, "epoch": 0}}
            job |= {"metricsFileSignedUrl": f"{self.origin}/storage/metrics"}
        return job

    def _create(self, kind: str, id_: str, asked: Any) -> Any:
        if not _ID.fullmatch(id_):
            raise Refusal(400, f"{id_} is no id")
        if id_ in self.jobs:
            raise Refusal(409, f"{id_} exists")
        settings = asked["trainingConfig"] if kind == "dpoJobs" else asked
        if ("baseModel" in settings) is ("warmStartFrom" in settings):
            raise Refusal(400, "one of baseModel and warmStartFrom")
        for name in ("dataset", "evaluationDataset"):
            file = asked.get(name, asked["dataset"]).rsplit("/", 1)[1]
            if self.files.get(file, {}).get("state") != "READY":
                raise Refusal(400, f"{file} is not ready")
            form = check_file(self.contents[file], least=3, extra_keys={"tools"})
            if (form == "preference") is not (kind == "dpoJobs"):
                raise Refusal(400, "the job does not fit the data")
        model = {"outputModel": f"accounts/an-account/models/{id_}"}
        job = {"name": f"accounts/an-account/{kind}/{id_}", "state": "JOB_STATE_CREATING", **asked}
        self.jobs[id_] = job | ({"trainingConfig": settings | model} if kind == "dpoJobs" else model)
        return self.jobs[id_]
