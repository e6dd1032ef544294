"""Projects to decide in, and a person whose own folders are not the developer's."""

import os
import tempfile
from pathlib import Path

import pytest

from curator.project.opening import open_project

NOBODY = 65534


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """The user's state, settings and cache are under the test's folder, and no setting comes from the environment."""
    for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "user" / variable))
    for variable in [name for name in os.environ if name.startswith("CURATOR_")]:
        monkeypatch.delenv(variable)


@pytest.fixture
def data(tmp_path):
    """A data file; its content does not matter to a project."""
    file = tmp_path / "chats.jsonl"
    file.write_text('{"messages": []}\n')
    return file


@pytest.fixture
def project(data):
    with open_project([data]) as opened:
        yield opened


@pytest.fixture
def ordinary_user(monkeypatch):
    """A folder of a user for whom file permissions hold, which they do not for root; that user is who runs the test."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, NOBODY, NOBODY)
        for variable in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
            monkeypatch.setenv(variable, str(folder / "user"))
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
