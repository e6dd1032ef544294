"""The Markdown report keeps its tables and lists whatever the data holds."""

import re
from collections import Counter

import pytest
from a_report import HOSTILE, a_believable_report, filled_with
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from curator.data.safe_text import visible
from curator.reporting.markdown import escaped, fenced, markdown_report

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def structure(markdown):
    """How often each kind of block and of inline markup occurs, comments aside."""
    kinds = Counter(token.type for token in READER.parse(markdown))
    inline = (child for token in READER.parse(markdown) for child in token.children or ())
    return kinds + Counter(child.type for child in inline if child.content != "<!-- -->" and child.type != "text")


def cell_texts(markdown):
    cells = (token for token in READER.parse(markdown) if token.type == "inline")
    return ["".join(child.content for child in cell.children if child.type == "text") for cell in cells]


def test_it_opens_with_the_question_and_gives_commands_as_code():
    text = markdown_report(a_believable_report())
    assert text.startswith("# Is this data ready to fine-tune on?\n\n**Not ready yet:")
    assert "   ```\n   curator show 'support desk.jsonl' --where is:unreadable\n   ```" in text
    assert "| error | nothing-to-learn | 3 | 0.5% | no answer that a trainer would learn from |" in text


def test_it_is_read_as_tables_lists_and_code():
    kinds = structure(markdown_report(a_believable_report()))
    assert kinds["table_open"] == 4
    assert kinds["fence"] == 4 + 1
    assert kinds["html_inline"] == kinds["html_block"] == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    edits = markdown_report(filled_with(text))
    assert structure(edits) == structure(markdown_report(filled_with("harmless")))
    assert visible(text, one_line=True).strip() in cell_texts(edits)


@settings(max_examples=100)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\\`*_~[]()<>|#-+=!.:@ \n\t1")), max_size=40))
def test_any_text_is_read_back_as_it_is_shown(text):
    shown = visible(text, one_line=True).strip()
    row = f"| a | b |\n| --- | --- |\n| {escaped(text)} | end |\n"
    assert cell_texts(row) == ["a", "b", shown, "end"]


@pytest.mark.parametrize("text", ["@someone", "see #12", "https://example.com", "www.example.com"])
def test_nothing_in_the_data_becomes_a_link_or_a_mention(text):
    assert not re.search(r"@\w|#\d|://|www\.", escaped(text))


def test_backticks_in_the_data_cannot_close_a_code_block():
    (block,) = READER.parse(fenced("a\n```\nb ````\nc"))
    assert (block.type, block.content) == ("fence", "a\n```\nb ````\nc\n")
