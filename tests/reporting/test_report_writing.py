"""A report reaches its place whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from curator.errors import UsageError, WorkFailed
from curator.reporting.writing import write_report


def test_a_report_replaces_an_earlier_one_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("earlier")
    write_report("später\n", str(path))
    assert path.read_text(encoding="utf-8") == "später\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_dash_is_stdout(capfdbinary):
    write_report("on the way ✓\n", "-")
    assert capfdbinary.readouterr().out == "on the way ✓\n".encode()


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "real.md").write_text("earlier")
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")
    write_report("new", str(tmp_path / "link.md"))
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced():
    reading, writing = os.pipe()
    write_report("through a pipe", f"/dev/fd/{writing}")
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "through a pipe"


@pytest.mark.parametrize("destination", ["missing/report.md", "."])
def test_a_place_that_cannot_be_written_is_named(tmp_path, monkeypatch, destination):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=destination.replace(".", r"\.")):
        write_report("text", destination)


def test_a_full_disk_leaves_the_earlier_report_and_no_remains(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    path.write_text("earlier")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkFailed, match="No space left on device"):
        write_report("new", str(path))
    assert path.read_text() == "earlier"
    assert [one.name for one in Path(tmp_path).iterdir()] == ["report.json"]
