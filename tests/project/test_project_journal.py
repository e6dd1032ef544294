"""Decisions as JSON Lines: out, in, in again, and refused with the line when they are not sound."""

import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.errors import CuratorError, DecisionConflict, UnreadableInput, WorkFailed
from curator.project.decisions.decision import Proposed, label_value
from curator.project.decisions.journal import import_journal, journal_lines, write_journal
from curator.project.opening import open_project

A, B = "a" * 16, "b" * 16
LINE = {"id": "one", "example": A, "action": "drop", "annotator": "anna", "time": "2026-11-24T09:30:00Z", "version": 1}


@pytest.fixture
def other(tmp_path):
    with open_project([], tmp_path / "other") as opened:
        yield opened


def lines_of(*entries):
    return [json.dumps(entry).encode() + b"\n" for entry in entries]


def test_a_journal_has_the_contracts_fields_and_survives_the_round_trip(project, other, tmp_path):
    project.log.append([Proposed(A, "edit", '{"messages":[{"role":"user","content":"Grüße"}]}', "typo")], "anna")
    project.log.append([Proposed(A, "drop"), Proposed(B, "drop")], "anna", policy="safe")
    project.log.append([Proposed(B, "label", label_value("tone", "warm"))], "bert")
    project.log.undo("anna")
    file = tmp_path / "decisions.jsonl"
    assert write_journal(journal_lines(project.log), file) == 5
    entries = [json.loads(line) for line in file.read_bytes().splitlines()]
    fields = {"id", "example", "action", "value", "reason", "policy", "annotator", "time", "undoes", "version"}
    assert set().union(*entries) | {"version"} == fields
    assert entries[0]["value"] == {"messages": [{"role": "user", "content": "Grüße"}]}
    with file.open("rb") as lines:
        assert import_journal(other.log, lines, file.name) == (5, 0)
    with file.open("rb") as lines:
        assert import_journal(other.log, lines, file.name) == (0, 5)
    assert list(journal_lines(other.log)) == list(journal_lines(project.log))
    assert other.states.present().equals(project.states.present())
    assert other.log.redo("anna").decisions == 2


def test_one_annotators_decisions_can_be_handed_on_alone(project, tmp_path):
    project.log.append([Proposed(A, "keep")], "anna")
    project.log.append([Proposed(A, "drop")], "bert")
    file = tmp_path / "bert.jsonl"
    assert write_journal(journal_lines(project.log, "bert"), file) == 1
    assert json.loads(file.read_text())["annotator"] == "bert"


def test_what_others_programs_write_is_understood(project):
    entry = LINE | {"time": "2026-11-24T10:30:00.5+01:00", "reason": None}
    assert import_journal(project.log, [*lines_of(entry), b"\n", b"  \n"], "theirs.jsonl") == (1, 0)
    [kept] = project.log.of_example(A)
    assert json.loads(next(journal_lines(project.log)))["time"] == "2026-11-24T09:30:00.500000Z"
    assert kept.reason is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"action": "shrug"}, "Invalid enum value 'shrug'"),
        ({"action": "undo"}, "An undo names what it undoes"),
        ({"example": "7"}, "Its example is not an id"),
        ({"example": None}, "Its example is not an id"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"annotator": 5}, "Expected `str`, got `int`"),
        ({"annotator": ""}, "Its annotator is empty"),
        ({"time": "yesterday"}, "Its time is not one: 'yesterday'"),
        ({"time": "2026-11-24T09:30:00"}, "Its time has no zone"),
        ({"time": "1969-01-01T00:00:00Z"}, "before 1970"),
        ({"value": 3}, "'drop' takes no value"),
        ({"version": 99}, "of version 99; this curator knows 2"),
        ({"id": "\x1b[2J"}, "Its id is empty, longer"),
        ({"undoes": "two"}, "Only an undo undoes"),
    ],
)
def test_a_bad_line_is_named_and_nothing_of_the_file_is_imported(project, change, sentence):
    lines = lines_of(LINE, LINE | {"id": "two"} | change)
    with pytest.raises(UnreadableInput, match=r"theirs\.jsonl, line 2: .*Nothing of the file was imported") as refusal:
        import_journal(project.log, lines, "theirs.jsonl")
    assert sentence in str(refusal.value)
    assert project.log.position() == 0


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b"5", b"\xff\xfe", b'{"id": "one"}', b'{"id": "\\ud800"}', b"[" * 100_000]
)
def test_a_line_that_is_no_decision_at_all_is_named(project, line):
    with pytest.raises(UnreadableInput, match="line 1: It is not a decision"):
        import_journal(project.log, [line], "theirs.jsonl")


def test_the_same_id_with_another_content_is_a_conflict(project):
    import_journal(project.log, lines_of(LINE), "theirs.jsonl")
    with pytest.raises(DecisionConflict, match=r"line 2: decision one is here already and says something else"):
        import_journal(project.log, lines_of(LINE | {"id": "two"}, LINE | {"action": "keep"}), "theirs.jsonl")
    with pytest.raises(DecisionConflict, match="line 2"):
        import_journal(project.log, lines_of(LINE | {"id": "four"}, LINE | {"id": "four", "action": "keep"}), "x.jsonl")
    assert project.log.position() == 1


def test_an_undo_may_arrive_before_what_it_undoes(project):
    undo = LINE | {"id": "two", "example": None, "action": "undo", "undoes": "one", "time": "2026-11-24T09:31:00Z"}
    import_journal(project.log, lines_of(undo), "late.jsonl")
    import_journal(project.log, lines_of(LINE), "early.jsonl")
    assert project.states.present()["status"].to_list() == ["pending"]


def test_undos_that_name_each_other_do_not_hang(project):
    undo = {"example": None, "action": "undo"}
    entries = [LINE | undo | {"id": "x", "undoes": "y"}, LINE | undo | {"id": "y", "undoes": "x"}]
    import_journal(project.log, lines_of(LINE, *entries), "knot.jsonl")
    assert project.log.undone() == {"x"}


def test_a_full_disk_leaves_no_half_journal(project, tmp_path, full_disk):
    project.log.append([Proposed(A, "drop", None, "long " * 5000)], "anna")
    file = tmp_path / "decisions.jsonl"
    with full_disk(2000), pytest.raises(WorkFailed, match="disk is full"):
        write_journal(journal_lines(project.log), file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chats.jsonl", "chats.jsonl.curator"]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=60), st.dictionaries(st.sampled_from(sorted(LINE)), st.text() | st.integers())))
def test_whatever_a_line_holds_it_is_imported_or_refused_in_a_sentence(project, line):
    data = line if isinstance(line, bytes) else json.dumps(LINE | line).encode()
    before = project.log.position()
    try:
        import_journal(project.log, io.BytesIO(data), "any.jsonl")
    except CuratorError:
        assert project.log.position() == before
