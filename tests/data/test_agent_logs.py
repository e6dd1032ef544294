"""Session logs of agents are read as the conversations that they record."""

import json

import polars as pl
import pytest

from curator.audit.loading.load import ReadingOptions
from curator.data.batches import read_batch
from curator.data.blocks import LONGEST_LINE
from curator.data.logs import sessions
from curator.data.sources.source import blocks, expand
from tests.data.sessions import (
    ANSWER,
    ARGUMENTS,
    CLAUDE_CODE,
    CODEX,
    LOGS,
    OPENTELEMETRY,
    PI,
    TASK,
    THOUGHT,
    TURNS,
    WITHOUT_THOUGHT,
    batch,
    claude_event,
    span,
)


def write(folder, events, name="log.jsonl"):
    path = folder / name
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def read(path):
    """What the file holds, as one batch, and its format."""
    (source,) = expand([str(path)])
    (block,) = blocks(source)
    dialect = ReadingOptions().recognised(source, block).dialect
    return read_batch(block, dialect), dialect.name


def turns(batch, row=0):
    return list(batch.messages.filter(pl.col("row") == row).select("role", "content").iter_rows())


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_a_conversation_with_its_call_its_result_and_its_thought(name, tmp_path):
    found, dialect = read(write(tmp_path, LOGS[name]))
    assert dialect == name.partition(",")[0]
    assert found.refused.filter(pl.col("row").is_null()).is_empty()
    assert turns(found) == TURNS
    (calls,) = found.messages["tool_calls"].drop_nulls()
    (call,) = json.loads(calls)
    arguments = call["function"]["arguments"]
    assert (call["id"], call["function"]["name"]) == ("t1", "Bash")
    assert (json.loads(arguments) if isinstance(arguments, str) else arguments) == ARGUMENTS
    assert found.messages["tool_call_id"].drop_nulls().to_list() == ["t1"]
    assert found.messages["reasoning"].drop_nulls().to_list() == ([] if name in WITHOUT_THOUGHT else [THOUGHT])


@pytest.mark.parametrize("name", ["claude-code", "codex", "pi", "openai-agents", "opentelemetry"])
def test_several_sessions_in_one_file_are_several_conversations(name, tmp_path):
    text = json.dumps(LOGS[name])
    events = [event for number in range(3) for event in json.loads(text.replace('"s1"', f'"s{number}"'))]
    found, _ = read(write(tmp_path, events))
    assert [turns(found, row) for row in range(3)] == [TURNS] * 3
    assert found.examples["line"].is_sorted()


def test_a_session_may_be_an_array_or_lie_in_a_column_of_a_row(tmp_path):
    as_array = tmp_path / "session.json"
    as_array.write_text(json.dumps(CLAUDE_CODE, indent=1))
    assert turns(read(as_array)[0]) == TURNS
    row = {"harness": "claude", "traces": [json.dumps(event) for event in CLAUDE_CODE]}
    found, _ = read(write(tmp_path, [row, {**row, "harness": "other"}]))
    assert [turns(found, row) for row in (0, 1)] == [TURNS, TURNS]
    assert "harness" in found.examples["extra_keys"][0]


def test_interleaved_traces_are_told_apart_even_where_few_may_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "_OPEN", 1 << 20)
    spans = [span(at, [{"role": "user", "content": f"{trace}"}], [{"role": "assistant", "content": "Yes."}], trace)
             for at in (1, 2) for trace in ("x", "y", "z")]  # fmt: skip
    found, _ = read(write(tmp_path, [batch(one) for one in spans]))
    assert [turns(found, row)[0] for row in range(3)] == [("user", "x"), ("user", "y"), ("user", "z")]


def test_an_agent_that_another_started_has_a_conversation_of_its_own(tmp_path):
    side = [
        claude_event("user", "Count them", 11, None, isSidechain=True),
        claude_event("assistant", [{"type": "text", "text": "Two."}], 12, "a11", isSidechain=True),
    ]
    found, _ = read(write(tmp_path, [*CLAUDE_CODE[:4], *side, *CLAUDE_CODE[4:]]))
    assert turns(found, 0) == TURNS
    assert turns(found, 1) == [("user", "Count them"), ("assistant", "Two.")]


def test_a_question_that_was_asked_again_leaves_the_abandoned_branch_out_and_says_so(tmp_path):
    again = [
        claude_event("user", "And the folders?", 6, "a5"),
        claude_event("assistant", [{"type": "text", "text": "None."}], 7, "a6"),
        claude_event("user", "And all the folders?", 8, "a5"),
        claude_event("assistant", [{"type": "text", "text": "One: src."}], 9, "a8"),
    ]
    found, _ = read(write(tmp_path, [*CLAUDE_CODE, *again]))
    assert turns(found) == [*TURNS, ("user", "And all the folders?"), ("assistant", "One: src.")]
    assert "2 × message of an abandoned branch" in found.refused["message"][0]


@pytest.mark.parametrize(
    ("events", "behind"),
    [
        ([*CLAUDE_CODE, {"type": "system", "subtype": "compact_boundary", "sessionId": "s1", "uuid": "b"},
          claude_event("user", "So far: two files.", 8, "b", isCompactSummary=True)], 4),
        ([*CODEX, {"type": "compacted", "payload": {"message": "So far: two files."}}], 4),
        ([*PI, {"type": "compaction", "id": "c", "parentId": "e3", "timestamp": "t",
                "summary": "So far: two files."}], 4),
    ],
    ids=["claude-code", "codex", "pi"],
)  # fmt: skip
def test_where_a_session_was_compacted_is_marked(events, behind, tmp_path):
    found, _ = read(write(tmp_path, events))
    assert turns(found)[-1] == ("user", "So far: two files.")
    assert json.loads(found.examples["extra"][0])["compacted_at"] == [behind]
    assert f"message {behind} sums up" in found.refused["message"][0]


def test_home_folders_lose_their_names_and_are_counted(tmp_path):
    events = [
        claude_event("user", "Look into /home/anna/shop and C:\\Users\\anna\\shop, not /home/user/x", 1),
        claude_event("assistant", [{"type": "tool_use", "id": "t", "name": "Read", "input": {
            "path": "/Users/anna.b/.claude/projects/-Users-anna-b-shop/m.md"}}], 2),
    ]  # fmt: skip
    found, _ = read(write(tmp_path, events))
    assert turns(found)[0][1] == "Look into /home/user/shop and C:\\Users\\user\\shop, not /home/user/x"
    assert "anna" not in found.messages["tool_calls"].drop_nulls()[0]
    assert json.loads(found.examples["extra"][0])["home_folders_replaced"] == 4


def test_a_secret_in_a_session_is_a_finding_and_not_replaced(tmp_path):
    key = "ghp_" + "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW2xY4"
    found, _ = read(write(tmp_path, [claude_event("user", f"Use {key}", 1), *CLAUDE_CODE[2:]]))
    assert key in turns(found)[0][1]


def test_a_damaged_line_costs_itself_and_a_trace_without_messages_is_said(tmp_path):
    path = write(tmp_path, CLAUDE_CODE)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:4], '{"type": "assistant", "mess', *lines[4:]]) + "\n")
    found, _ = read(path)
    assert turns(found) == TURNS
    assert found.refused["check"].to_list() == ["invalid-json"]
    silent = [batch({"traceId": "q", "name": "GET /", "attributes": []})]
    found, _ = read(write(tmp_path, [*OPENTELEMETRY, *silent]))
    assert turns(found) == TURNS
    assert found.refused["message"].to_list() == [
        "The trace holds no messages: what was said was not recorded with it."
    ]


def test_data_that_only_look_like_a_log_are_read_as_before(tmp_path):
    value = {
        "messages": [{"role": "user", "content": TASK}, {"role": "assistant", "content": ANSWER}],
        "sessionId": "s1",
    }
    found, dialect = read(write(tmp_path, [value] * 3))
    assert dialect == "chat"
    assert len(found.examples) == 3


def test_a_session_larger_than_any_example_is_refused_with_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "LONGEST_LINE", 2_000)
    long = [claude_event("user", "x" * 300, number) for number in range(1, 20)]
    found, _ = read(write(tmp_path, [*long, *json.loads(json.dumps(CLAUDE_CODE).replace('"s1"', '"s2"'))]))
    assert turns(found) == TURNS
    assert found.refused["check"].to_list() == ["unrecognised-example"]
    assert LONGEST_LINE == 64 << 20
