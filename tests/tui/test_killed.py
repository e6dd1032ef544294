"""The app is killed while somebody labels: every decision that it showed as taken is in the database."""

import random

from benchmarks.tui.killed import killed_after, lost, made, reopened_where_it_was
from curator.audit.open_data import open_data
from curator.settings.request import DataRequest


def test_no_decision_is_lost_and_the_app_opens_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("CURATOR_REVIEW_REPEAT_GUARD", "0")
    data = made(tmp_path / "data.jsonl", 200)
    chance = random.Random(7)
    for seed in range(2):
        with open_data(DataRequest(data=(str(data),))) as opened:
            before = len(opened.project.log.latest(10_000))
        reported = killed_after(data, seed, chance.uniform(0, 1))
        with open_data(DataRequest(data=(str(data),))) as opened:
            assert lost(opened.project.log, reported, before) == 0
        assert reopened_where_it_was(data, reported, before)
