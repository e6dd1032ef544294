"""The JSON report follows the published schema and holds everything the audit said."""

import json

import pytest
from a_report import HOSTILE, a_believable_report, a_finding, filled_with
from jsonschema import Draft202012Validator, ValidationError

from curator.data.finding import Pair, Place
from curator.errors import UsageError
from curator.reporting.model import AuditReport
from curator.reporting.programs import json_report
from curator.reporting.schemas import SCHEMAS, published_schema


def validate(value, name):
    Draft202012Validator(published_schema(name)).validate(value)


def test_the_report_follows_the_schema_and_reads_back_as_itself():
    report = a_believable_report()
    edits = json_report(report)
    validate(json.loads(edits), "audit")
    assert AuditReport.model_validate_json(edits) == report


def test_a_finding_and_a_pair_follow_their_schemas():
    validate(a_finding().model_dump(), "finding")
    place = Place(file="a.jsonl", line=1, example="0" * 16)
    pair = Pair(left=place, right=place, kind="lexical", relation="copy", similarity=0.9, context_differs=False)
    validate(pair.model_dump(), "pair")


def test_the_schema_refuses_what_is_not_a_report():
    with pytest.raises(ValidationError):
        validate({"lines": 3}, "audit")
    with pytest.raises(ValidationError):
        validate(json.loads(json_report(a_believable_report())) | {"surprise": 1}, "audit")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_published_schema_is_a_valid_schema(name):
    Draft202012Validator.check_schema(published_schema(name))


def test_an_unknown_schema_is_refused_with_the_names_there_are():
    with pytest.raises(UsageError, match=r"'pears'\. There are audit, finding, pair, events"):
        published_schema("pears")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_survives_exactly_and_cannot_act_on_a_terminal(text):
    edits = json_report(filled_with(text))
    assert edits.isascii() and "\x1b" not in edits and "\x7f" not in edits
    assert json.loads(edits)["checks"][0]["worst"][0]["message"] == text
