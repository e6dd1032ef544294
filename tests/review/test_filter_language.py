import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.review.filter.language import All, Any, FilterError, Not, Number, Term, TextTerm, parse


def test_terms_next_to_each_other_must_all_hold():
    assert parse("check:near-duplicate decided:no") == All((Term("check", "near-duplicate"), Term("decided", "no")))


def test_or_binds_weaker_than_and():
    assert parse("a b or c") == Any((All((TextTerm("a", False), TextTerm("b", False))), TextTerm("c", False)))


def test_not_and_brackets():
    assert parse("not (role:tool or refund)") == Not(Any((Term("role", "tool"), TextTerm("refund", False))))


def test_numbers_take_comparisons_and_ranges():
    assert parse("tokens:10..20") == Number("tokens", 10, 20)
    assert parse("tokens:>=7") == Number("tokens", 7, None)
    above = parse("tokens:>7")
    assert isinstance(above, Number)
    assert 7 < above.lowest < 7.0001


def test_quoted_text_keeps_its_spaces_and_its_keywords():
    assert parse('"not or (this)"') == TextTerm("not or (this)", False)
    assert parse('file:"my data.jsonl"') == Term("file", "my data.jsonl")


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        ("tokns:>3", 0, "Did you mean 'tokens'?"),
        ("(refund", 0, "never closed"),
        ("refund)", 6, "no opening one"),
        ("not", 0, "needs something after it"),
        ("tokens:many", 7, "needs a number"),
        ("/(/", 1, "regular expression is wrong"),
        ("decided:maybe", 8, "is one of"),
        ("tokens:1.2.3..4", 7, "needs a number"),
        ("tokens:...5", 7, "needs a number"),
        ("a /x{9999999999}/", 3, "regular expression is wrong"),
        ("id:\udcff", 3, "not a character"),
        ("(" * 200 + "a" + ")" * 200, 100, "within one another"),
        ("not " * 200 + "a", 400, "within one another"),
    ],
)
def test_a_fault_is_shown_with_a_caret_under_it(text, position, sentence):
    with pytest.raises(FilterError) as error:
        parse(text)
    assert sentence in str(error.value)
    assert error.value.position == position
    assert str(error.value).endswith(f"{text}\n  {' ' * position}^")


@settings(max_examples=200)
@given(st.one_of(st.text(alphabet='ab:()"/\\ not or tokens:>1..{}?', max_size=30), st.text(max_size=30)))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    try:
        parse(text)
    except FilterError as error:
        assert "^" in str(error)
