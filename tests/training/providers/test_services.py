"""Together and Fireworks through their official SDKs, and what goes wrong at any of the three."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curator.training.service import fireworks as our_fireworks
from curator.training.service import openai as our_openai
from curator.training.service import together as our_together
from curator.training.service.api_keys import VARIABLES
from tests.training.providers.a_run import Run
from tests.training.providers.fireworks_service import FireworksService
from tests.training.providers.loopback import KEY, Fault, serving
from tests.training.providers.openai_service import OpenAIService
from tests.training.providers.together_service import TogetherService

SERVICES: Any = {"openai": OpenAIService, "together": TogetherService, "fireworks": FireworksService}
UPLOAD = {
    "openai": ("POST", "/v1/files"),
    "together": ("PUT", "/storage/.*"),
    "fireworks": ("POST", ".*/datasets/[^/]*:upload"),
}
CREATE = {
    "openai": ("POST", "/v1/fine_tuning/jobs"),
    "together": ("POST", "/v1/fine-tunes"),
    "fireworks": ("POST", ".*/supervisedFineTuningJobs"),
}
STATUS = {
    "openai": ("GET", "/v1/fine_tuning/jobs/ftjob-0"),
    "together": ("GET", "/v1/fine-tunes/ft-0"),
    "fireworks": ("GET", ".*/supervisedFineTuningJobs/curator-.*"),
}


@pytest.fixture(params=list(SERVICES))
def service(request: pytest.FixtureRequest) -> Iterator[Any]:
    with serving(SERVICES[request.param]()) as server:
        server.provider = request.param
        yield server


@pytest.fixture
def run(tmp_path: Path, service: Any) -> Run:
    return Run(tmp_path / "run", service.provider, service.address)


def one_job(service: Any) -> bool:
    return len(service.jobs) == 1 and len(service.files) == 2


def test_a_training_from_upload_to_results(run: Run, service: Any) -> None:
    assert run.work() == 0
    assert one_job(service)
    assert sorted(service.contents.values()) == sorted(
        (run.folder / name).read_bytes() for name in ("train.jsonl", "validation.jsonl")
    )
    assert run.last["event"] == "finished"
    assert run.last["model"]
    losses = {(event["split"], event["step"]): event["loss"] for event in run.said("metric")}
    assert losses["train", 1] == 3.0
    assert losses["validation", 1] == 4.0
    assert len(losses) == len(run.said("metric"))
    rows = (run.folder / "results.csv").read_text().splitlines()
    assert rows[0].startswith("step,train_loss,")
    assert len(rows) > 1


def test_a_preference_training(tmp_path: Path, service: Any) -> None:
    run = Run(tmp_path / "preference", service.provider, service.address, "preference")
    assert run.work() == 0
    assert len(service.jobs) == 1
    assert run.said("metric")


def test_the_same_request_from_elsewhere_finds_its_job(run: Run, service: Any, tmp_path: Path) -> None:
    assert run.work() == 0
    assert Run(tmp_path / "elsewhere", service.provider, service.address).work() == 0
    assert one_job(service)


def test_a_connection_cut_during_the_upload_is_tried_again(run: Run, service: Any) -> None:
    service.faults = [Fault(*UPLOAD[service.provider], "cut")]
    assert run.work() == 0
    assert len(service.jobs) == 1
    assert run.said("warning")


def test_an_upload_that_cannot_succeed_stops_and_goes_on_later(run: Run, service: Any) -> None:
    service.faults = [Fault(*UPLOAD[service.provider], "cut") for _ in range(6)]
    assert run.work() == 4
    assert run.last["event"] == "failed"
    assert service.jobs == {}
    service.faults = []
    assert run.work() == 0
    assert len(service.jobs) == 1


@pytest.mark.parametrize("kind", ["lost", 500, "cut"])
def test_an_unanswered_creation_is_never_repeated_unseen(run: Run, service: Any, kind: int | str) -> None:
    service.faults = [Fault(*CREATE[service.provider], kind)]
    first = run.work()
    assert first == (0 if kind == "lost" else 4)
    if kind != "lost":
        assert "not known" in run.last["message"]
        assert run.work() == 0
    assert one_job(service)


def test_a_busy_service_is_asked_again(run: Run, service: Any) -> None:
    service.faults = [Fault(*step[service.provider], 429) for step in (UPLOAD, CREATE, STATUS)]
    assert run.work() == 0
    assert one_job(service)


def test_an_outage_while_following_is_waited_out(run: Run, service: Any) -> None:
    method, path = CREATE[service.provider]

    def fail_from_now_on(call: Any) -> None:
        if call.method == method and re.fullmatch(path, call.path):
            service.faults = [Fault(*STATUS[service.provider], 503) for _ in range(6)]

    service.on_call = fail_from_now_on
    assert run.work() == 0
    assert one_job(service)
    assert len(run.said("warning")) == 1


def test_slow_answers_are_asked_for_again(run: Run, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (our_openai, our_together, our_fireworks):
        monkeypatch.setattr(module, "_SECONDS", 2)
    service.faults = [Fault(*STATUS[service.provider], "slow")]
    assert run.work() == 0
    assert one_job(service)


def test_an_expired_key_stops_with_a_sentence_and_goes_on_with_a_new_one(
    run: Run, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = "expired-key-0987654321"

    def expire(call: Any) -> None:
        if re.fullmatch(STATUS[service.provider][1], call.path) and call.method == "GET":
            monkeypatch.setattr("tests.training.providers.loopback.KEY", "another-key")

    service.on_call = expire
    assert run.work() == 4
    assert VARIABLES[service.provider] in run.last["message"]
    service.on_call = lambda call: None
    monkeypatch.setattr("tests.training.providers.loopback.KEY", KEY)
    monkeypatch.setenv(VARIABLES[service.provider], expired)
    assert run.work() == 4
    monkeypatch.setenv(VARIABLES[service.provider], KEY)
    assert run.work() == 0
    assert one_job(service)
    for key in (KEY, expired):
        assert key.encode() not in run.edits()


def test_a_failed_job_says_why_and_is_not_begun_again(run: Run, service: Any) -> None:
    service.statuses = ["FAILED"] if service.provider == "fireworks" else ["failed"]
    service.statuses = ["error"] if service.provider == "together" else service.statuses
    for _ in range(2):
        assert run.work() == 4
        assert run.last["event"] == "failed"
        assert "line 3 is odd" in run.last["message"]
    assert one_job(service)


def test_what_the_service_refuses_is_said_in_its_words(tmp_path: Path, service: Any) -> None:
    run = Run(tmp_path / "refused", service.provider, service.address)
    service.faults = [Fault(*CREATE[service.provider], 400)]
    assert run.work() == 4
    assert "made to fail, key [key]" in run.last["message"]
    assert service.jobs == {}


def test_a_cancelled_job_is_cancelled_there(run: Run, service: Any) -> None:
    service.statuses = [service.statuses[1]]
    process = run.process()
    while run.remote.job is None:
        assert process.is_alive()
    process.kill()
    process.join()
    assert run.work(cancelling=True) == 4
    assert run.last["event"] == "stopped"
    assert "cancel" in str(next(iter(service.jobs.values()))).lower()


@pytest.mark.parametrize("step", [UPLOAD, CREATE, STATUS], ids=["uploaded", "created", "followed"])
def test_killed_anywhere_it_goes_on_where_it_was(run: Run, service: Any, step: Any) -> None:
    method, path = step[service.provider]
    process: Any = None

    def kill(call: Any) -> None:
        if call.method == method and re.fullmatch(path, call.path):
            process.kill()

    service.on_call = kill
    process = run.process()
    process.join()
    assert process.exitcode == -9
    service.on_call = lambda call: None
    assert run.work() == 0
    assert one_job(service)
    metrics = [(event["split"], event["step"]) for event in run.said("metric")]
    assert len(metrics) == len(set(metrics))


def test_without_a_key_it_says_what_to_set(run: Run, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[service.provider])
    assert run.work() == 3
    assert VARIABLES[service.provider] in run.last["message"]
    assert service.calls == []


def test_without_its_package_it_says_what_to_install(run: Run, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curator.errors.find_spec", lambda name: None)
    assert run.work() == 3
    assert f"curator-tune[{service.provider}]" in run.last["message"]


def test_a_key_is_found_in_the_keyring(run: Run, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    monkeypatch.delenv(VARIABLES[service.provider])
    stored = {("curator", service.provider): KEY}
    monkeypatch.setattr(keyring, "get_password", lambda where, name: stored.get((where, name)))
    assert run.work() == 0


def test_a_large_file_goes_to_fireworks_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_fireworks, "LARGEST_AT_ONCE", 10)
    with serving(FireworksService()) as service:
        run = Run(tmp_path / "large", "fireworks", service.address)
        assert run.work() == 0
        assert service.count("PUT", "/storage/.*") == 2
