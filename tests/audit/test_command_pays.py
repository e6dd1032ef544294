"""A command derives what it uses and no more, and uses what an audit has found already."""

import json
import subprocess
import sys

import pytest

from tests.audit.run import chat, curator, write

QUESTION = "Could you tell me how the green parcel machine next to the north gate of the station is opened at night"
ANSWER = "Hold the small white card that came with the letter against the lower glass until the blue lamp turns on"
CODE = """
import contextlib, io, sys
from curator.cli.boundary import run
with contextlib.redirect_stdout(io.StringIO()):
    code = run(sys.argv[1:])
print(code, *sorted(name for name in sys.modules if name.startswith("curator.")))
"""


@pytest.fixture
def folder(tmp_path):
    """Two copies, of which the longer one ends in a placeholder, and sixty other examples."""
    others = [
        chat(
            f"What is the {n}th stop of line {n % 7} after {'the bridge' if n % 2 else 'the park'}?",
            f"It is stop {n * 3}.",
        )
        for n in range(60)
    ]
    copies = [chat(QUESTION, f"{ANSWER} [INSERT NAME HERE]"), chat(QUESTION, ANSWER)]
    write(tmp_path / "set.jsonl", [*copies, *others])
    return tmp_path


def loaded_by(folder, *arguments, code="0"):
    """The modules of the product that a command loads."""
    command = [sys.executable, "-c", CODE, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    ended, *names = done.stdout.split()
    assert ended == code, done.stderr
    return names


def keeper(folder):
    """The line of the example that is kept of the two copies."""
    shown = curator(folder, "duplicates", "set.jsonl", "--relations", "copy").out.splitlines()
    return next(int(line.split(":")[1].split()[0]) for line in shown if line.startswith("──"))


def rooms(names):
    return {tuple(name.split(".")[1:3]) for name in names}


def test_duplicates_of_data_without_an_audit_run_no_check_and_encode_nothing(folder):
    entered = rooms(loaded_by(folder, "duplicates", "set.jsonl"))
    assert ("checks", "catalogue") not in entered
    assert ("checks", "measures") not in entered
    assert not list((folder / "set.jsonl.curator").rglob("*-vectors.*"))


def test_leaks_and_a_split_without_meaning_run_no_check(folder):
    entered = rooms(loaded_by(folder, "leaks", "set.jsonl", "set.jsonl", "--out", "leaks.json", code="1"))
    assert ("checks", "catalogue") not in entered
    assert ("checks", "measures") not in rooms(loaded_by(folder, "split", "set.jsonl", "--no-meaning"))


def test_without_an_audit_the_longer_answer_is_kept_and_a_note_says_so(folder):
    assert keeper(folder) == 1
    assert "no audit yet" in curator(folder, "duplicates", "set.jsonl").err


def test_after_an_audit_what_it_found_counts_and_nothing_is_derived_again(folder):
    curator(folder, "audit", "set.jsonl", "--fail-on", "never", "--no-meaning")
    entries = {path.name for path in (folder / "set.jsonl.curator" / "cache").rglob("*") if path.is_file()}
    assert keeper(folder) == 2
    outcome = curator(folder, "duplicates", "set.jsonl")
    assert "no audit" not in outcome.err
    after = {path.name for path in (folder / "set.jsonl.curator" / "cache").rglob("*") if path.is_file()}
    assert {name for name in after - entries if not name.startswith(("uses", "latest"))} == set()


def test_an_audit_of_other_content_does_not_count(folder):
    curator(folder, "audit", "set.jsonl", "--fail-on", "never", "--no-meaning")
    with (folder / "set.jsonl").open("a") as file:
        file.write(json.dumps(chat("And the last stop of all?", "The harbour.")) + "\n")
    assert keeper(folder) == 1
    assert "no audit yet" in curator(folder, "duplicates", "set.jsonl").err


def certificate(folder, project):
    return json.loads((folder / project / "split" / "certificate.json").read_text())


def split_of(folder, project):
    found = {}
    for side in ("train", "validation"):
        where = ("--project", project, "--where", f"split:{side}")
        shown = curator(folder, "show", "set.jsonl", *where, "--json", "--limit", "0")
        found[side] = [json.loads(line)["id"] for line in shown.out.splitlines()]
    return found


def test_a_split_is_the_same_with_and_without_an_audit_before_it(folder):
    curator(folder, "split", "set.jsonl", "--project", "alone")
    curator(folder, "audit", "set.jsonl", "--project", "audited", "--fail-on", "never")
    curator(folder, "split", "set.jsonl", "--project", "audited")
    assert split_of(folder, "alone") == split_of(folder, "audited")
    assert certificate(folder, "alone")["encoder"] == certificate(folder, "audited")["encoder"] is not None
    assert certificate(folder, "alone")["components"] == certificate(folder, "audited")["components"]


def test_the_certificate_says_when_meaning_did_not_count(folder):
    curator(folder, "split", "set.jsonl", "--no-meaning")
    assert certificate(folder, "set.jsonl.curator")["encoder"] is None
    page = (folder / "set.jsonl.curator" / "split" / "certificate.md").read_text()
    assert "without regard to meaning" in page


def test_what_is_shown_without_an_audit_has_its_own_findings_and_the_rest_after_one(folder):
    def checks():
        shown = curator(folder, "show", "set.jsonl", "--where", "line:1", "--json")
        return {finding["check"]: finding for finding in json.loads(shown.out)["findings"]}, shown.err

    before, said = checks()
    assert "placeholder-text" in before
    assert before["placeholder-text"]["line"] == 1
    assert "no audit yet" in said
    curator(folder, "audit", "set.jsonl", "--fail-on", "never", "--no-meaning")
    after, said = checks()
    assert "near-duplicate" in after
    assert after["placeholder-text"] == before["placeholder-text"]
    assert "no audit" not in said


def test_a_filter_that_asks_the_audit_gets_one(folder):
    shown = curator(folder, "show", "set.jsonl", "--where", "not (check:near-duplicate or role:tool) line:<3", "--json")
    assert len(shown.out.splitlines()) == 1
    assert "no audit" not in shown.err
