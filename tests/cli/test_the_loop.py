"""The command line as a person uses it, on the sample data, in a folder of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_data"


def curator(folder, *arguments):
    command = [sys.executable, "-m", "curator", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(SAMPLES / "messy.jsonl", folder / "desk.jsonl")
    return folder


@pytest.fixture(scope="module")
def findings(desk):
    settings = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["settings"]
    outcome = curator(
        *(desk, "audit", "desk.jsonl", "--findings", "f.jsonl", "--quiet"),
        *("--max-tokens", str(settings["max_tokens"]), "--against", str(SAMPLES / settings["against"])),
    )
    assert outcome.returncode == 1, outcome.stderr
    return [json.loads(line) for line in (desk / "f.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_planted_defect_is_found_on_its_line(findings):
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    reported = {(finding["line"], finding["check"]) for finding in findings}
    without_engine = {"outlier"}
    missed = [
        defect
        for defect in truth["planted"]
        if (defect["line"], defect["check"]) not in reported and defect["check"] not in without_engine
    ]
    assert missed == []


def test_no_clean_line_has_an_error_or_is_taken_for_a_leaked_benchmark(findings):
    clean = set(json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["clean_lines"])
    alarms = [f for f in findings if f["severity"] == "error" or f["check"] == "contamination"]
    assert [f for f in alarms if f["line"] in clean] == []


def test_findings_fit_their_published_schema(findings, desk):
    import jsonschema

    schema = json.loads(curator(desk, "schema", "finding").stdout)
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for finding in findings for error in validator.iter_errors(finding)] == []


def test_a_policy_is_previewed_applied_and_undone_as_one(desk):
    dry = curator(desk, "decide", "desk.jsonl", "--policy", "recommended", "--dry-run")
    assert "exact-duplicate" in dry.stdout
    assert curator(desk, "decide", "desk.jsonl", "--policy", "recommended").returncode == 0
    again = curator(desk, "decide", "desk.jsonl", "--policy", "recommended")
    assert "nothing to decide" in again.stdout
    assert "the policy recommended" in curator(desk, "undo", "desk.jsonl").stdout
    assert curator(desk, "decide", "desk.jsonl", "--policy", "recommended", "--dry-run").stdout == dry.stdout


def test_an_export_stops_at_what_the_target_rejects_or_leaves_it_out_when_asked(desk):
    refused = curator(desk, "export", "desk.jsonl", "--target", "openai", "--out", "refused")
    assert refused.returncode == 1
    assert not (desk / "refused").exists()
    assert "hold a secret" in refused.stderr
    export = ["export", "desk.jsonl", "--target", "openai", "--out", "curated", "--mask-secrets"]
    rejected = curator(desk, *export)
    assert rejected.returncode == 1 and "desk.jsonl line" in rejected.stderr
    edits = curator(desk, *export, "--skip-invalid")
    assert edits.returncode == 0, edits.stderr
    assert {"train.jsonl", "manifest.json", "README.md", "skipped.jsonl"} <= {
        p.name for p in (desk / "curated").iterdir()
    }
    assert curator(desk, "validate", "curated/train.jsonl", "--target", "openai").returncode == 0


def test_decisions_travel_and_are_imported_once(desk, tmp_path):
    curator(desk, "decide", "desk.jsonl", "--where", "check:refusal", "--drop", "--reason", "it refuses")
    assert curator(desk, "decisions", "export", "desk.jsonl", "journal.jsonl").returncode == 0
    shutil.copy(desk / "desk.jsonl", tmp_path)
    shutil.copy(desk / "journal.jsonl", tmp_path)
    first = curator(tmp_path, "decisions", "import", "desk.jsonl", "journal.jsonl")
    assert " 0 were there already" in first.stdout
    assert curator(tmp_path, "decisions", "import", "desk.jsonl", "journal.jsonl").stdout.startswith(
        "0 decisions are new"
    )


def test_lines_that_are_no_example_can_be_looked_at(desk):
    shown = curator(desk, "show", "desk.jsonl", "--where", "check:invalid-json")
    assert "not an example" in shown.stdout


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.jsonl", None, "does not exist"),
        ("empty.jsonl", b"", "is empty"),
        ("binary.jsonl", b"\x7fELF\x00\x00\x01", "is not text"),
        ("wide.jsonl", "{}".encode("utf-16"), "is UTF-16"),
        ("other.jsonl", b'{"x": 1}\n{"y": 2}\n', "their keys are 'x', 'y'"),
        ("broken.jsonl.gz", b"\x1f\x8b\x08\x00broken", "cannot be read"),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_a_sentence(tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    outcome = curator(tmp_path, "audit", name)
    assert outcome.returncode == 2
    assert sentence in outcome.stderr


def test_a_directory_and_a_wrong_name_end_with_2(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "is a folder without data files" in curator(tmp_path, "audit", "folder").stderr
    (tmp_path / "a.jsonl").write_text('{"messages": []}\n')
    for wrong in (["--select", "near-dup"], ["--where", "tokns:>1"], ["--tokenizer", "nobodys"], ["--format", "chatt"]):
        command = "show" if "--where" in wrong else "audit"
        outcome = curator(tmp_path, command, "a.jsonl", *wrong)
        assert outcome.returncode == 2, (wrong, outcome.stderr)


def test_hostile_lines_reach_no_terminal_as_they_are(tmp_path):
    shutil.copy(SAMPLES / "hostile.jsonl", tmp_path)
    outcome = curator(tmp_path, "show", "hostile.jsonl", "--limit", "0", "--no-colour")
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    assert [c for c in outcome.stdout if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160] == []


def test_a_second_audit_says_that_it_reused_everything(desk, findings):
    report = json.loads(curator(desk, "audit", "desk.jsonl", "--max-tokens", "900", "--json").stdout)
    assert report["reused"] == 1.0
