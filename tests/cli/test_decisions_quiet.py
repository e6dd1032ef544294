"""A decision quiets what it decided: only open findings count, and after every one is decided an audit ends with 0."""

import json
import shutil

import pytest

from curator.cli.boundary import run
from tests.cli.test_the_loop import SAMPLES

pytestmark = pytest.mark.usefixtures("without_meaning")

BAD = ["{", '{"messages": 3}', "", '{"messages": [{"role": "user"']


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def desk(folder):
    """130 sound examples, four lines that are none, and one example without an assistant reply."""
    lines = (SAMPLES / "support_desk.jsonl").read_text(encoding="utf-8").splitlines()[:130]
    unanswered = json.dumps({"messages": [{"role": "user", "content": "Is anybody there, on a Sunday evening?"}]})
    write(folder, [*lines[:50], *BAD, *lines[50:], unanswered])
    return folder


def write(folder, lines):
    (folder / "desk.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def lines_of(folder):
    return (folder / "desk.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")


def audit(capsys, *options, data="desk.jsonl"):
    """The exit code and the report."""
    capsys.readouterr()
    outcome = run(["audit", data, "--quiet", "--json", *options])
    return outcome, json.loads(capsys.readouterr().out)


def shown(capsys, where):
    capsys.readouterr()
    run(["show", "desk.jsonl", "--where", where, "--json", "--limit", "0", "--quiet"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def decide(*words):
    assert run(["decide", "desk.jsonl", "--quiet", *words]) == 0


def test_after_everything_is_decided_an_audit_ends_with_0_and_says_ready(desk, capsys):
    outcome, report = audit(capsys)
    assert (outcome, report["verdict"]["ready"]) == (1, False)
    decide("--where", "is:unreadable", "--drop")
    decide("--where", "severity:error is:open", "--drop")
    outcome, report = audit(capsys)
    assert (outcome, report["verdict"]["ready"]) == (0, True), report["verdict"]
    decided = {check["name"]: check["decided"] for check in report["checks"] if check["decided"]}
    assert decided["invalid-json"] == 3


def test_a_decision_on_an_unreadable_line_follows_its_bytes(desk, capsys):
    decide("--where", "is:unreadable", "--drop")
    added = [
        {"role": "user", "content": "Was this added?"},
        {"role": "assistant", "content": "Yes, before all others."},
    ]
    write(desk, [json.dumps({"messages": added}), *lines_of(desk)])
    assert shown(capsys, "is:unreadable is:open") == []
    assert [line["line"] for line in shown(capsys, "is:unreadable")] == [52, 53, 54, 55]
    write(desk, [*lines_of(desk), "{{"])
    assert [line["line"] for line in shown(capsys, "is:unreadable is:open")] == [len(lines_of(desk))]


def test_unreadable_lines_are_found_by_what_is_said_of_them_and_by_nothing_that_any_example_fits(desk, capsys):
    def unreadable(where):
        return [line["line"] for line in shown(capsys, where) if line["id"] is None]

    assert unreadable("is:unreadable check:invalid-json") == [51, 53, 54]
    assert unreadable("severity:error") == [51, 52, 53, 54]
    assert unreadable("check:invalid-json or check:refusal") == [51, 53, 54]
    assert unreadable("is:unreadable line:53") == [53]
    assert unreadable("not check:refusal") == []
    assert unreadable("decided:no") == []
    decide("--where", "is:unreadable line:53", "--drop")
    assert unreadable("is:unreadable decided:drop") == [53]


def test_an_undo_opens_again_what_was_decided(desk, capsys):
    before = audit(capsys)[1]["verdict"]
    decide("--where", "is:unreadable", "--drop")
    assert run(["undo", "desk.jsonl"]) == 0
    capsys.readouterr()
    assert audit(capsys)[1]["verdict"] == before


def test_what_a_person_kept_knowing_of_it_does_not_count_and_what_a_later_audit_finds_does(desk, capsys):
    decide("--where", "is:unreadable", "--drop")
    decide("--where", "severity:error", "--keep")
    outcome, report = audit(capsys)
    assert outcome == 0
    assert not report["verdict"]["ready"]
    assert "1 example has an error that was accepted" in report["verdict"]["reasons"][0]
    assert len(shown(capsys, "is:accepted is:open")) == 0
    assert len(shown(capsys, "is:accepted not is:unreadable")) == 1
    outcome, _ = audit(capsys, "--max-tokens", "3")
    assert outcome == 1, "another kind of finding on the same example is new"


def test_a_baseline_makes_an_audit_fail_only_on_what_is_new(folder, capsys):
    shutil.copy(SAMPLES / "messy.jsonl", folder / "desk.jsonl")
    outcome, report = audit(capsys, "--accept-all", "--fail-on", "info")
    assert (outcome, sum(report["severities"].values())) == (0, 0)
    assert audit(capsys, "--fail-on", "info")[0] == 0
    assert report["decisions"]["kept"] == report["decisions"]["dropped"] == 0, "no example is decided"
    with (folder / "desk.jsonl").open("a", encoding="utf-8") as file:
        file.write("not json at all\n")
    outcome, report = audit(capsys)
    assert (outcome, report["severities"]["error"]) == (1, 1)
    assert run(["undo", "desk.jsonl"]) == 0
    capsys.readouterr()
    assert audit(capsys)[1]["severities"]["error"] == 31


def test_rules_of_fail_on_count_what_is_open(desk, capsys):
    assert run(["audit", "desk.jsonl", "--fail-on", "invalid-json>2"]) == 1
    assert "invalid-json is open on 3 of" in capsys.readouterr().err
    decide("--where", "is:unreadable line:51", "--drop")
    assert run(["audit", "desk.jsonl", "--fail-on", "invalid-json>2"]) == 0


def test_a_copy_whose_keeper_was_dropped_is_no_copy_any_more(folder, capsys):
    lines = (SAMPLES / "support_desk.jsonl").read_text(encoding="utf-8").splitlines()[:110]
    write(folder, [*lines, lines[0]])
    assert [example["line"] for example in shown(capsys, "check:exact-duplicate")] == [111]
    decide("--where", "line:1", "--drop")
    assert shown(capsys, "check:exact-duplicate is:open") == []
    assert audit(capsys, "--fail-on", "exact-duplicate>0")[0] == 0


def test_a_thousand_and_a_half_unreadable_lines_are_dropped_as_one_also_those_that_are_only_counted(folder, capsys):
    lines = (SAMPLES / "support_desk.jsonl").read_text(encoding="utf-8").splitlines()[:110]
    write(folder, [*lines, *(f"broken {number}" for number in range(1500))])
    assert audit(capsys)[0] == 1
    assert run(["decide", "desk.jsonl", "--where", "is:unreadable", "--drop"]) == 0
    assert "1,500 unreadable lines" in capsys.readouterr().out
    outcome, report = audit(capsys)
    assert (outcome, report["verdict"]["ready"]) == (0, True)


def test_a_value_of_is_that_does_not_exist_gets_the_nearest_one(desk, capsys):
    assert run(["show", "desk.jsonl", "--where", "is:opne"]) == 2
    assert "Did you mean 'open'?" in capsys.readouterr().err
