"""An edited example has the findings of its edited text, wherever findings are shown, counted or acted on."""

import json

import pytest

from curator.audit.open_data import open_data
from curator.cli.boundary import run
from curator.data.content import Content
from curator.review.session import Review
from curator.settings.request import DataRequest

QUESTION = "What is the capital city of France, please tell me?"
ANSWER = "The capital city of France is Paris, which lies on the Seine."
PAIRS = [
    ("How do I reset the kettle after it boiled dry?", "Let it cool for ten minutes, then fill it and switch it on."),
    ("Which size of shoe should I order online?", "Measure your foot in the evening and take the larger size."),
]


def turns(question, answer):
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


@pytest.fixture
def data(tmp_path):
    """Of three examples the first has no answer, which is an error."""
    path = tmp_path / "data.jsonl"
    examples = [[{"role": "user", "content": "Where is my parcel number twelve please?"}]]
    examples += [turns(*pair) for pair in PAIRS]
    path.write_text("".join(json.dumps({"messages": messages}) + "\n" for messages in examples))
    return path


def request(data):
    return DataRequest(data=(str(data),), embedder="none")


def edit(data, answer=ANSWER, position=0):
    with open_data(request(data)) as opened:
        review = Review(opened, opened.audited(lambda *_: None))
        review.edit(position, Content(turns(QUESTION, answer)))


def curator(capfd, *words):
    capfd.readouterr()
    code = run([*map(str, words), "--no-meaning"])
    return code, capfd.readouterr().out


def checks_shown(capfd, data, *words):
    _, out = curator(capfd, "show", data, "--json", *words)
    return {
        json.loads(line)["line"]: [found["check"] for found in json.loads(line)["findings"]]
        for line in out.splitlines()
    }


def test_after_reopening_the_review_shows_the_findings_of_the_edited_text(data):
    edit(data)
    with open_data(request(data)) as opened:
        audit = opened.saved_audit()
        review = Review(opened, audit)
        assert review.at(0).findings == []
        assert review.edits.severity[0] == 3
        assert not review.matching("severity:error").any()
        assert review.undo() is not None
        assert {finding.check for finding in review.at(0).findings} >= {"no-assistant-message"}
        assert review.matching("severity:error").tolist() == [True, False, False]


def test_a_mended_example_no_longer_fails_an_audit_and_is_shown_as_it_was_edited(data, capfd):
    assert curator(capfd, "audit", data)[0] == 1
    edit(data)
    assert curator(capfd, "audit", data)[0] == 0
    assert checks_shown(capfd, data)[1] == []
    assert checks_shown(capfd, data, "--where", "severity:error") == {}
    assert list(checks_shown(capfd, data, "--where", "Seine")) == [1]
    assert checks_shown(capfd, data, "--where", "parcel") == {}
    code, out = curator(capfd, "show", data, "--where", "line:1")
    assert code == 0 and ANSWER in out and "pending, edited" in out


def test_an_edit_that_brings_an_error_fails_the_audit_and_is_found_by_it(data, capfd):
    edit(data)
    edit(data, answer="", position=1)
    assert curator(capfd, "audit", data)[0] == 1
    assert list(checks_shown(capfd, data, "--where", "severity:error")) == [2]
    report = data.with_name("report.json")
    findings = data.with_name("findings.jsonl")
    curator(capfd, "audit", data, "--report", report, "--findings", findings)
    counted = json.loads(report.read_text())
    found = [json.loads(line) for line in findings.read_text().splitlines()]
    assert {one["line"] for one in found if one["severity"] == "error"} == {2}
    assert counted["severities"]["error"] == 1
    assert "no-assistant-message" not in {check["name"] for check in counted["checks"]}


def test_a_policy_decides_by_what_was_edited(data, capfd):
    _, before = curator(capfd, "decide", data, "--policy", "safe", "--dry-run")
    assert "drop" in before
    edit(data)
    _, after = curator(capfd, "decide", data, "--policy", "safe", "--dry-run")
    assert "nothing to decide" in after
    _, found = curator(capfd, "decide", data, "--where", "severity:error", "--drop", "--dry-run")
    assert "0 examples" in found


def test_a_limit_of_tokens_counts_the_edited_text(data, capfd):
    edit(data, answer="word " * 300 + "end.")
    curator(capfd, "audit", data, "--max-tokens", "200", "--fail-on", "never")
    checks = checks_shown(capfd, data, "--max-tokens", "200")
    assert "over-token-limit" in checks[1]
    assert list(checks_shown(capfd, data, "--where", "tokens:>200")) == [1]


def test_what_was_checked_once_is_not_derived_again(data, monkeypatch):
    edit(data)
    with open_data(request(data)) as opened:
        assert opened.saved_audit().edited.contents
    monkeypatch.setattr("curator.audit.decided.checking.derive", lambda *_: pytest.fail("it was derived again"))
    with open_data(request(data)) as opened:
        assert opened.saved_audit().edited.contents


def test_tool_arguments_are_shown_as_json(tmp_path, capfd):
    path = tmp_path / "calls.jsonl"
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": {"x": True, "y": None}}}
    messages = [{"role": "user", "content": "Ask f."}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    path.write_text(json.dumps({"messages": messages}) + "\n")
    assert 'f({"x":true,"y":null})' in curator(capfd, "show", path)[1]


def test_an_error_in_an_added_example_counts_until_it_is_decided(data, capfd):
    edit(data)
    assert curator(capfd, "audit", data)[0] == 0
    with open_data(request(data)) as opened:
        review = Review(opened, opened.audited(lambda *_: None))
        review.add(Content([{"role": "user", "content": "Who answers this question of mine?"}]))
    code, out = curator(capfd, "audit", data, "--json")
    report = json.loads(out)
    (found,) = [check for check in report["checks"] if check["name"] == "no-assistant-message"]
    assert (code, report["severities"]["error"], found["worst"][0]["file"]) == (1, 1, "added")
    assert curator(capfd, "audit", data, "--fail-on", "no-assistant-message>30%")[0] == 1  # one of three read
    assert curator(capfd, "audit", data, "--fail-on", "no-assistant-message>34%")[0] == 0
    step = next(step for step in report["verdict"]["next_steps"] if step["filter"] and "error" in step["filter"])
    assert step["count"] == 1
    _, shown = curator(capfd, "show", data, "--where", step["filter"])
    assert "added:1" in shown and "Who answers" in shown
    curator(capfd, "decide", data, "--where", step["filter"], "--drop")
    assert curator(capfd, "audit", data)[0] == 0
