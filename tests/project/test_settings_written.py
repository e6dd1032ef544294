"""A setting is changed in curator.toml: only that, and only where it counts."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.errors import UsageError
from curator.settings.request import DataRequest
from curator.settings.resolve import settings_for
from curator.settings.writing import _with, as_toml, changed

FILE = """\
# Ours: ask Ann before changing anything.
[tokens]
max-tokens = 4096  # what the model takes

[review]
# the reasons that Ben asked for
reasons = [
    "wrong",  # most of them
    "cold",
]
theme = "textual-light" # he likes it bright
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "curator.toml").write_text(FILE)
    data = tmp_path / "desk.jsonl"
    data.write_text("")
    return data


def set_to(data, name, typed):
    changed(DataRequest(data=(str(data),)), [data], name, typed)
    return (data.parent / "curator.toml").read_text()


def test_a_value_is_replaced_and_every_comment_stays(desk):
    after = set_to(desk, "tokens.max_tokens", "2048")
    assert after == FILE.replace("max-tokens = 4096", "max-tokens = 2048")
    after = set_to(desk, "review.reasons", "untrue, cold, far too long")
    assert settings_for(DataRequest(data=()), [desk]).review.reasons == ("untrue", "cold", "far too long")
    assert "# the reasons that Ben asked for" in after
    assert "# he likes it bright" in after


def test_a_new_setting_goes_into_its_section_and_an_empty_value_takes_it_out_again(desk):
    after = set_to(desk, "review.repeat_guard", "300")
    assert tomllib.loads(after)["review"]["repeat_guard"] == 300
    assert set_to(desk, "review.repeat_guard", "") == FILE
    assert '[check]\nfail_on = "warning"' in set_to(desk, "check.fail_on", "warning")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('review = {theme = "nord", wrap = 80} # ours\n', 'review = {theme = "dracula", wrap = 80} # ours\n'),
        ('review.theme = "nord"  # ours\n', 'review.theme = "dracula"  # ours\n'),
        ("[review]\n# nothing yet\n", '[review]\n# nothing yet\ntheme = "dracula"\n'),
    ],
)
def test_every_form_that_toml_has_can_be_changed(before, after):
    assert _with(before, "review.theme", "dracula", Path("curator.toml")) == after


def test_a_file_is_made_where_there_was_none(desk):
    (desk.parent / "curator.toml").unlink()
    assert set_to(desk, "keys.review.keep", "K, right") == '[keys.review]\nkeep = "K, right"\n'


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("review.repeat_guard", "-1", "not possible"),
        ("review.repeat_guard", "soon", "not possible"),
        ("review.them", "dark", "no setting"),
        ("labels.tone.kind", "choice", "no setting"),
        ("review.reasons", '["wrong", "cold', "not sound TOML"),
    ],
)
def test_what_is_not_possible_is_refused_and_the_file_is_as_before(desk, name, typed, sentence):
    with pytest.raises(UsageError, match=sentence):
        set_to(desk, name, typed)
    assert (desk.parent / "curator.toml").read_text() == FILE


def test_what_the_environment_outranks_is_refused_with_its_name(desk, monkeypatch):
    monkeypatch.setenv("CURATOR_REVIEW_THEME", "textual-dark")
    with pytest.raises(UsageError, match="CURATOR_REVIEW_THEME"):
        set_to(desk, "review.theme", "nord")
    assert (desk.parent / "curator.toml").read_text() == FILE


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), max_size=4))
def test_any_reasons_come_back_as_they_were_set(tmp_path_factory, reasons):
    data = tmp_path_factory.mktemp("any") / "desk.jsonl"
    data.write_text("")
    (data.parent / "curator.toml").write_text(FILE)
    after = set_to(data, "review.reasons", as_toml(reasons))
    assert tomllib.loads(after)["review"]["reasons"] == reasons
