"""Damage to `project.db`: a flipped byte or a lost page is noticed, or changes nothing; what is left can be saved."""

import json
import random
import shutil

import pytest

from curator.cli.boundary import run
from curator.errors import CuratorError
from curator.project.database import Database
from curator.project.decisions.decision import Proposed, label_value
from curator.project.decisions.journal import journal_lines
from curator.project.decisions.log import DecisionLog
from curator.project.opening import open_project

PAGE = 4096


@pytest.fixture
def decided(data):
    """A closed project with decisions of every kind; its database and its journal."""
    with open_project([data]) as project:
        for start in range(0, 300, 30):
            ids = [f"{number:016x}" for number in range(start, start + 30)]
            project.log.append(
                [Proposed(id_, "drop", None, f"a reason that is long enough {id_}") for id_ in ids], "anna"
            )
        project.log.append([Proposed("a" * 16, "label", label_value("tone", "warm"))], "bert")
        project.log.append([Proposed("b" * 16, "edit", '{"messages":[{"role":"user","content":"Grüße"}]}')], "bert")
        project.log.undo("anna")
        project.remember("place", {"example": 7})
        journal = list(journal_lines(project.log))
    return project.folder.database, journal


def journal_of(path):
    database = Database(path)
    try:
        return list(journal_lines(DecisionLog(database)))
    finally:
        database.close()


def damaged(data, chance, kind):
    """A copy with one damage of a kind somewhere."""
    changed, at = bytearray(data), chance.randrange(len(data))
    page = at // PAGE * PAGE
    match kind:
        case "bit":
            changed[at] ^= 1 << chance.randrange(8)
        case "bytes":
            changed[at : at + 8] = chance.randbytes(len(changed[at : at + 8]))
        case "zeroed page":
            changed[page : page + PAGE] = bytes(PAGE)
        case "swapped pages":
            other = chance.randrange(len(data) // PAGE) * PAGE
            changed[page : page + PAGE], changed[other : other + PAGE] = (
                data[other : other + PAGE],
                data[page : page + PAGE],
            )
        case "cut off":
            del changed[at:]
    return bytes(changed)


@pytest.mark.parametrize("kind", ["bit", "bytes", "zeroed page", "swapped pages", "cut off"])
@pytest.mark.parametrize("marked", [True, False], ids=["closed in order", "after a crash"])
def test_every_damage_is_refused_or_harmless_and_nothing_is_overwritten(decided, tmp_path, kind, marked):
    path, journal = decided
    data, chance = path.read_bytes(), random.Random(f"{kind} {marked}")
    noticed = 0
    for number in range(60):
        place = tmp_path / str(number)
        place.mkdir()
        copy = place / "project.db"
        if marked:
            shutil.copy(path.with_name("project.db.checked"), place)
        bad = damaged(data, chance, kind)
        copy.write_bytes(bad)
        try:
            assert journal_of(copy) == journal
        except CuratorError as error:
            noticed += 1
            assert error.exit_code == 2
            assert copy.read_bytes() == bad
    assert noticed > 15


def test_a_changed_letter_in_a_reason_is_noticed(decided):
    path, _ = decided
    path.write_bytes(path.read_bytes().replace(b"long enough 0000000000000007", b"long enouch 0000000000000007", 1))
    with pytest.raises(CuratorError, match=r"damaged \(a decision no longer says what it said\)\. Nothing in it was"):
        journal_of(path)


def test_a_backup_put_back_is_taken_as_it_is(decided, data):
    path, journal = decided
    backup = path.read_bytes()
    with open_project([data]) as project:
        project.log.append([Proposed("c" * 16, "keep")], "anna")
    path.write_bytes(backup)
    assert journal_of(path) == journal


def test_an_emptied_database_is_not_taken_for_a_new_one(decided):
    path, _ = decided
    path.write_bytes(b"")
    with pytest.raises(CuratorError, match="it is empty now"):
        Database(path)
    path.unlink()
    Database(path).close()


def test_what_is_left_of_a_damaged_database_can_be_written_down_and_imported_again(decided, data, tmp_path, capsys):
    path, journal = decided
    changed = bytearray(path.read_bytes())
    at = changed.index(b"long enough 0000000000000007")
    changed[at : at + 4] = b"LONG"
    path.write_bytes(changed)
    rescued = tmp_path / "rescued.jsonl"
    assert run(["decisions", "export", str(data), str(rescued)]) == 2
    assert "--rescue" in capsys.readouterr().err
    assert run(["decisions", "export", str(data), str(rescued), "--rescue"]) == 0
    assert "1 could not be read" in capsys.readouterr().err
    assert path.read_bytes() == changed
    lines = rescued.read_bytes().splitlines(keepends=True)
    assert lines == [line for line in journal if json.loads(line).get("example") != "0000000000000007"]
    path.unlink()
    assert run(["decisions", "import", str(data), str(rescued)]) == 0
    assert journal_of(path) == lines


def test_a_project_of_an_earlier_version_keeps_its_decisions_and_is_guarded_from_then_on(data, monkeypatch):
    from curator.project import database as module

    with open_project([data]) as project:
        path = project.folder.database
    for file in path.parent.glob("project.db*"):
        file.unlink()
    with monkeypatch.context() as earlier:
        earlier.setattr(module, "MIGRATIONS", module.MIGRATIONS[:2])
        database = Database(path)
        with database.transaction() as connection:
            for number in range(50):
                connection.execute(
                    "INSERT INTO decision (id, example, action, reason, annotator, time, version)"
                    " VALUES (?, ?, 'drop', 'as it was', 'anna', ?, 1)",
                    (f"unit:{number:02d}", "a" * 16, 1_700_000_000_000_000 + number),
                )
        database.close()
    assert len(journal_of(path)) == 50
    path.write_bytes(path.read_bytes().replace(b"as it was", b"as it is!", 1))
    with pytest.raises(CuratorError, match="damaged"):
        journal_of(path)
