"""Wrongly decoded text, control characters, characters that nobody sees."""

import re

import ftfy.badness
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curator.checks.text.fixes import LOSSLESS, REPAIRS, remove_invisible, repair_losslessly
from curator.checks.text.invisible import invisible_offsets
from curator.checks.text.mojibake import LOST, _suspicious
from tests.checks.finding import findings
from tests.checks.text.asked import is_found, said, talk
from tests.data.made import chat


def misread(text: str, encoding: str = "cp1252") -> str:
    return text.encode().decode(encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman"])
def test_utf8_read_as_another_encoding_is_found_and_repaired(encoding):
    right = "It’s a café – isn’t it?"
    (finding,) = said("mojibake", misread(right, encoding))
    assert finding["suggestion"] is None and repair_losslessly(misread(right, encoding)) == right


def test_the_place_of_mojibake_is_its_word_in_characters():
    text = "👩‍🚀 we met at the cafÃ© yesterday"
    (finding,) = said("mojibake", text)
    assert text[finding["start"] : finding["end"]] == "cafÃ©"
    assert "café" in finding["message"]


def test_a_lost_character_asks_for_review_since_no_repair_brings_it_back():
    (finding,) = said("mojibake", f"a caf{LOST} on the corner")
    assert finding["suggestion"] == "review"


@pytest.mark.parametrize(
    "text",
    ["Señor Müller aß Crème brûlée.", "Привет, мир", "你好，世界", "“Yes” — she said…", "5 °C × 3 ½", "¿Qué?", "ÆØÅ"],
)
def test_text_with_accents_and_of_other_scripts_is_left_alone(text):
    assert not is_found("mojibake", text)
    assert repair_losslessly(text) == text


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=40))
@example("ΤŸ΄½")
def test_the_search_in_rust_finds_all_that_ftfy_calls_bad(text):
    if ftfy.badness.is_bad(text) or LOST in text:
        assert pl.Series([text]).str.contains(_suspicious())[0]


def test_a_defect_in_a_prompt_is_weaker_than_one_in_an_answer():
    found = findings("control-characters", chat(("user", "a\x00b"), ("assistant", "c\x07d")))
    assert [finding["severity"] for finding in found] == ["info", "warning"]


def test_messages_hold_no_control_characters_themselves():
    (finding,) = said("control-characters", "\x1b[31mred\x1b[0m")
    assert finding["message"].isprintable()
    assert "U+001B" in finding["message"]


def test_colours_go_as_a_whole_and_page_breaks_become_new_lines():
    assert repair_losslessly("\x1b[1;31mRed\x1b[0m and\x0bblue\x07") == "Red and\nblue"


@pytest.mark.parametrize("text", ["one\ttab", "two\nlines", "Windows\r\nlines"])
def test_tabs_and_line_ends_are_no_control_characters(text):
    assert not is_found("control-characters", text)


@pytest.mark.parametrize("mark", ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u202e", "\ufffc", "\U000e0041"])
def test_invisible_characters_are_found_and_taken_out(mark):
    assert is_found("invisible-characters", f"to{mark}gether")
    assert remove_invisible(f"to{mark}gether") == "together"


@pytest.mark.parametrize(
    "text",
    [
        "a family 👨‍👩‍👧 and a flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "می\u200cخواهم",
        "क्\u200dष",
        "שלום \u200e(hello)\u200f",
        "a heart ❤\ufe0f",
    ],
)
def test_joiners_marks_and_tags_that_are_at_work_stay(text):
    assert invisible_offsets(text) == []
    assert remove_invisible(text) == text


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=80))
def test_lossless_repairs_lose_no_letter_and_find_nothing_left_to_repair(text):
    repaired = repair_losslessly(text)
    assert repair_losslessly(repaired) == repaired
    assert [c for c in repaired if c.isalnum()] == [c for c in _without_colours(text) if c.isalnum()]


def _without_colours(text: str) -> str:
    return re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", text)


def test_repairs_are_named_after_their_checks():
    assert set(LOSSLESS) < set(REPAIRS)
    assert REPAIRS["html-residue"]("Fish &amp; chips<br>to go") == "Fish & chips\nto go"


def test_nothing_is_found_in_a_plain_answer():
    for check in ("mojibake", "control-characters", "invisible-characters"):
        assert findings(check, talk()) == []
