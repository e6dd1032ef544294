"""Where a project is, for whom, and what happens where nothing may be written."""

import shutil

import pytest

from curator.errors import UnreadableInput, UsageError, WorkFailed
from curator.project.decisions.decision import Proposed
from curator.project.folder import folder_for
from curator.project.opening import open_project

A = "a" * 16


def files(folder, *names):
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def test_one_files_project_is_beside_it_and_named_after_it(tmp_path):
    [file] = files(tmp_path, "chats.jsonl.gz")
    with open_project([file]) as project:
        assert project.folder.path == tmp_path / "chats.jsonl.gz.curator"
        assert project.folder.note is None
        names = {path.name for path in project.folder.path.iterdir()}
    assert {"project.db", "cache", "exports", "runs", "logs"} <= names


def test_several_files_project_is_named_after_their_common_folder(tmp_path):
    sources = files(tmp_path, "desk/2025/a.jsonl", "desk/2026/b.jsonl")
    assert folder_for(sources).path == tmp_path / "desk" / "desk.curator"
    assert folder_for(sources[:1] * 2).path == tmp_path / "desk" / "2025" / "a.jsonl.curator"


def test_the_project_lists_its_sources_and_moves_with_them(tmp_path):
    sources = files(tmp_path / "here", "b.jsonl", "a.jsonl")
    with open_project(sources) as project:
        assert project.sources() == sources
        project.log.append([Proposed(A, "keep")], "anna")
    shutil.move(tmp_path / "here", tmp_path / "there")
    (tmp_path / "there" / "here.curator").rename(tmp_path / "there" / "there.curator")
    moved = [tmp_path / "there" / path.name for path in sources]
    with open_project(moved[::-1]) as project:
        assert project.log.position() == 1


def test_another_set_of_files_is_refused_unless_the_project_is_named(tmp_path):
    a, b, c = files(tmp_path, "a.jsonl", "b.jsonl", "c.jsonl")
    with open_project([a, b]) as project:
        folder = project.folder.path
        project.log.append([Proposed(A, "keep")], "anna")
    with (
        pytest.raises(
            UsageError, match=r"is about a.jsonl, b.jsonl, and not about a.jsonl, b.jsonl, c.jsonl.*--project"
        ),
        open_project([a, b, c]),
    ):
        pass
    with open_project([a, b, c], named=folder) as project:
        assert project.sources() == [a, b, c]
        assert project.log.position() == 1


def test_a_named_folder_is_made_with_all_that_is_above_it(tmp_path, data):
    with open_project([data], named=tmp_path / "new" / "place") as project:
        assert project.folder.path == tmp_path / "new" / "place"
        assert project.folder.exports.is_dir()


def test_standard_input_has_a_project_of_its_own_and_a_note_says_where():
    with open_project([]) as project:
        assert str(project.folder.path) in project.folder.note
        assert "--project" in project.folder.note
        assert project.sources() == []
    shutil.rmtree(project.folder.path)


def test_what_the_session_remembers_is_there_after_reopening(data):
    with open_project([data]) as project:
        assert project.recall("place") is None
        project.remember("place", {"example": A, "filter": "check:refusal"})
    with open_project([data]) as project:
        assert project.recall("place") == {"example": A, "filter": "check:refusal"}


def test_a_folder_that_may_not_be_written_moves_the_project_to_the_users_own_and_says_so(ordinary_user):
    [file] = files(ordinary_user / "shared", "chats.jsonl")
    (ordinary_user / "shared").chmod(0o555)
    with open_project([file]) as project:
        own = project.folder.path
        assert project.folder.note == f"{file}.curator may not be written, so the project is kept in {own}."
        assert own.name.startswith("chats.jsonl-")
        project.log.append([Proposed(A, "keep")], "anna")
    for readonly in (False, True):
        with open_project([file], readonly=readonly) as project:
            assert project.log.position() == 1
    (ordinary_user / "shared").chmod(0o755)
    assert [path.name for path in (ordinary_user / "shared").iterdir()] == ["chats.jsonl"]


def test_files_of_one_name_in_two_locked_folders_have_two_projects(ordinary_user):
    locations = []
    for name in ("one", "two"):
        [file] = files(ordinary_user / name, "chats.jsonl")
        (ordinary_user / name).chmod(0o555)
        locations.append(folder_for([file]).path)
        (ordinary_user / name).chmod(0o755)
    assert locations[0] != locations[1]


def locked_project(folder):
    [file] = files(folder, "chats.jsonl")
    with open_project([file]) as project:
        project.log.append([Proposed(A, "drop")], "anna")
        place = project.folder.path
    for path in (place, place / "cache", folder):
        path.chmod(0o555)
    (place / "project.db").chmod(0o444)
    return file, place


def unlock(place):
    for path in (place.parent, place, place / "cache"):
        path.chmod(0o755)


def test_a_project_in_a_locked_folder_can_be_read_where_it_is(ordinary_user):
    file, place = locked_project(ordinary_user / "shared")
    with open_project([file], readonly=True) as project:
        assert project.folder.path == place
        assert project.states.present()["status"].to_list() == ["drop"]
        assert not project.cache.folder.is_relative_to(place)
        project.cache.store("abc-1", lambda path: path.write_bytes(b"derived"))
    unlock(place)


def test_deciding_beside_a_locked_project_says_that_its_decisions_do_not_count(ordinary_user):
    file, place = locked_project(ordinary_user / "shared")
    with open_project([file]) as project:
        assert "What was decided there before stays there" in project.folder.note
        assert project.log.position() == 0
    unlock(place)


def test_a_named_folder_that_may_not_be_written_is_refused_in_a_sentence(ordinary_user):
    (ordinary_user / "locked").mkdir(mode=0o555)
    with (
        pytest.raises(UsageError, match="may not be written by this user"),
        open_project([], named=ordinary_user / "locked" / "project"),
    ):
        pass


def test_a_file_in_the_place_of_the_folder_is_told(data):
    data.with_name("chats.jsonl.curator").write_text("in the way")
    with pytest.raises(WorkFailed, match=r"chats\.jsonl\.curator could not be written"), open_project([data]):
        pass


def test_reading_only_does_not_make_a_project(data):
    with pytest.raises(UnreadableInput, match=r"no project .* yet.*curator audit"), open_project([data], readonly=True):
        pass
    assert list(data.parent.iterdir()) == [data]
