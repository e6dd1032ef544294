"""The one file that cannot be made again: damaged, of another version, busy, or on a full disk."""

import sqlite3
import subprocess
import sys
import threading

import pytest

from curator.errors import DecisionConflict, UnreadableInput, UsageError, WorkFailed
from curator.project import database as database_module
from curator.project.database import Database
from curator.project.decisions.decision import Proposed
from curator.project.decisions.log import DecisionLog
from curator.project.lock import only_one
from curator.project.opening import open_project

A = "a" * 16


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "project.db"
    database = Database(path)
    DecisionLog(database).append([Proposed(f"{n:016x}", "drop", None, "because " * 40) for n in range(500)], "anna")
    database.close()
    return path


def raw(path, *statements):
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_every_commit_is_flushed_to_the_disk(file):
    database = Database(file)
    assert database.rows("PRAGMA journal_mode") == [("wal",)]
    assert database.rows("PRAGMA synchronous") == [(2,)], "2 is FULL"


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_that_is_no_database_is_told_with_what_to_do(tmp_path, readonly):
    (tmp_path / "project.db").write_bytes(b"this is not a database" * 500)
    with pytest.raises(
        UnreadableInput, match=r"is damaged .* do not delete it.*backup.*--rescue.*decisions import.*\.recover"
    ):
        Database(tmp_path / "project.db", readonly=readonly)


def test_a_damaged_page_is_told_when_it_is_met(file):
    data = bytearray(file.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    file.write_bytes(data)
    with pytest.raises(UnreadableInput, match="is damaged"):
        list(Database(file).chunks("SELECT * FROM decision"))


def test_a_cut_off_database_is_told(file):
    file.write_bytes(file.read_bytes()[: 4096 * 3])
    with pytest.raises(UnreadableInput, match="is damaged"):
        Database(file).rows("SELECT * FROM decision")


def test_another_programs_database_is_left_alone(tmp_path):
    raw(tmp_path / "project.db", "CREATE TABLE songs (title)")
    before = (tmp_path / "project.db").read_bytes()
    with pytest.raises(UnreadableInput, match="not a curator project's database"):
        Database(tmp_path / "project.db")
    assert (tmp_path / "project.db").read_bytes() == before


def test_a_newer_programs_database_is_refused_and_not_changed(file):
    raw(file, "PRAGMA user_version = 7")
    before = file.read_bytes()
    for readonly in (False, True):
        with pytest.raises(UsageError, match=r"newer curator \(its version is 7; this one knows \d\).*Update curator"):
            Database(file, readonly=readonly)
    assert file.read_bytes() == before


def test_an_older_database_is_brought_up_to_date_once_and_keeps_its_decisions(file, monkeypatch):
    step = "CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('one; two');"
    monkeypatch.setattr(database_module, "MIGRATIONS", (*database_module.MIGRATIONS, step))
    with pytest.raises(UsageError, match="older curator"):
        Database(file, readonly=True)
    for _ in range(2):
        database = Database(file)
        assert database.rows("SELECT * FROM note") == [("one; two",)]
        assert database.rows("SELECT count(*) FROM decision") == [(500,)]
        database.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(file, monkeypatch):
    steps = (*database_module.MIGRATIONS, "CREATE TABLE note (text TEXT); CREATE TABLE decision (twice TEXT);")
    with monkeypatch.context() as context:
        context.setattr(database_module, "MIGRATIONS", steps)
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            Database(file)
    database = Database(file)
    assert database.rows("SELECT count(*) FROM sqlite_master WHERE name = 'note'") == [(0,)]
    assert database.rows("SELECT count(*) FROM decision") == [(500,)]


def test_a_second_writer_waits_for_the_first_and_both_decisions_are_there(file):
    first, second = Database(file), Database(file)
    started, log = threading.Event(), DecisionLog(second)

    def decide():
        started.set()
        log.append([Proposed(A, "keep")], "bert")

    writer = threading.Thread(target=decide)
    with first.transaction() as connection:
        writer.start()
        started.wait()
        connection.execute("INSERT INTO session VALUES ('place', '1')")
    writer.join()
    assert log.position() == 501


def test_a_writer_whose_patience_ends_says_so_and_decided_nothing(file):
    first, second = Database(file), Database(file, patience=0)
    with (
        first.transaction(),
        pytest.raises(DecisionConflict, match=r"Another process has been writing .* nothing was decided"),
    ):
        DecisionLog(second).append([Proposed(A, "keep")], "bert")
    assert DecisionLog(second).position() == 500


def test_readers_read_while_someone_writes(file):
    first, reader = Database(file), Database(file, readonly=True, patience=0)
    with first.transaction() as connection:
        connection.execute("INSERT INTO session VALUES ('place', '1')")
        assert reader.rows("SELECT count(*) FROM decision") == [(500,)]
        assert reader.rows("SELECT count(*) FROM session") == [(0,)]


def test_threads_share_a_database_and_every_decision_arrives(project):
    def decide(name):
        for _ in range(20):
            project.log.append([Proposed(A, "keep")], name)

    threads = [threading.Thread(target=decide, args=(f"annotator {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert project.log.position() == 80


def test_a_full_disk_refuses_the_decision_and_keeps_all_earlier_ones(project, full_disk):
    project.log.append([Proposed(A, "keep")], "anna")
    size = max(file.stat().st_size for file in project.folder.path.glob("project.db*"))
    confirmed = 0
    with full_disk(size + 10_000), pytest.raises(WorkFailed, match=r"disk .*full"):
        while confirmed < 50:
            project.log.append([Proposed(f"{n:016x}", "drop", None, "x" * 500) for n in range(20)], "bert")
            confirmed += 1
    kept = project.log.position()
    assert kept == 1 + 20 * confirmed
    project.log.append([Proposed(A, "drop")], "anna")
    assert project.log.position() == kept + 1


MAKE = (
    "import sys; from pathlib import Path; from curator.project.database import Database; Database(Path(sys.argv[1]))"
)


def test_processes_that_make_the_same_database_at_once_do_not_disturb_each_other(tmp_path):
    makers = [subprocess.Popen([sys.executable, "-c", MAKE, tmp_path / "project.db"]) for _ in range(4)]
    assert [maker.wait() for maker in makers] == [0] * 4
    assert Database(tmp_path / "project.db").rows("SELECT count(*) FROM project") == [(1,)]


HOLD = """
import sys
from pathlib import Path
from curator.project.lock import only_one
from curator.project.opening import open_project
with open_project([Path(sys.argv[1])]) as project, only_one(project, "an audit"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_work_is_refused_while_another_process_works_and_free_again_once_that_was_killed(data):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, data], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        with open_project([data]) as project:
            refusal = rf"An audit is running on .* \(process {holder.pid}, since .*\), so an export cannot start"
            with pytest.raises(DecisionConflict, match=refusal), only_one(project, "an export", patience=0):
                pass
            project.log.append([Proposed(A, "keep")], "anna")
            holder.kill()
            holder.wait()
            with only_one(project, "an export", patience=0):
                pass
    finally:
        holder.kill()
        holder.communicate()


def test_a_lock_that_is_no_lock_says_what_to_delete(project):
    (project.folder.path / "lock.db").write_bytes(b"scribble" * 1000)
    with pytest.raises(WorkFailed, match=r"lock\.db cannot be locked .* Delete it"), only_one(project, "an audit"):
        pass
