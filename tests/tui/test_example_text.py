"""How an example is written on the screen: thinking, tool calls, code."""

import json

import pytest
from rich.style import Style

from curator.data.content import Content
from curator.data.finding import Finding
from curator.tui.drawing import REASONING_FOLD, drawn

STYLES = {name: Style(bold=name == "code") for name in ("role", "dim", "code", "error", "warning", "info")}


def call(arguments):
    return {"role": "assistant", "tool_calls": [{"function": {"name": "weather", "arguments": arguments}}]}


def lines(*messages, findings=(), **more):
    content = Content([{"role": "user", "content": "Hi"}, *messages])
    return "\n".join(paragraph.text.plain for paragraph in drawn(content, findings, STYLES, **more)).split("\n")


@pytest.mark.parametrize("as_text", [False, True])
def test_arguments_of_a_tool_call_are_a_tree(as_text):
    arguments = {"city": "Leeds", "days": [1, 2], "options": {"unit": "C", "none": None}, "empty": {}}
    shown = lines(call(json.dumps(arguments) if as_text else arguments))
    at = shown.index("→ weather")
    assert shown[at + 1 : at + 9] == [
        "  city: Leeds", "  days:", "    1: 1", "    2: 2", "  options:", "    unit: C", "    none: null",
        "  empty: {}",
    ]  # fmt: skip


def test_arguments_that_are_no_json_and_text_beside_a_call_stay_as_they_are():
    assert "→ weather({not json)" in lines(call("{not json"))
    assert "Let me look." in lines({**call({"city": "Leeds"}), "content": "Let me look."})


def test_what_a_terminal_would_act_on_is_a_mark_in_arguments_too():
    shown = "".join(lines(call({"\x1b[2J": "\x07\x9b", "deep": [{"a": "\x1b]52;c;AA\x07"}]})))
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)


def test_a_place_that_a_check_found_in_a_call_is_still_marked():
    finding = Finding(
        check="x", severity="error", message="m", message_index=1, start=2, end=9, example="a", file="f", line=1
    )
    assert '→ weather({"city":"Leeds"})' in lines(call({"city": "Leeds"}), findings=[finding])


def test_long_thinking_is_folded_until_more_is_asked_for():
    message = {"role": "assistant", "content": "Yes.", "reasoning": "because " * 200}
    folded = f"… {1_600 - REASONING_FOLD:,} of 1,600 characters of thinking are folded away; z shows more."
    assert folded in lines(message)
    assert folded not in lines(message, limit=50_000)
    assert "Yes." in lines(message)


def test_a_fenced_block_of_code_stands_out_and_words_around_it_do_not():
    text = "Run this:\n```python\nprint(1)\n```\nThen stop."
    content = Content([{"role": "assistant", "content": text}])
    body = next(paragraph.text for paragraph in drawn(content, [], STYLES) if "Run" in paragraph.text.plain)
    (span,) = [span for span in body.spans if getattr(span.style, "bold", False)]
    assert body.plain[span.start : span.end] == "```python\nprint(1)\n```"
