"""What is left of web pages, and code blocks that stay open."""

import pytest

from curator.checks.text.fixes import unwrap_html
from curator.checks.text.markup import open_fence
from tests.checks.text.asked import is_found, said


@pytest.mark.parametrize(
    "answer",
    [
        "First line.<br>Second line.",
        "<p>The moon pulls at the sea.</p>",
        "Fish&nbsp;&amp;&nbsp;chips",
        "It&#39;s the moon.",
        '<div class="post-body">The moon does it.</div>',
        "It is the moon.<sup>[3]</sup>",
    ],
)
def test_tags_and_entities_in_prose_are_residue(answer):
    assert is_found("html-residue", answer)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Write this as HTML: hello", "<p>hello</p>"),
        ("How do I escape an ampersand in XML?", "Write &amp; for it."),
        ("Make the word fish bold.", "I like <b>fish</b>."),
        ("What is a tide?", "Use `<br>` for a break."),
        ("What is a tide?", "```\n<p>sea</p>\n```"),
        ("What is a tide?", "| sea | land |\n| --- | --- |\n| wet<br>salty | dry |"),
        ("What is a tide?", "If x < 3 and y > 4, then a<b and c>d; AT&T"),
        ("What is a tide?", 'print("one<br>two");'),
        ("What is the square of x?", "x<sup>2</sup>, and water is H<sub>2</sub>O"),
    ],
)
def test_markup_that_is_meant_is_not_residue(prompt, answer):
    assert not is_found("html-residue", answer, prompt)


def test_unwrapping_keeps_every_word_and_the_lines():
    page = "<p>Two tides&nbsp;a day.</p>\n<ul><li>high</li><li>low</li></ul>"
    assert unwrap_html(page) == "Two tides a day.\n- high\n- low"
    assert unwrap_html("no markup, a < b") == "no markup, a < b"


@pytest.mark.parametrize(
    "answer", ["Run:\n```python\nx = 1", "```\na\n```\ntext\n```", "~~~\nx", "````\n```\n", "- ```sh\n  ls"]
)
def test_a_block_that_never_closes_is_found_where_it_opens(answer):
    (finding,) = said("unbalanced-code-fence", answer)
    assert answer[finding["start"] : finding["end"]].startswith(("```", "~~~"))


@pytest.mark.parametrize(
    "answer",
    [
        "```\nx\n```",
        "````md\n```\n````",
        "Use ```x``` inline",
        "```python print(1)```",
        "~~~\n```\n~~~",
        "1. ```\n   x\n   ```",
    ],
)
def test_closed_blocks_and_inline_code_are_balanced(answer):
    assert open_fence(answer) is None
