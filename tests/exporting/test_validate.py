import gzip
import json
from pathlib import Path

import pytest

from curator.errors import UnreadableInput, UsageError
from curator.targets.correction import correct
from curator.targets.file_validation import validate
from curator.targets.registry import TARGETS

SAMPLES = Path(__file__).parents[2] / "sample_data"

COOKBOOK_NAMES = {
    "unrecognised-example": ("data_type", "missing_messages_list"),
    "unknown-role": ("message_missing_key", "unrecognized_role"),
    "missing-content": ("message_missing_key", "missing_content"),
    "empty-content": ("missing_content",),
    "unexpected-key": ("message_unrecognized_key",),
    "no-assistant-message": ("example_missing_assistant_message",),
}
"""By rule, the names under which the cookbook's notebook counts the same fault."""


def chat(*turns, **more):
    return {"messages": [{"role": role, "content": content} for role, content in turns], **more}


def write(path, values):
    path.write_bytes(b"".join(json.dumps(value).encode() + b"\n" for value in values))
    return path


def found(path, target, **more):
    return {(violation.rule, violation.line) for violation in validate(path, target, **more)}


def cookbook_errors(value):
    """The format checks of OpenAI's data preparation notebook, as it has them."""
    if not isinstance(value, dict):
        return {"data_type"}
    messages = value.get("messages", None)
    if not messages:
        return {"missing_messages_list"}
    errors = set()
    for message in messages:
        if "role" not in message or "content" not in message:
            errors.add("message_missing_key")
        if any(key not in ("role", "content", "name", "function_call", "weight") for key in message):
            errors.add("message_unrecognized_key")
        if message.get("role", None) not in ("system", "user", "assistant", "function"):
            errors.add("unrecognized_role")
        content = message.get("content", None)
        if (not content and not message.get("function_call", None)) or not isinstance(content, str):
            errors.add("missing_content")
    if not any(message.get("role", None) == "assistant" for message in messages):
        errors.add("example_missing_assistant_message")
    return errors


def test_whatever_the_cookbook_counts_as_a_fault_is_a_fault_here_too(tmp_path):
    faulty = [
        [1],
        {"messages": []},
        {"text": "a"},
        chat(("user", "a"), ("assistant", None)),
        chat(("user", 7), ("assistant", "b")),
        chat(("robot", "a"), ("assistant", "b")),
        chat(("user", "a")),
        {"messages": [{"content": "a"}, {"role": "assistant", "content": "b"}]},
        {"messages": [{"role": "user"}, {"role": "assistant", "content": "b"}]},
        {"messages": [{"role": "user", "content": "a", "mood": 1}, {"role": "assistant", "content": "b"}]},
        chat(("user", ""), ("assistant", "b")),
    ]
    for value in faulty:
        names = {
            name
            for violation in validate(write(tmp_path / "a.jsonl", [value]), "openai")
            for name in COOKBOOK_NAMES.get(violation.rule, ())
        }
        assert cookbook_errors(value) <= names


def test_valid_modern_lines_that_the_cookbook_rejects_are_accepted(tmp_path):
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    modern = [
        {
            "messages": [
                {"role": "developer", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "Look."}]},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": "ok"},
                {"role": "assistant", "content": f"Done {number}."},
            ],
            "tools": [{"type": "function", "function": {"name": "f"}}],
            "parallel_tool_calls": False,
        }
        for number in range(60)
    ]
    assert all(cookbook_errors(value) for value in modern)
    assert not found(write(tmp_path / "a.jsonl", modern), "openai")


def test_a_broken_line_never_hides_the_lines_after_it(tmp_path):
    good = [json.dumps(chat(("user", f"q{number}"), ("assistant", "a"))).encode() for number in range(60)]
    broken = {3: b"{", 5: b"\xff\xfe", 8: b"", 9: b'{"messages": 1}', 40: b"[" * 5000}
    lines = [broken.get(number, line) for number, line in enumerate(good, 1)]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(lines))
    assert {line for _, line in found(path, "openai")} == set(broken)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_hostile_lines_are_judged_without_a_failure(target):
    for name in ("hostile.jsonl", "messy.jsonl"):
        path = SAMPLES / name
        if path.exists():
            assert all(violation.message for violation in validate(path, target.name))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_in_the_data_reaches_a_message_unseen(target, tmp_path):
    evil = "\x1b[31m\u202e"
    values = [
        {"messages": [{"role": evil, "content": "a", evil: 1}], evil: 1},
        chat(("user", "a"), ("assistant", "b"), tools=[{"type": "function", "function": {"name": evil}}]),
        {"conversations": [{"from": evil, "value": evil}]},
        {"contents": [{"role": evil, "parts": [{evil: 1}], evil: 2}]},
    ]
    for violation in validate(write(tmp_path / "a.jsonl", values), target.name):
        assert "\x1b" not in violation.message + violation.path
        assert "\u202e" not in violation.message + violation.path


def test_packed_files_are_read_and_named_as_what_a_service_does_not_take(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(
        gzip.compress(
            b"".join(json.dumps(chat(("user", str(n)), ("assistant", "a"))).encode() + b"\n" for n in range(60))
        )
    )
    assert found(path, "openai") == {("file-format", None)}


def test_an_unknown_target_and_an_unreadable_file_are_refused_in_a_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"no target 'opnai'\. Did you mean 'openai'\? Known targets: openai"):
        list(validate(tmp_path / "a.jsonl", "opnai"))
    with pytest.raises(UnreadableInput, match="does not exist"):
        list(validate(tmp_path / "a.jsonl", "openai"))


def test_a_corrected_copy_keeps_sound_lines_puts_right_what_it_can_and_names_the_rest(tmp_path):
    sound = chat(("user", "a"), ("assistant", "b"))
    weighted = {"messages": [{"role": "user", "content": "c", "weight": 1}, {"role": "assistant", "content": "d"}]}
    foreign = {"conversations": [{"from": "human", "value": "e"}, {"from": "gpt", "value": "f"}]}
    developer = chat(("developer", "Be kind."), ("user", "g"), ("assistant", "h"))
    hopeless = chat(("user", "i"), ("user", "j"))
    path = write(tmp_path / "mine.jsonl", [sound, weighted, foreign, developer, hopeless])
    before = path.read_bytes()
    result = correct(path, "together")
    assert result.path == tmp_path / "mine.corrected.jsonl"
    assert (result.kept, result.changed, result.skipped) == (1, 3, 1)
    assert path.read_bytes() == before
    assert [json.loads(line) for line in result.path.read_bytes().splitlines()] == [
        sound,
        chat(("user", "c"), ("assistant", "d")),
        chat(("user", "e"), ("assistant", "f")),
        chat(("system", "Be kind."), ("user", "g"), ("assistant", "h")),
    ]
    assert not [violation for violation in validate(result.path, "together") if violation.severity == "error"]
    assert [line for line, _ in result.refused] == [5]
    assert [line for line, _, losses in result.changes if losses] == [2, 4]
    with pytest.raises(UsageError, match="is there already"):
        correct(path, "together")


def test_a_corrected_copy_for_azure_has_its_byte_order_mark_and_no_line_twice(tmp_path):
    values = [chat(("user", str(number // 2)), ("assistant", "a")) for number in range(40)]
    result = correct(write(tmp_path / "mine.jsonl", values), "azure")
    assert (result.kept, result.skipped) == (20, 20)
    assert {rule for rule, _ in found(result.path, "azure")} == {"too-few-examples"}
    assert all(violation.severity == "warning" for violation in validate(result.path, "azure"))
