"""Repairs lose nothing: what stands in code, quotes, tables or before the text stays to the byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.checks.text.fixes import LOSSLESS, remove_controls, repair_losslessly, repair_mojibake, without_controls
from curator.checks.text.protected import protected, without_trailing_space
from tests.checks.finding import findings
from tests.checks.text.asked import said, talk
from tests.data.made import chat

BAD = "cafÃ© \x1b[31mred\x1b[0m \x07 â€” "
HELD = [
    f"`{BAD}`",
    f"``a ` {BAD}``",
    f"\n```python\n{BAD}\n```\n",
    f"\n~~~\n{BAD}\n~~~\n",
    f"\n    {BAD}\n",
    f"\n> {BAD}\n",
    f"\n| a | {BAD} |\n",
    f"\n{BAD}\tb\n",
    f'"{BAD}"',
    f"“{BAD}”",
    f"„{BAD}“",
    f"«{BAD}»",
    f"「{BAD}」",
    f"printf '{BAD}'",
    f"<pre>{BAD}</pre>",
    f"<code>{BAD}</code>",
]


@pytest.mark.parametrize("held", HELD)
def test_code_quotes_and_tables_are_protected_and_so_is_the_text_that_shows_them(held):
    text = f"Look at this: {held} and then cafÃ© \x07 here."
    start = text.index(BAD)
    assert any(begin <= start and start + len(BAD.rstrip()) <= end for begin, end in protected(text))
    assert repair_mojibake(text) == text
    assert remove_controls(text) == text
    clean = text.replace("cafÃ© \x07 here", "nothing")
    assert repair_losslessly(clean) == clean


PIECES = [
    *HELD,
    BAD,
    "word ",
    "It is.",
    "\n",
    "\n\n",
    "`",
    '"',
    "'",
    "|",
    "\t",
    " ",
    "\x07",
    "Ã©",
    "    ",
    "```\n",
    ">",
    "é",
]


def space_in_front(text):
    return text[: len(text) - len(text.lstrip())]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_repairs_are_made_once_and_never_inside_what_is_protected(text):
    repaired = repair_losslessly(text)
    assert repair_losslessly(repaired) == repaired
    assert space_in_front(repaired) in (space_in_front(text), space_in_front(without_controls(text)))
    for repair in LOSSLESS.values():
        changed = repair(text)
        at = 0
        for start, end in protected(text):
            if text[start:end].strip():
                found = changed.find(text[start:end].rstrip(), at)
                assert found >= at
                at = found


@pytest.mark.parametrize(
    "text",
    [
        " yes\n",
        "    return a + b\n",
        "Sure:\n\n    x = 1\n",
        "x = f(1)\n",
        "a\tb\n1\t2\t\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "/\\_/\\\n>^.^<\n",
        "```\nopen \n",
        "*\n***\n*****\n",
        "\n\n",
    ],
)
def test_white_space_that_may_be_meant_stays(text):
    assert without_trailing_space(text) == text
    assert said("trailing-space", text) == []


@pytest.mark.parametrize("text", ["Yes. ", "Oui.\u00a0\n", "はい。\u3000", "Done:\n```\nx\n```\n", 'He said "no" \n\n'])
def test_white_space_behind_a_text_is_found_and_taken_off(text):
    (finding,) = said("trailing-space", text)
    assert text[finding["start"] : finding["end"]].isspace()
    assert repair_losslessly(text) == text[: finding["start"]] == text.rstrip()


def test_the_white_space_of_completions_texts_and_tool_results_is_theirs():
    assert findings("trailing-space", {"prompt": "Hot? ->", "completion": "yes\n"}, dialect="prompt-completion") == []
    assert findings("trailing-space", {"text": "A page.\n"}, dialect="text") == []
    assert (
        findings("trailing-space", chat(("user", "Hi"), {"role": "tool", "content": "1\n"}, ("assistant", "1"))) == []
    )


@pytest.mark.parametrize(("check", "bad"), [("mojibake", "cafÃ©"), ("control-characters", "a\x07b")])
def test_what_no_repair_is_offered_for_is_told_and_left_for_a_person(check, bad):
    (finding,) = said(check, f"It is {bad}.")
    assert finding["suggestion"] is None
    in_code = said(check, f"It is `{bad}`.")
    completion = findings(check, {"prompt": "It is", "completion": bad}, dialect="prompt-completion")
    indented = findings(check, talk(answer=f" {bad}"))
    assert [(one["suggestion"], one["severity"]) for one in (*in_code, *completion, *indented)] == [
        ("review", "info")
    ] * 3
