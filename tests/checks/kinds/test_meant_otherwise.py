"""What looks like a defect of a session, of thinking, a prompt or a picture, and is none, and what is."""

import json

import pytest

from tests.checks.finding import findings, locations
from tests.checks.kinds.planted import of_the_set, rows_found
from tests.data.made import call, chat, result


@pytest.mark.parametrize(
    "content",
    [
        "<think>\nHm.\n</think>\n\nFour.",
        "\n<think>Hm.</think>Four.",
        "Write `<think>` first and `</think>` behind it.",
        "```\n<think>\n```\nis the tag.",
        "<thinking>Hm.</thinking> Four.",
        "[THINK]Hm.[/THINK]Four.",
        "I think so.",
    ],
)
def test_thinking_that_is_sound_or_quoted_is_not_reported(content):
    assert locations("malformed-thinking", chat(("user", "2+2?"), ("assistant", content))) == []


def test_thinking_before_a_call_needs_no_answer_and_thinking_twice_is_said():
    calls = {**call(), "content": "<think>I ask.</think>"}
    assert locations("malformed-thinking", chat(("user", "2+2?"), calls)) == []
    twice = {"role": "assistant", "content": "<think>Hm.</think>Four.", "reasoning": "Hm."}
    (finding,) = findings("malformed-thinking", chat(("user", "2+2?"), twice))
    assert "twice" in finding["message"]


def test_text_checks_look_at_the_answer_and_not_at_what_was_thought():
    thought = "Wait, is it so. " * 40
    value = chat(("user", "Is it so?"), ("assistant", f"<think>{thought}</think>\n\nYes, it is so."))
    assert rows_found("repetition", [value], "chat") == set()
    assert rows_found("repetition", [chat(("user", "Is it so?"), ("assistant", thought))], "chat") == {0}


def test_polling_until_something_changes_is_no_loop():
    polls = [message for n in range(5) for message in (call(call_id=f"c{n}"), result(f"{n} of 5 done", f"c{n}"))]
    assert locations("repeated-tool-call", chat(("user", "Wait."), *polls, ("assistant", "Done."))) == []
    stuck = [message for n in range(3) for message in (call(call_id=f"c{n}"), result("error", f"c{n}"))]
    assert locations("repeated-tool-call", chat(("user", "Wait."), *stuck, ("assistant", "Sorry."))) == [(0, 1)]


def test_an_example_that_ends_with_its_first_call_needs_no_final_answer():
    assert locations("no-final-answer", chat(("user", "Weather?"), call())) == []
    assert locations("no-final-answer", chat(("user", "Weather?"), call(), result(), call(call_id="b"))) == [(0, 3)]


def test_a_conversation_without_tools_is_no_session():
    value = chat(("assistant", "Hello."))
    assert locations("missing-task", value) == locations("no-final-answer", value) == []


def test_arguments_are_held_against_their_schema_at_any_depth():
    parameters = {
        "type": "object",
        "properties": {
            "edits": {"type": "array", "items": {
                "type": "object", "required": ["line"], "additionalProperties": False,
                "properties": {"line": {"type": "integer"}, "text": {"type": "string", "pattern": "(a+)+$"}}}}
        },
    }  # fmt: skip
    tools = [{"type": "function", "function": {"name": "edit", "parameters": parameters}}]

    def edit(*edits):
        return chat(("user", "Edit."), call("edit", json.dumps({"edits": edits})), tools=tools)

    assert locations("invalid-tool-call", edit({"line": 1, "text": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"})) == []
    found = findings("invalid-tool-call", edit({"line": "one"}, {"text": "x"}, {"line": 1, "more": 2}))
    assert [finding["message"] for finding in found] == [
        "The argument 'edits' → 0.line of the call to 'edit' is not of the declared type.",
        "The argument 'edits' → 1 of the call to 'edit' lacks a required field.",
        "The argument 'edits' → 2 of the call to 'edit' has a field that is not declared.",
    ]


@pytest.mark.parametrize(
    "answer", ["4", "-1,250.5", "B", "x = \\frac{1}{2}", "\\boxed{42}", "So it is 3.\n#### 3", '["4"]', "Paris"]
)
def test_an_answer_that_a_rule_can_compare_with(answer):
    assert locations("unverifiable-answer", {"prompt": "?", "answer": answer}, dialect="prompt-and-answer") == []


@pytest.mark.parametrize(
    "answer", ["", "  ", "\\boxed{}", "\\boxed{4", "See above", "Answers may vary.", "Proof omitted", "word " * 21]
)
def test_an_answer_that_no_rule_can_compare_with(answer):
    assert locations("unverifiable-answer", {"prompt": "?", "answer": answer}, dialect="prompt-and-answer") == [
        (0, None)
    ]


@pytest.mark.parametrize(
    ("prompt", "answer", "says"),
    [
        ("What is 6 * 7? The answer is 42.", "42", True),
        ("What is 6 * 7? (Answer: $42$)", "42", True),
        ("Compute. \\boxed{17}", "17", True),
        ("Was ist 6 mal 7? Die Lösung ist 42.", "42", True),
        ("Which year did it end? Some say 1648 and are right.", "1648", True),
        ("Name the capital. It is the old town on the hill.", "the old town on the hill", True),
        ("What is 42 - 0?", "42", False),
        ("Give the answer in the form x/y. There are 3 of 4.", "3", False),
        ("Which?\n(A) 1648\n(B) 1789", "1648", False),
        ("How many of the 20 are left?", "2", False),
        ("The answer is 420, said Tom, and was wrong.", "42", False),
    ],
)
def test_a_prompt_that_says_its_answer(prompt, answer, says):
    found = locations("answer-in-prompt", {"prompt": prompt, "answer": answer}, dialect="prompt-and-answer")
    assert bool(found) is says


def test_one_answer_that_is_right_too_often_is_named():
    def prompts(answers):
        return [{"prompt": f"p{n}", "answer": answer} for n, answer in enumerate(answers)]

    (finding,) = of_the_set("constant-answer", prompts(["7"] * 30 + [str(n) for n in range(70)]), "prompt-and-answer")
    assert finding["message"].startswith('"7" is the answer to 31 of 100 prompts')
    assert of_the_set("constant-answer", prompts(list("ABCD") * 25), "prompt-and-answer") == []
    assert of_the_set("constant-answer", prompts(["yes", "no"] * 50), "prompt-and-answer") == []


@pytest.mark.parametrize(
    ("content", "fields", "is_wrong"),
    [
        ("<image>What?", {"images": ["a.png"]}, False),
        ("<image><image>What?", {"images": ["a.png"]}, True),
        ("<image>What?", {"images": ["a.png", "b.png"]}, True),
        ("What?", {"images": ["a.png"]}, False),
        ([{"type": "image"}, {"type": "text", "text": "What?"}], {"images": ["a.png"]}, False),
        ([{"type": "image"}, {"type": "image"}, {"type": "text", "text": "What?"}], {"image": "a.png"}, True),
        ([{"type": "image_url", "image_url": {"url": "a.png"}}, {"type": "text", "text": "What?"}], {}, False),
        ("<video>What?", {"videos": ["a.mp4"]}, False),
    ],
)
def test_marks_are_as_many_as_pictures(content, fields, is_wrong):
    found = locations("media-count", chat({"role": "user", "content": content}, ("assistant", "A car."), **fields))
    assert bool(found) is is_wrong
