"""Together on this machine, as its SDK and its documentation describe it."""

from typing import Any

from tests.training.providers.loopback import Answer, Call, Loopback, Refusal
from tests.training.providers.rows import check_file

TRAINED = "acct/Llama-3.1-8B-curator"
_LIMITS: dict[str, Any] = {
    "model_name": "m",
    "default_gradient_accumulation_steps": 1,
    "max_num_epochs": 20,
    "max_num_evals": 100,
    "max_num_checkpoints": 10,
    "max_learning_rate": 1.0,
    "min_learning_rate": 0.0,
    "min_max_seq_length": 2048,
    "max_seq_length_sft": 32768,
    "max_seq_length_dpo": 16384,
    "merge_output_lora": True,
    "supports_full_training": False,
    "supports_reasoning": False,
    "supports_tools": True,
    "supports_vision": False,
    "lora_training": {
        "default_rank": 8,
        "max_rank": 64,
        "max_batch_size": 64,
        "max_batch_size_dpo": 32,
        "min_batch_size": 1,
        "target_modules": ["q_proj"],
    },
}


class TogetherService(Loopback):
    """Its files and jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, Any] = {}
        self.contents: dict[str, bytes] = {}
        self.jobs: dict[str, Any] = {}
        self.statuses = ["queued", "running", "completed"]
        self.steps = 0

    @property
    def address(self) -> str:
        return self.origin

    def answer(self, call: Call) -> Answer:
        if call.path.startswith("/storage/"):
            return self._store(call)
        parts = call.path.removeprefix("/v1/").split("/")
        return self._of_files(call, parts) if parts[0] == "files" else self._of_jobs(call, parts)

    def _of_files(self, call: Call, parts: list[str]) -> Answer:
        if call.method == "POST" and len(parts) == 1:
            asked = call.form
            assert asked["purpose"] == "fine-tune"
            assert asked["file_type"] == "jsonl"
            for known in self.files.values():
                if known["checksum"] == asked["checksum"]:
                    return Answer(409, {"file_id": known["id"]})
            id_ = f"file-{len(self.calls)}"
            self.files[id_] = {"id": id_, "object": "file", "filename": asked["file_name"], "bytes": 0}
            self.files[id_]["checksum"] = asked["checksum"]
            self.files[id_] |= {"created_at": 1, "FileType": "jsonl", "Processed": False, "purpose": "fine-tune"}
            place = {"Location": f"{self.origin}/storage/{id_}", "X-Together-File-Id": id_}
            return Answer(302, {}, place)
        if call.method == "POST":
            assert parts[2] == "preprocess"
            self.files[parts[1]] |= {"Processed": True, "bytes": len(self.contents[parts[1]])}
            return Answer(200, self.files[parts[1]])
        if call.method == "DELETE":
            del self.files[parts[1]]
            return Answer(200, {"id": parts[1], "deleted": True})
        assert call.method == "GET"
        return Answer(200, {"data": list(self.files.values())} if len(parts) == 1 else self.files[parts[1]])

    def _store(self, call: Call) -> Answer:
        assert call.method == "PUT"
        assert "Authorization" not in call.headers
        id_ = call.path.rsplit("/", 1)[1]
        self.contents[id_] = call.body
        return Answer(200, {})

    def _of_jobs(self, call: Call, parts: list[str]) -> Answer:
        assert parts[0] == "fine-tunes"
        if call.method == "POST" and len(parts) == 1:
            return Answer(200, self._create(call.json))
        if parts[1:] == ["models", "limits"]:
            return Answer(200, _LIMITS)
        if parts[1:] == ["estimate-price"]:
            return Answer(200, {"estimation_available": False})
        if len(parts) == 1:
            return Answer(200, {"data": list(self.jobs.values())})
        if parts[1] not in self.jobs:
            raise Refusal(404, f"{parts[1]} does not exist")
        return Answer(200, self._of_job(call, self.jobs[parts[1]], parts[2:]))

    def _create(self, asked: Any) -> Any:
        if not 1 <= asked["n_epochs"] <= _LIMITS["max_num_epochs"]:
            raise Refusal(400, "n_epochs is out of range")
        if len(asked.get("suffix", "")) > 40:
            raise Refusal(400, "suffix is longer than 40 characters")
        if asked.get("n_evals") and not asked.get("validation_file"):
            raise Refusal(400, "evaluations need a validation file")
        form = self._checked(asked["training_file"])
        if asked.get("validation_file"):
            self._checked(asked["validation_file"])
        if (asked["training_method"]["method"] == "dpo") is not (form == "preference"):
            raise Refusal(400, "the method does not fit the data")
        id_ = f"ft-{len(self.jobs)}"
        named = {name: asked.get(name) for name in ("model", "training_file", "validation_file", "suffix", "n_evals")}
        times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
        self.jobs[id_] = {"id": id_, "status": self.statuses[0], "user_id": "u", **times, **named}
        return self.jobs[id_]

    def _checked(self, file: str) -> str:
        if file not in self.files or not self.files[file]["Processed"]:
            raise Refusal(400, f"{file} does not exist or is not processed")
        return check_file(self.contents[file], least=1, extra_keys={"tools"})

    def _of_job(self, call: Call, job: Any, parts: list[str]) -> Any:
        if parts == ["cancel"]:
            job["status"] = "cancelled"
            return job
        if parts == ["events"]:
            return {"data": self._events(job)}
        if parts == ["metrics"]:
            self.steps += 1
            rows = [
                {"train/global_step": step, "train/loss": 3.0 / step, "eval/loss": 4.0 / step}
                for step in range(1, self.steps + 1)
            ]
            return {"metrics": rows}
        assert parts == []
        if job["status"] not in ("cancelled", "error", "completed"):
            job["status"] = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if job["status"] == "completed":
            job["model_output_name"] = f"{TRAINED}-{job['suffix']}"
        return job

    def _events(self, job: Any) -> list[Any]:
        events_since = [("job_pending", "info", "Job created"), ("training_start", "info", "Training started")]
        events_since += [("checkpoint_save", "info", "Checkpoint saved")] if job["status"] == "completed" else []
        events_since += [("job_error", "error", "line 3 is odd")] if job["status"] == "error" else []
        return [
            {"object": "fine-tune-event", "created_at": f"2026-01-01T00:00:0{at}Z", "type": kind, "level": level}
            | {"message": message, "step": at, "total_steps": 9}
            for at, (kind, level, message) in enumerate(events_since)
        ]
