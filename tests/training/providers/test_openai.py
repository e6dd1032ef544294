"""What is asked of OpenAI is what its own description allows, and whatever goes wrong there is one job."""

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from curator.training.service import openai as ours
from tests.training.providers.a_run import Run
from tests.training.providers.loopback import KEY, Fault, serving
from tests.training.providers.openai_service import METRICS, TRAINED, OpenAIService, check

JOBS = "/v1/fine_tuning/jobs"


@pytest.fixture
def service() -> Iterator[OpenAIService]:
    with serving(OpenAIService()) as server:
        yield server


@pytest.fixture
def run(tmp_path: Path, service: OpenAIService) -> Run:
    return Run(tmp_path / "run", "openai", service.address, n_epochs=2, learning_rate_multiplier=0.1, seed=7)


def test_a_training_from_upload_to_results(run: Run, service: OpenAIService) -> None:
    assert run.work() == 0
    (job,) = service.jobs.values()
    created = next(call.json for call in service.calls if (call.method, call.path) == ("POST", JOBS))
    settings = {"n_epochs": 2, "learning_rate_multiplier": 0.1}
    assert created["method"] == {"type": "supervised", "supervised": {"hyperparameters": settings}}
    assert created["seed"] == 7
    assert service.contents[job["training_file"]] == (run.folder / "train.jsonl").read_bytes()
    assert service.contents[job["validation_file"]] == (run.folder / "validation.jsonl").read_bytes()
    assert run.last["event"] == "finished"
    assert run.last["model"] == run.remote.model == TRAINED
    assert (run.folder / "results.csv").read_text() == METRICS
    metrics = [(event["split"], event["step"], event["loss"]) for event in run.said("metric")]
    assert metrics[:2] == [("train", 1, 3.0), ("validation", 1, 4.0)]
    assert len(metrics) == len(set(metrics))
    assert {event["step"] for event in run.said("checkpoint")} == {1000, 2000}


def test_a_preference_training(tmp_path: Path, service: OpenAIService) -> None:
    run = Run(tmp_path / "run", "openai", service.address, "preference", beta=0.2)
    assert run.work() == 0
    created = next(call.json for call in service.calls if (call.method, call.path) == ("POST", JOBS))
    assert created["method"] == {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2}}}


def test_a_large_file_goes_in_parts(run: Run, service: OpenAIService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "LARGEST_AT_ONCE", 600)
    monkeypatch.setattr(ours, "_PART", 250)
    assert run.work() == 0
    (job,) = service.jobs.values()
    assert service.count("POST", "/v1/uploads/[^/]+/parts") > 3
    assert service.contents[job["training_file"]] == (run.folder / "train.jsonl").read_bytes()


def test_the_same_request_again_finds_its_job(run: Run, tmp_path: Path, service: OpenAIService) -> None:
    run.work()
    assert run.work() == 0  # the same folder
    elsewhere = Run(tmp_path / "other", "openai", service.address, n_epochs=2, learning_rate_multiplier=0.1, seed=7)
    assert elsewhere.request.id == run.request.id
    assert elsewhere.work() == 0  # a folder that knows nothing of it
    assert len(service.jobs) == 1
    assert len(service.files) == 2
    other = Run(tmp_path / "third", "openai", service.address, n_epochs=3)
    assert other.work() == 0
    assert (len(service.jobs), len(service.files)) == (2, 2)


def test_a_base64_table_is_read(run: Run) -> None:
    assert ours._plain(b"c3RlcCx0cmFpbl9sb3NzCg==") == b"step,train_loss\n"


def test_the_description_refuses_what_we_must_not_send() -> None:
    schema = {"$ref": "#/components/schemas/CreateFineTuningJobRequest"}
    good = {"model": "m", "training_file": "f", "method": {"type": "supervised"}}
    check(schema, good)
    hyperparameters = {"supervised": {"hyperparameters": {"n_epochs": 51}}}
    for wrong in ({"model": 3}, {"suffix": "x" * 65}, {"method": {"type": "supervised"} | hyperparameters}):
        with pytest.raises(jsonschema.ValidationError):
            check(schema, good | wrong)


def test_the_key_is_nowhere(run: Run, service: OpenAIService, capfd: pytest.CaptureFixture[str]) -> None:
    service.faults = [Fault("GET", f"{JOBS}/ftjob-0", 400)]  # an answer that repeats the key
    assert run.work() == 4
    assert "[key]" in run.last["message"]
    assert run.work() == 0
    assert KEY.encode() not in run.edits()
    assert KEY not in "".join(capfd.readouterr())
