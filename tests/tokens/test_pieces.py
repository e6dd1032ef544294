"""Adding up the pieces of a text gives tiktoken's own count, for every text of ASCII."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.tokens import tokenizer_named
from curator.tokens.pretokens import _ROOM, MOST_CHARACTERS, PretokenCounts
from curator.tokens.vocabularies import _WORTH_CUTTING, openai_encoding, text_counter
from tests.tokens.texts import TEXTS

ENCODE = openai_encoding("o200k_base").encode_ordinary
COUNTS = PretokenCounts(ENCODE)
TRICKY = "aAsStTdDmMrReEvVlL'09 \t\n\r\v\f\x1c\x00/.!-_("


@settings(max_examples=60)
@given(st.lists(st.text(st.sampled_from(TRICKY), max_size=60), max_size=60))
def test_any_row_of_letters_signs_and_white_space_costs_what_tiktoken_says(texts):
    assert COUNTS.count(texts) == [len(ENCODE(text)) for text in texts]


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=80), max_size=40))
def test_any_ascii_text_costs_what_tiktoken_says(texts):
    assert COUNTS.count(texts) == [len(ENCODE(text)) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'm DON'T we'll x'Re 'tis y'",
        "12345 1,234.5",
        "  two\n\n \n three \t",
        "a//\n/b ...\r\n",
        " " * 90,
        "x = {\n    1\n}",
    ],
)
def test_texts_that_are_cut_in_every_way(text):
    assert COUNTS.count([text]) == [len(ENCODE(text))]


def test_more_pieces_than_the_table_holds_are_counted_all_the_same(monkeypatch):
    monkeypatch.setattr("curator.tokens.pretokens._LARGEST", 1 << 18)
    words = [" ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}q{n * k}z" for k in range(40)) for n in range(9000)]
    counts = PretokenCounts(ENCODE)
    assert counts.count(words) == [len(ENCODE(text)) for text in words]
    assert counts.count(words[:50]) == [len(ENCODE(text)) for text in words[:50]]
    longest = "".join(f"{chr(97 + n % 26)}{n} " for n in range(_ROOM))[:MOST_CHARACTERS]
    assert counts.count([longest]) == [len(ENCODE(longest))]


def test_many_texts_of_every_script_are_counted_as_one_by_one():
    texts = [f"{text} {number}" for text in TEXTS for number in range(_WORTH_CUTTING // len(TEXTS) + 1)]
    texts += ["plain " * MOST_CHARACTERS, ""]
    assert text_counter(tokenizer_named("o200k_base"))(texts) == [len(ENCODE(text)) for text in texts]
