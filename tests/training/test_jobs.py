"""Long work outlives whoever started it, is found again, and what became of it is known."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curator.errors import DecisionConflict, WorkFailed
from curator.project.jobs.job import RECORD, Job, attach, jobs_in, start
from curator.project.jobs.process_identity import start_mark
from trainer.contract.events import EventReader

_BEGIN = """
import signal, sys
from pathlib import Path
from trainer.contract.events import EventLog
folder = Path(sys.argv[1])
writer = EventLog(folder / "events.jsonl", "a run")
writer.write("started")
"""
COUNTS_TO_FIVE = _BEGIN + 'for step in range(5): writer.write("progress", step=step, steps=5)\nwriter.write("finished")'
WAITS = (
    _BEGIN
    + """
def stop(number, frame):
    writer.write("stopped", reason="asked to", exit_code=4)
    sys.exit(4)
signal.signal(signal.SIGTERM, stop)
writer.write("progress", step=1, steps=9)
signal.pause()
"""
)
FALLS = _BEGIN + 'raise RuntimeError("the disk is full")'


def begin(folder: Path, program: str) -> Job:
    return start(folder, [sys.executable, "-c", program, str(folder)])


def until(job: Job, wanted: str) -> None:
    assert any(event["event"] == wanted for event in job.follow())


def until_gone(job: Job) -> None:
    for _ in job.follow():
        pass


def test_work_is_followed_to_its_last_word(tmp_path: Path) -> None:
    job = begin(tmp_path / "run", COUNTS_TO_FIVE)
    events = list(job.follow())
    assert [event["event"] for event in events] == ["started", *["progress"] * 5, "finished"]
    assert [event["seq"] for event in events] == list(range(7))
    assert job.state() == "finished"


def test_a_second_start_of_running_work_is_refused(tmp_path: Path) -> None:
    job = begin(tmp_path, WAITS)
    until(job, "progress")
    with pytest.raises(DecisionConflict, match=str(job.record.process)):
        begin(tmp_path, WAITS)
    job.cancel(at_once=True)
    until_gone(job)


def test_of_many_who_start_at_once_one_starts(tmp_path: Path) -> None:
    def attempt(_: int) -> bool:
        try:
            begin(tmp_path, WAITS)
        except DecisionConflict:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(attempt, range(6))) == 1
    job = attach(tmp_path)
    assert job is not None
    until(job, "progress")
    job.cancel(at_once=True)
    until_gone(job)
    assert [event["event"] for event in EventReader(job.events).new()] == ["started", "progress"]


def test_cancelled_work_stops_where_it_can_go_on(tmp_path: Path) -> None:
    job = begin(tmp_path, WAITS)
    until(job, "progress")
    job.cancel()
    until_gone(job)
    assert job.state() == "stopped"
    job.cancel()  # of work that is gone: nothing to do


def test_killed_work_is_known_to_have_died(tmp_path: Path) -> None:
    job = begin(tmp_path, WAITS)
    until(job, "progress")
    os.kill(job.record.process, signal.SIGKILL)
    until_gone(job)
    assert job.state() == "died"


def test_work_that_fell_has_its_reason_in_the_log(tmp_path: Path) -> None:
    job = begin(tmp_path, FALLS)
    until_gone(job)
    assert job.state() == "died"
    assert "the disk is full" in job.log_tail()


def test_a_command_that_does_not_exist_died_with_its_reason(tmp_path: Path) -> None:
    job = start(tmp_path, [str(tmp_path / "no-such-program")])
    until_gone(job)
    assert job.state() == "died"
    assert "no-such-program" in job.log_tail()


def test_the_death_of_whoever_started_it_reaches_nobody(tmp_path: Path) -> None:
    starter = (
        "import signal, sys\nfrom pathlib import Path\nfrom curator.project.jobs.job import start\n"
        "start(Path(sys.argv[1]), [sys.executable, '-c', sys.argv[2], sys.argv[1]])\n"
        "print('started', flush=True)\nsignal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", starter, str(tmp_path), WAITS], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"started\n"
        os.kill(parent.pid, signal.SIGKILL)
    job = attach(tmp_path)
    assert job is not None
    until(job, "progress")
    assert job.state() == "running"
    assert start_mark(parent.pid) is None
    job.cancel()
    until_gone(job)
    assert job.state() == "stopped"


def test_another_process_with_the_same_number_is_not_taken_for_it(tmp_path: Path) -> None:
    job = begin(tmp_path, WAITS)
    until(job, "progress")
    os.kill(job.record.process, signal.SIGKILL)
    until_gone(job)
    record = json.loads((tmp_path / RECORD).read_text())
    (tmp_path / RECORD).write_text(json.dumps(record | {"process": os.getpid()}))
    stale = attach(tmp_path)
    assert stale is not None
    assert stale.state() == "died"
    stale.cancel(at_once=True)  # this very process, were it taken for it
    again = begin(tmp_path, COUNTS_TO_FIVE)
    until_gone(again)
    assert again.state() == "finished"


def test_a_dead_child_that_nobody_waited_for_does_not_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert start_mark(child.pid) is None
    child.wait()


def test_a_second_attempt_goes_on_in_the_same_file_and_is_judged_alone(tmp_path: Path) -> None:
    until_gone(begin(tmp_path, COUNTS_TO_FIVE))
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"v":1,"seq":7,"ev')  # a line that a crash cut short
    second = begin(tmp_path, FALLS)
    assert [event["event"] for event in second.follow()] == ["started"]
    assert second.state() == "died"
    everything = EventReader(tmp_path / "events.jsonl").new()
    assert [event["seq"] for event in everything] == list(range(8))


def test_a_reader_waits_for_the_end_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    reader = EventReader(path)
    assert reader.new() == []
    path.write_bytes(b'{"seq":0,"event":"started"}\n{"seq":1,"event":"prog')
    assert [event["seq"] for event in reader.new()] == [0]
    assert reader.new() == []
    with path.open("ab") as file:
        file.write(b'ress"}\n')
    assert [event["event"] for event in reader.new()] == ["progress"]


def test_runs_are_listed_and_a_damaged_record_is_named(tmp_path: Path) -> None:
    for name in ("b", "a"):
        until_gone(begin(tmp_path / name, COUNTS_TO_FIVE))
    (tmp_path / "empty").mkdir()
    assert [job.folder.name for job in jobs_in(tmp_path)] == ["a", "b"]
    (tmp_path / "a" / RECORD).write_text("{")
    with pytest.raises(WorkFailed, match=RECORD):
        attach(tmp_path / "a")


def test_the_environment_is_not_recorded(tmp_path: Path) -> None:
    environment = os.environ | {"SERVICE_KEY": "very-secret-value"}
    program = COUNTS_TO_FIVE + "\nimport os\nassert os.environ['SERVICE_KEY']"
    job = start(tmp_path, [sys.executable, "-c", program, str(tmp_path)], environment)
    until_gone(job)
    assert job.state() == "finished"
    for path in tmp_path.iterdir():
        assert b"very-secret" not in path.read_bytes()


def test_values_that_json_does_not_know_become_null(tmp_path: Path) -> None:
    job = begin(tmp_path, _BEGIN + 'writer.write("metric", step=1, loss=float("nan"), more=[float("inf")])')
    metric = list(job.follow())[-1]
    assert (metric["loss"], metric["more"]) == (None, [None])
