"""Data for the app's tests: small, audited once, each test with a copy and a project of its own."""

import shutil
from pathlib import Path

import pytest

from curator.audit.open_data import open_data
from curator.settings.request import DataRequest

SAMPLE = Path(__file__).parents[2] / "sample_data" / "messy.jsonl"


@pytest.fixture(scope="session")
def audited_sample(tmp_path_factory):
    """A folder with the first 120 lines of the messy sample and its project, audited."""
    folder = tmp_path_factory.mktemp("sample")
    lines = SAMPLE.read_bytes().split(b"\n")[:120]
    (folder / "desk.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    with open_data(DataRequest(data=(str(folder / "desk.jsonl"),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return folder


@pytest.fixture
def desk(audited_sample, tmp_path, monkeypatch):
    """The sample's file; its audit is remembered."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("CURATOR_REVIEW_REPEAT_GUARD", "0")
    folder = tmp_path / "desk"
    shutil.copytree(audited_sample, folder)
    path = folder / "desk.jsonl"
    with open_data(DataRequest(data=(str(path),))) as opened:
        opened.audited(lambda *_: None, texts=True)
    return path
