"""No line of data makes a pattern of the product slow: proven of every one of them, without a clock."""

import re
from pathlib import Path

import pytest

from curator.audit.stages.known_splits import _FILE_NAMES
from curator.targets.registry import TARGETS
from tests.house.ambiguity import faults
from tests.house.patterns import patterns

MADE_LATER = {
    "curator.data.files.atomic": "the name of one file, escaped",
    "curator.tokens.vocabularies": "words of a vocabulary, each escaped, one or the other",
    "curator.targets.file_rules": "a target's rule for file names, proven below",
    "curator.review.filter.language": "a person's own search, which polars does in linear time",
    "curator.audit.stages.known_splits": "names of sides, proven below",
    "curator.data.sources.csv_rows": "a delimiter, escaped; one field is matched where the last one ended",
    "curator.checks.rewards.answers": "an expected answer, escaped, between looks at one character each",
    "curator.data.logs.home_folders": "the name of a home folder, escaped, between looks at one character each",
    "curator.data.sources.resuming": "keys that were read before, escaped; only white space may stand before them",
}
"""Modules with a pattern that is put together when they run, and why that is safe."""

PROVEN_BY_HAND = {
    "curator.checks.privacy.secret_keys._KEY": "a token begins behind no letter, or behind an escape, which none holds",
}
"""Patterns that are linear for a reason that the proof does not see."""

SLOW = {
    r"^[ \t]*[-#*]*[ \t]*TODO[.!]?[ \t]*$": "search",
    r"\b[\w-]+\.(?:png|jpg)\b": "search",
    r"(a+)+b": "match",
    r"(a|b|ab)*c": "match",
    r"\s+$": "search",
    r"\s*\n": "search",
    r"^(\S.*?)[ \t]*$": "search",
    r"(?:a*x|a)*": "match",
    r"(`{3,})[\s\S]*?(?:\1|\Z)": "search",
    r"(?:[^.\n]{0,20}?(?:,|!|but) )*i cannot": "match",
    r".*,.*,.*x": "match",
    r"eyJ[\w-]{10,}\.eyJ": "search",
    r"x*+y": "search",
    r"(?=.*a)b": "search",
    r"\s{100000}": "search",
    r"A[\s\S]{0,8000}?(?:B|\Z)": "search",
}
LINEAR = {
    r"\w+": "search",
    r"\w+(?:\.\w+)*\b": "search",
    r"(?<![\w-])[\w-]+\.png": "search",
    r"(?<!\s)\s+$": "search",
    r"<[^<>]*>": "search",
    r"`[^`\n]+`": "search",
    r"\s+$": "match",
    r"\s*+[^\n]*x": "fullmatch",
    r"(`{3,})[\s\S]*?(?:(?<!`)\1|\Z)": "search",
    r"(?:(?>[^.\n]{0,20}?(?:,|!|but) ))*i cannot": "match",
    r"[^,]*,[^,]*,[^,]*x": "match",
    r"\A\s*<s>(?!.*</s>)": "search",
    r"(?s)a.*": "search",
    r"(?<!\s)\s{100000}": "search",
}


@pytest.mark.parametrize("pattern", SLOW)
def test_the_proof_sees_what_is_slow(pattern):
    assert next(faults(re.compile(pattern, re.MULTILINE), SLOW[pattern]), None)


@pytest.mark.parametrize("pattern", LINEAR)
def test_the_proof_lets_pass_what_is_not(pattern):
    assert list(faults(re.compile(pattern), LINEAR[pattern])) == []


def test_every_pattern_takes_time_in_proportion_to_the_text_it_is_given():
    found = patterns()
    assert len({one.place.partition(":")[0].rpartition(".")[0] for one in found}) > 20, (
        "the modules were looked through"
    )
    slow = {
        one.place: fault
        for one in found
        if one.pattern is not None
        for use in one.uses
        if (fault := next(faults(one.pattern, use), None))
    }
    assert slow.keys() == PROVEN_BY_HAND.keys(), slow
    assert {one.place.partition(":")[0] for one in found if one.pattern is None} == set(MADE_LATER)


def test_patterns_put_together_from_data_of_the_product_are_linear_too():
    names = [target.file.names for target in TARGETS if target.file.names]
    for pattern in [*names, *_FILE_NAMES]:
        assert list(faults(re.compile(pattern), "fullmatch")) == []


def test_the_proof_looks_through_every_module_that_uses_patterns():
    using = {
        path
        for package in ("curator", "trainer")
        for path in (Path(__file__).parents[2] / package).rglob("*.py")
        if re.search(r"\bre\.(?:compile|match|search|sub|split|find|full)", path.read_text(encoding="utf-8"))
    }
    looked_through = {one.place.partition(" ")[0] for one in patterns()}
    for path in using:
        module = ".".join(path.relative_to(Path(__file__).parents[2]).with_suffix("").parts)
        assert any(place.startswith((f"{module}.", f"{module}:")) for place in looked_through), module
