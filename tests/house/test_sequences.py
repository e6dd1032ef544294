"""Random sequences of commands on a folder with sources, projects, notes and exports harm no file."""

import pytest

from benchmarks.safety.sequences import QUICK, audited, some
from benchmarks.safety.world import made
from curator.exporting import replacing

SEQUENCES = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("sequences").resolve()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in QUICK.items():
            patch.setenv(name, value)
        patch.chdir(place)
        audited(made(place / "template"))
        yield place


def test_no_file_goes_or_changes_that_a_command_was_not_told_to_write(folder):
    outcome = some(folder, 0, SEQUENCES)
    assert outcome.faults == []
    assert outcome.replaced
    assert {0, 1, 2} <= set(outcome.codes)


def test_the_model_notices_an_export_that_takes_the_place_of_somebodys_files(folder, monkeypatch):
    monkeypatch.setattr(replacing, "in_the_way", lambda folder: [])
    assert some(folder, 0, SEQUENCES // 2).faults
