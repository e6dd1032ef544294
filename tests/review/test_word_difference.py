"""Differences between two texts are shown word by word, and nothing of either text is lost."""

from hypothesis import given
from hypothesis import strategies as st

from curator.review.difference import DifferencePart, word_difference

TEXTS = st.lists(st.sampled_from(["one", "two", " ", "  ", "\n", ".", "é", "漢字", "\x1b", "three"]), max_size=40).map(
    "".join
)


@given(TEXTS | st.text(), TEXTS | st.text())
def test_both_texts_can_be_read_off_the_pieces(before, after):
    pieces = word_difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(piece.kind == "same" for piece in word_difference(text, text))


def test_a_changed_word_is_one_change():
    assert word_difference("The kettle is red.", "The kettle is deep blue.") == [
        DifferencePart("same", "The kettle is "),
        DifferencePart("removed", "red"),
        DifferencePart("added", "deep blue"),
        DifferencePart("same", "."),
    ]


def test_two_changed_words_in_a_row_are_read_together():
    pieces = word_difference("send it back today please", "keep them back today please")
    assert pieces[:2] == [DifferencePart("removed", "send it"), DifferencePart("added", "keep them")]


def test_very_long_texts_are_compared_line_by_line():
    lines = [f"line {number} with some words\n" for number in range(2000)]
    before, after = "".join(lines), "".join([*lines[:1000], "a new line\n", *lines[1000:]])
    assert [piece for piece in word_difference(before, after) if piece.kind != "same"] == [
        DifferencePart("added", "a new line\n")
    ]
