"""The HTML report is one self-contained page, and nothing in the data can become part of its markup."""

import base64
import hashlib
import html
import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import pytest
from a_report import HOSTILE, a_believable_report, filled_with
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.data.safe_text import visible
from curator.reporting.html import html_report
from curator.reporting.model import SpecimenMessage

DANGEROUS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
VOID = {"meta", "input"}


class Page(HTMLParser):
    """Every tag with its attributes' names, the text under each kind of tag, and whether tags are balanced."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.skeleton: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.comments: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.skeleton[(tag, tuple(name for name, _ in attrs))] += 1
        self.attributes.extend((name, value or "") for name, value in attrs)
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag, attrs):
        self.skeleton[(tag, tuple(name for name, _ in attrs))] += 1

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]][-1] += data

    def handle_comment(self, data):
        self.comments.append(data)


@cache
def harmless(length):
    """The page of as many letters: the picture of a shape has as many blocks as the text has characters."""
    return Page(html_report(filled_with("h" * length)))


def test_the_page_opens_with_the_question_and_the_answer():
    page = Page(html_report(a_believable_report()))
    assert page.texts["h1"] == ["Is this data ready to fine-tune on?"]
    assert "Not ready yet: 2 things stand in the way of 583 good examples." in page.texts["p"]
    assert "curator show 'support desk.jsonl' --where is:unreadable" in page.texts["code"]


def test_the_page_needs_nothing_from_anywhere_else():
    text = html_report(a_believable_report())
    page = Page(text)
    fetching = [value for name, value in page.attributes if name in ("src", "href") and not value.startswith("#")]
    assert fetching == []
    assert "@import" not in text and "url(" not in text
    assert page.open == []


def test_the_page_allows_only_its_own_style_and_script():
    page = Page(html_report(a_believable_report()))
    (policy,) = [value for name, value in page.attributes if name == "content" and "default-src" in value]
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        (source,) = page.texts[tag]
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not any(name == "style" or name.startswith("on") for name, _ in page.attributes)


def test_the_place_of_a_finding_is_highlighted_in_its_message():
    page = Page(html_report(a_believable_report()))
    assert page.texts["mark"] == ["I'm sorry, but I cannot assist with that request.", "CafÃ©"]


def test_the_histogram_has_a_bar_per_bin_and_marks_the_limit():
    page = html_report(a_believable_report())
    assert page.count("<title>") == 1 + 12 + sum(map(len, ("sua", "suauaua", "suatatsa", "ua")))
    assert "128 to 191 tokens: 214 examples" in page
    assert re.search(r'<text class="limit"[^>]*>limit 512</text>', page)


def test_every_check_has_its_explanation_and_its_worst_places():
    page = html_report(a_believable_report())
    assert page.count('<details class="check"') == 8
    assert "A few of these teach a model to refuse <code>ordinary</code> questions." in page
    assert "support.jsonl:211" in page


def test_clean_data_gets_a_page_too():
    report = a_believable_report(
        checks=[], specimens=[], tokens=None, duplicates=None, decisions=None, prices=[], shapes=[], not_run=[]
    )
    page = Page(html_report(report))
    assert "Nothing. Every check that ran was content." in page.texts["p"]
    assert page.open == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    edits = html_report(filled_with(text))
    page = Page(edits)
    assert DANGEROUS.search(edits) is None
    assert page.skeleton == harmless(len(text)).skeleton
    assert page.texts["script"] == harmless(len(text)).texts["script"]
    assert page.comments == []
    assert html.escape(visible(text, one_line=True)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in edits


@settings(max_examples=60)
@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'/!-\x1b\u202e\x00`{}%")), min_size=1, max_size=40
    )
)
def test_no_text_whatever_changes_the_markup(text):
    edits = html_report(filled_with(text))
    page = Page(edits)
    assert DANGEROUS.search(edits) is None
    assert page.skeleton == harmless(len(text)).skeleton


def test_hostile_text_in_a_highlighted_place_stays_text():
    report = a_believable_report()
    specimen = report.specimens[0]
    message = SpecimenMessage(role="user", text="a<b>\x1b[2J</b>", cut=False, start=1, end=8)
    changed = report.model_copy(update={"specimens": [specimen.model_copy(update={"messages": [message]})]})
    assert "a<mark>&lt;b&gt;␛[2J</mark>&lt;/b&gt;" in html_report(changed)
