"""Whatever a journal holds, importing it ends with 0 or 2, and the log can be exported, replayed and imported again."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curator.cli.boundary import run
from curator.project.decisions.decision import Proposed
from curator.project.opening import open_project

A = "a" * 16
CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
COMMON = {"example": A, "annotator": "anna", "time": "2020-11-24T09:30:00Z", "version": 1}
SOUND = [
    COMMON | {"id": "one", "action": "drop", "reason": "why", "policy": "safe"},
    COMMON | {"id": "two:0", "action": "edit", "value": CHAT | {"tools": [{"type": "function"}], "label": True}},
    COMMON | {"id": "six", "action": "add", "value": {"messages": [{"role": "assistant", "tool_calls": [CALL]}]}},
    COMMON | {"id": "three", "action": "label", "value": {"name": "tone", "value": ["warm", "short"]}},
    COMMON | {"id": "four", "action": "label", "value": {"name": "mark", "value": 3}},
    COMMON | {"id": "five", "action": "undo", "example": None, "undoes": "one"},
]
TEXTS = ("", " ", ":", ":x", "a:b:c", "\0", "\ud800", "\u202e", "\x1b[2J", "x" * 300, "null", A + "-2", A + "-0")
TIMES = ("9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "+010000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z")
ODD = st.sampled_from([*TEXTS, *TIMES, "2020-02-30T00:00:00Z", "9999-12-31T23:59:59-23:59", 10**30, -(10**30), 2**63])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | ODD,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["messages", "role", "content", "name", "value", "label", "tools"]), inner)
    ),
    max_leaves=8,
)


@st.composite
def mutated(draw):
    """A sound line with one place in it changed, or its bytes."""
    line = json.loads(json.dumps(draw(st.sampled_from(SOUND))))
    place, key = line, draw(st.sampled_from(sorted(line)))
    while isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
        place = place[key]
        key = draw(st.sampled_from(sorted(place)) if isinstance(place, dict) else st.integers(0, len(place) - 1))
    place[key] = draw(JSON)
    data = bytearray(json.dumps(line, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass"))
    if draw(st.integers(0, 4)) == 0:
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


LINES = st.lists(
    mutated()
    | st.sampled_from([json.dumps(line).encode() for line in SOUND])
    | st.dictionaries(st.sampled_from(sorted(SOUND[0])) | st.text(), JSON).map(
        lambda line: json.dumps(line).encode("utf-8", "surrogatepass")
    )
    | st.binary(max_size=40),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(LINES)
def test_whatever_a_journal_holds_the_log_is_never_stuck(data, tmp_path, lines):
    theirs, ours = tmp_path / "theirs.jsonl", tmp_path / "ours.jsonl"
    theirs.write_bytes(b"\n".join(lines))
    assert run(["decisions", "import", str(data), str(theirs)]) in (0, 2)
    assert run(["decisions", "export", str(data), str(ours)]) == 0
    before = ours.read_bytes()
    assert run(["decisions", "import", str(data), str(ours)]) == 0
    with open_project([data]) as project:
        project.states.replayed()
        project.states.labels()
        project.log.undo("anna")
        project.log.redo("anna")
    assert run(["decisions", "export", str(data), str(ours)]) == 0
    assert ours.read_bytes().startswith(before) or set(before.splitlines()) <= set(ours.read_bytes().splitlines())


POISON = [
    {"time": 253_402_300_799_999_999},
    {"time": 2**63 - 1},
    {"time": -(2**63)},
    {"time": "soon"},
    {"id": ":1"},
    {"id": 7},
    {"action": "shrug"},
    {"action": "label", "value": "{"},
    {"action": "label", "value": '{"name": "tone", "value": 1e999}'},
    {"action": "edit", "value": '{"messages": [5]}'},
    {"action": "undo", "undoes": None},
    {"example": None},
    {"version": -5},
    {"annotator": b"anna"},
]


@pytest.mark.parametrize("change", POISON, ids=str)
def test_a_row_that_is_in_the_log_already_stops_nothing(data, tmp_path, change, capsys):
    row = {"id": "x", "example": A, "action": "drop", "annotator": "anna", "time": 1_600_000_000_000_000, "version": 1}
    row |= change
    with open_project([data]) as project, project.database.transaction() as connection:
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO decision ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    file = tmp_path / "all.jsonl"
    with open_project([data]) as project:
        last_position = project.states.present()
        project.log.append([Proposed("b" * 16, "drop")], "anna")
        assert project.states.present().filter(id="b" * 16)["status"].to_list() == ["drop"]
        assert len(project.states.present()) >= len(last_position)
        assert project.log.undo("anna") is not None
    assert run(["decisions", "export", str(data), str(file)]) == 0
    edits = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert len(edits) == 3
    if change in POISON[:3]:
        assert run(["decisions", "import", str(data), str(file)]) == 0
        assert "0 decisions are new, 3 were there already" in capsys.readouterr().out


def test_a_line_from_the_future_is_refused_by_file_and_line(data, tmp_path, capsys):
    file = tmp_path / "theirs.jsonl"
    file.write_text(json.dumps(SOUND[0]) + "\n" + json.dumps(SOUND[0] | {"id": "b", "time": "9999-01-01T00:00:00Z"}))
    assert run(["decisions", "import", str(data), str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{file}, line 2: Its time, 9999-01-01T00:00:00.000000Z, is in the future." in said
    assert run(["decisions", "export", str(data), "-"]) == 0
    assert capsys.readouterr().out == ""
