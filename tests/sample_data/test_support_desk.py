"""The clean support desk is what its README says it is."""

import json
from typing import Any

import pytest

from sample_data import make_support_desk as desk

Example = dict[str, Any]


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    text = (desk.HERE / "support_desk.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]


def test_the_script_writes_the_file_that_is_committed():
    edits = "".join(desk.as_line(example) + "\n" for example in desk.make())
    assert (desk.HERE / "support_desk.jsonl").read_bytes() == edits.encode()


def test_there_are_six_hundred_examples_with_one_system_message(examples):
    assert len(examples) == 600
    assert {example["messages"][0]["content"] for example in examples} == {desk.SYSTEM}


def test_every_answer_in_words_ends_with_the_closing_line(examples):
    answers = [
        message["content"]
        for example in examples
        for message in example["messages"]
        if message["role"] == "assistant" and message["content"] is not None
    ]
    assert all(answer.endswith("\n\n" + desk.MARKER) for answer in answers)
    assert all(example["messages"][-1]["role"] == "assistant" for example in examples)


def test_no_slot_or_choice_is_left_open(examples):
    texts = [
        message["content"] or "" for example in examples for message in example["messages"] if message["role"] != "tool"
    ]
    assert not [text for text in texts if set("<>|()[]") & set(text)]


def test_every_tool_call_is_declared_parses_and_is_answered(examples):
    with_tools = [example for example in examples if "tools" in example]
    assert 90 <= len(with_tools) <= 150
    for example in with_tools:
        declared = {tool["function"]["name"]: tool["function"]["parameters"] for tool in example["tools"]}
        calls = [call for message in example["messages"] for call in message.get("tool_calls", [])]
        answered = [message["tool_call_id"] for message in example["messages"] if message["role"] == "tool"]
        assert [call["id"] for call in calls] == answered
        for call in calls:
            arguments = json.loads(call["function"]["arguments"])
            assert sorted(arguments) == declared[call["function"]["name"]]["required"]


def test_an_order_number_in_an_answer_was_given_by_the_customer(examples):
    for example in examples:
        *prompt, answer = example["messages"]
        given = " ".join(message["content"] or "" for message in prompt)
        numbers = {word.strip(".,") for word in answer["content"].split() if word.startswith("LS-")}
        assert all(number in given for number in numbers)


def test_no_two_prompts_are_copies(examples):
    shingles = [desk.prompt_shingles(example) for example in examples]
    for at, left in enumerate(shingles):
        assert all(desk.alike(left, right) <= desk.MOST_ALIKE for right in shingles[:at])
