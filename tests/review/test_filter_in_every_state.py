"""Any filter, asked at any time, finds something or is refused with a sentence: before, while and after the check."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.audit.open_data import open_data
from curator.audit.preview import preview
from curator.cli.boundary import run
from curator.errors import UsageError
from curator.review.filter.language import DECIDED, KEYS, MAP_AXES, NUMBERS
from curator.review.session import Review
from curator.settings.request import DataRequest

SAMPLE = Path(__file__).parents[2] / "sample_data" / "messy.jsonl"

VALUES = st.one_of(
    st.sampled_from([">500", "<=-0", "1..2", "1.2.3..4", "9" * 400, "٣..٥", "0-", "abc-1", "f" * 17, "near-duplicate"]),
    st.sampled_from(
        ["near-duplicate/error", "mojibake/", "train", "none", "assistant", "chat", "error", "1", *DECIDED]
    ),
    st.text(max_size=8),
)
PATTERNS = st.sampled_from(
    [
        "/(?=a)/",
        "/a{99999999999}/",
        "/x{1000}{1000}/",
        "/(?P<n>a)(?P=n)/",
        "/\\\\Z/",
        "/\\\\p{L}/",
        "/(a*)*b/",
        "/[/",
        "/a(?#x)/",
    ]
)
TERMS = st.one_of(
    st.builds("{}:{}".format, st.sampled_from(KEYS), VALUES),
    PATTERNS,
    st.sampled_from(["or", "and", "not", "(", ")", "refund", "\x00", "\udcff", '"', "::", "tokens:"]),
    st.text(max_size=8),
)
FILTERS = st.lists(TERMS, min_size=1, max_size=4).map(" ".join)


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """The same data before the check, after it without meaning, each with an example that was edited."""
    folder = tmp_path_factory.mktemp("states")
    lines = SAMPLE.read_bytes().split(b"\n")[:60]
    opened, made = [], {}
    for state in ("before", "after"):
        path = folder / f"{state}.jsonl"
        path.write_bytes(b"\n".join(lines) + b"\n")
        context = open_data(DataRequest(data=(str(path),), embedder="none"))
        one = context.__enter__()
        opened.append(context)
        audit = preview(one) if state == "before" else one.audited(lambda *_: None, texts=True)
        review = Review(one, audit, partial=state == "before")
        content = review.at(3).content
        review.edit(3, content._replace(messages=[*content.messages[:-1], {"role": "assistant", "content": "Kettle."}]))
        made[state] = review
    yield made
    for context in opened:
        context.__exit__(None, None, None)


@pytest.mark.parametrize("state", ["before", "after"])
@settings(max_examples=150, deadline=None)
@given(where=FILTERS)
def test_any_filter_finds_something_or_is_refused(reviews, state, where):
    review = reviews[state]
    try:
        assert review.matching(where).shape == (len(review),)
        review.found_alone(where)
    except UsageError as error:
        assert str(error).strip()


@pytest.mark.parametrize("key", [key for key in NUMBERS if key not in MAP_AXES])
def test_what_is_counted_in_the_check_is_asked_once_it_is_done(reviews, key):
    assert reviews["after"].matching(f"{key}:>=0").all()
    if "tokens" in key:
        with pytest.raises(UsageError, match="tokens are counted once the check is done"):
            reviews["before"].matching(f"{key}:>=0")
    else:
        assert reviews["before"].matching(f"{key}:>=0").all()


@pytest.mark.parametrize(
    ("where", "exit_code"), [("tokens:>500", 0), ("answer-tokens:>5", 0), ("tokens:1.2.3..4", 2), ("topic:x", 2)]
)
def test_the_command_line_asks_data_that_were_never_checked(tmp_path, where, exit_code):
    shutil.copy(SAMPLE, tmp_path / "new.jsonl")
    assert run(["show", str(tmp_path / "new.jsonl"), "--where", where, "--embedder", "none"]) == exit_code
