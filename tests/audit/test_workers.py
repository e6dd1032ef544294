"""Worker processes end with the work, however that ends."""

import multiprocessing

import pytest

from curator.audit.loading.derive import DerivePlan
from curator.audit.runners import local as workers
from curator.checks.check import CheckSettings
from curator.data.sources.source import blocks, expand
from curator.project.cache import Cache
from tests.cli.test_the_loop import SAMPLES

PLAN = DerivePlan("chat", (), ("empty-content", "refusal"), CheckSettings(), None, duplicates=False)


def tasks(folder):
    data = folder / "desk.jsonl"
    data.write_bytes((SAMPLES / "support_desk.jsonl").read_bytes() * 40)
    return [(block, PLAN) for source in expand([str(data)]) for block in blocks(source)]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(workers, "cores", lambda: 2)


def test_every_block_is_derived_and_nobody_stays(tmp_path):
    cache, work, finished = Cache(tmp_path / "cache"), tasks(tmp_path), []
    workers.derive_all(work, cache, workers.WORTH_A_WORKER, finished.append)
    assert {block.digest for block in finished} == {block.digest for block, _ in work}
    assert all(cache.holds(PLAN.key(block, "facts")) for block, _ in work)
    assert multiprocessing.active_children() == []


def test_who_interrupts_waits_for_no_block_and_leaves_no_process(tmp_path):
    cache, work = Cache(tmp_path / "cache"), tasks(tmp_path)
    assert len(work) > 2

    def interrupt(_block):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workers.derive_all(work, cache, workers.WORTH_A_WORKER, interrupt)
    assert multiprocessing.active_children() == []
    workers.derive_all(work, cache, workers.WORTH_A_WORKER, lambda _block: None)
    assert all(cache.entry(PLAN.key(block, "facts")) is not None for block, _ in work)
