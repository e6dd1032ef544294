"""Hostile settings send nothing: every connection and every question for an address is written down."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.run import chat, write
from tests.safety.traps import ROOT, Mark, environment

WATCH = """
import socket
def _told(name):
    def told(*given, **_):
        open({mark!r}, "a").write(f"{{name}}:{{str(given).replace(' ', '')}}\\n")
        raise OSError("no network in this test")
    return told
_connect = socket.socket.connect
class _Watched(socket.socket):
    def connect(self, address):
        return _connect(self, address) if self.family == socket.AF_UNIX else _told("connect")(address)
    connect_ex = connect
socket.socket = _Watched
socket.getaddrinfo = _told("getaddrinfo")
"""
MODEL = ROOT / "sample_data" / "tiny-llama"
TOML = """
[meaning]
embedder = "somebody/model"
[tokens]
target = "openai"
[prices.openai]
"m" = { value = 1, source = "https://elsewhere.invalid" }
"""
RUNS = [
    {"model": {"name": "somebody/model"}},
    {"model": {"trust_remote_code": True}},
    {"transformers": {"report_to": "wandb"}},
    {"transformers": {"push_to_hub": True, "hub_model_id": "somebody/model"}},
]


@pytest.fixture
def watched(tmp_path):
    """Run a program whose every process is watched; what it asked of the network."""
    mark = Mark(tmp_path / "asked")
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH.format(mark=str(mark.path)))
    variables = environment(PYTHONPATH=f"{tmp_path / 'watch'}:{ROOT}", XDG_STATE_HOME=str(tmp_path / "state"))
    variables.pop("CURATOR_MEANING_EMBEDDER")
    variables.pop("HF_HUB_OFFLINE", None)

    def run(*command, cwd):
        ended = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)
        return ended, mark.sprung

    return run


def test_the_watch_works(watched, tmp_path):
    asks = "import urllib.request; urllib.request.urlopen('https://elsewhere.invalid')"
    assert "elsewhere.invalid" in watched(sys.executable, "-c", asks, cwd=tmp_path)[1][0]


def test_a_hostile_curator_toml_asks_nothing(watched, tmp_path):
    write(tmp_path / "chats.jsonl", [chat(f"What is {n}?", f"It is {n}.") for n in range(4)])
    (tmp_path / "curator.toml").write_text(TOML)
    ended, asked = watched(Path(sys.executable).parent / "curator", "audit", "chats.jsonl", cwd=tmp_path)
    assert (ended.returncode, asked) == (2, []), ended.stderr


@pytest.mark.parametrize("hostile", RUNS, ids=json.dumps)
def test_a_hostile_run_asks_nothing(watched, tmp_path, hostile):
    for name, first in (("train", 0), ("validation", 50)):
        write(tmp_path / f"{name}.jsonl", [chat(f"What is {n}?", f"It is {n}.") for n in range(first, first + 5)])
    tables = {**hostile, "model": {"name": str(MODEL), **hostile.get("model", {})}}
    text = [
        "\n".join([f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())])
        for section, table in tables.items()
    ]
    (tmp_path / "run.toml").write_text("\n".join(text))
    ended, asked = watched(Path(sys.executable).parent / "trainer", "run", ".", cwd=tmp_path)
    assert ended.returncode in (2, 3), ended.stderr
    assert asked == []
