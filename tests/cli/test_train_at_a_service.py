"""`curator train --via`: where the data goes is shown first, and the same command is one job."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from curator.cli.boundary import run
from curator.project.jobs.job import attach
from tests.training.providers.loopback import KEY, serving
from tests.training.providers.openai_service import TRAINED, OpenAIService
from tests.training.providers.together_service import TogetherService
from trainer.contract.events import EventReader


@pytest.fixture
def service() -> Iterator[OpenAIService]:
    server = OpenAIService()
    server.statuses = ["succeeded"]
    with serving(server):
        yield server


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Forty conversations that have nothing in common."""
    words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty"]
    lines = []
    for number in range(40):
        first, second = words[number % 10], words[(number * 7 + number // 10) % 10]
        asked = f"What would {first}{number} have to do with the {second} of region {number * 31}?"
        answered = f"In region {number * 31} the {second} is kept beside {first}{number}, as records of {number} show."
        messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
        lines.append(json.dumps({"messages": messages}) + "\n")
    path = tmp_path / "data.jsonl"
    path.write_text("".join(lines))
    return path


class Outcome(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Curator = Callable[..., Outcome]


@pytest.fixture
def curator(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Curator:
    """The command, in this process; the work itself is a process of its own as always."""

    def call(*arguments: str | Path, service: Any = None, **environment: str) -> Outcome:
        with monkeypatch.context() as patched:
            for name in [name for name in os.environ if re.match("OPENAI|TOGETHER|FIREWORKS", name)]:
                patched.delenv(name)
            for name, value in (environment_of(service) | environment).items():
                patched.setenv(name, value)
            code = run(["train", *map(str, arguments)])
        return Outcome(code, *capfd.readouterr())

    return call


def environment_of(service: Any) -> dict[str, str]:
    if service is None:
        return {}
    addresses = {f"{name}_BASE_URL": service.address for name in ("OPENAI", "TOGETHER")}
    return addresses | {"OPENAI_API_KEY": KEY, "TOGETHER_API_KEY": KEY}


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(
    curator: Curator, data: Path, service: OpenAIService
) -> None:
    outcome = curator(data, "--via", "openai", "--model", "gpt-4.1-mini", "--set", "n_epochs=3", "--dry-run")
    assert outcome.returncode == 0, outcome.stderr  # without a key
    *uploads, create = map(json.loads, outcome.stdout.splitlines())
    assert [step["from"] for step in uploads] == ["train.jsonl", "validation.jsonl"]
    assert create["create"]["method"]["supervised"]["hyperparameters"] == {"n_epochs": 3}
    assert create["to"] == "https://api.openai.com/v1"
    assert "stimate" in outcome.stderr
    assert "2027-01-06" in outcome.stderr
    assert service.calls == []
    assert [path for path in data.parent.glob("*.curator/runs/*")] == []


def test_nothing_is_sent_unless_told_to(curator: Curator, data: Path, service: OpenAIService) -> None:
    outcome = curator(data, "--via", "openai", "--model", "gpt-4.1-mini", service=service)
    assert outcome.returncode == 2
    assert service.address in outcome.stderr
    assert "--yes" in outcome.stderr
    assert service.calls == []


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "said"),
    [
        (["--set", "n_epoch=3"], {}, 2, "Did you mean n_epochs"),
        (["--set", "n_epochs=51"], {}, 2, "51"),
        ([], {"OPENAI_BASE_URL": "http://example.com/v1"}, 2, "unencrypted"),
        ([], {"OPENAI_API_KEY": ""}, 3, "OPENAI_API_KEY"),
        (["--run", "openai-nothing"], {}, 2, "curator audit"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_sent(
    curator: Curator,
    data: Path,
    service: OpenAIService,
    arguments: list[str],
    environment: dict[str, str],
    code: int,
    said: str,
) -> None:
    given = [data, "--via", "openai", "--model", "gpt-4.1-mini", "--yes", *arguments]
    outcome = curator(*given, service=service, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring", **environment)
    assert (outcome.returncode, said in outcome.stderr) == (code, True), outcome.stderr
    assert service.calls == []


def test_the_same_command_is_one_job_and_leaves_no_key(
    curator: Curator, data: Path, service: OpenAIService, capfd: pytest.CaptureFixture[str]
) -> None:
    given = [data, "--via", "openai", "--model", "gpt-4.1-mini", "--yes"]
    first = curator(*given, service=service)
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"{TRAINED}\n"
    assert "step 1, train: loss 3" in first.stderr
    second = curator(*given, service=service)
    assert (second.returncode, second.stdout) == (0, first.stdout)
    (folder,) = data.parent.glob("*.curator/runs/*")
    assert "no run openai-nothing" in curator(data, "--run", "openai-nothing").stderr
    third = curator(data, "--run", folder.name, service=service)
    assert (third.returncode, third.stdout) == (0, first.stdout)
    assert len(service.jobs) == 1
    assert run(["runs", str(data)]) == 0
    assert f"{folder.name}  gpt-4.1-mini" in (listed := capfd.readouterr().out)
    assert f"tuned    {TRAINED}" in listed
    assert curator(*given, "--attempt", "2", service=service).returncode == 0
    assert (len(service.jobs), len(service.files)) == (2, 2)
    edits = b"".join(path.read_bytes() for path in data.parent.rglob("*") if path.is_file())
    assert b"curator_request" not in edits  # what is sent is not what is kept
    assert KEY.encode() not in edits
    assert KEY not in first.stdout + first.stderr + second.stderr + third.stderr


def test_ctrl_c_ends_the_watching_and_not_the_job(curator: Curator, data: Path, service: OpenAIService) -> None:
    service.statuses = ["running"]
    given = [sys.executable, "-m", "curator", "train", data, "--via", "openai", "--model", "gpt-4.1-mini", "--yes"]
    around = os.environ | environment_of(service)
    with subprocess.Popen(given, env=around, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stderr is not None
        said = iter(watching.stderr)
        assert any("running" in line for line in said)
        watching.send_signal(signal.SIGINT)
        assert "continues" in watching.stderr.read()
    assert watching.returncode == 130
    (folder,) = data.parent.glob("*.curator/runs/*")
    job = attach(folder)
    assert job is not None
    assert job.is_running()
    outcome = curator(data, "--run", folder.name, "--cancel", service=service)
    assert outcome.returncode == 4
    assert "cancelled" in outcome.stderr
    assert service.jobs["ftjob-0"]["status"] == "cancelled"
    assert not job.is_running()
    assert EventReader(job.events).new()[-1]["event"] == "stopped"


def test_together_takes_what_we_export(curator: Curator, data: Path) -> None:
    server = TogetherService()
    server.statuses = ["completed"]
    with serving(server):
        outcome = curator(data, "--via", "together", "--model", "meta-llama/L", "--yes", "--quiet", service=server)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.startswith("acct/")
