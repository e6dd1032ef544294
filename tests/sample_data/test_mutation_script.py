"""The script that spoils real sets does what its truth says, and the score counts what it should."""

import json
import random
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pytest
from stdnum import iban, luhn

from benchmarks.mutation import privacy
from benchmarks.mutation.mutate import MUTATIONS, mutate
from benchmarks.mutation.score import alarms, read_lines, recalls
from benchmarks.mutation.similarity import FLOOR, jaccard
from benchmarks.mutation.talks import chat, read_gsm8k
from sample_data.make_support_desk import HERE, MARKER

PER_CHECK = 3


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """The support desk as instructions, two answers in each so that they are long enough to spoil."""
    lines = (HERE / "support_desk.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    talks = [[message["content"] for message in json.loads(line)["messages"]] for line in lines if "tools" not in line]
    entries = [
        {
            "instruction": one[1],
            "input": "",
            "response": one[2].replace(MARKER, "It's the desk's answer - always. ") + two[2],
        }
        for one, two in pairwise(talks)
    ]
    path = tmp_path_factory.mktemp("mutation") / "desk.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def out(desk) -> Path:
    folder = desk.parent / "out"
    mutate(desk, "instruction", folder, PER_CHECK, seed=1)
    return folder


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().removesuffix(b"\n").split(b"\n")


def test_it_imports_nothing_of_curator():
    code = "import sys, benchmarks.mutation.mutate, benchmarks.mutation.score; print('curator' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_the_same_seed_spoils_the_same_way(desk, out):
    mutate(desk, "instruction", desk.parent / "again", PER_CHECK, seed=1)
    for path in out.iterdir():
        assert path.read_bytes() == (desk.parent / "again" / path.name).read_bytes(), path.name


def test_each_check_is_planted_as_often_as_asked_and_no_line_twice(out):
    truth = read_lines(out / "truth.jsonl")
    for check in {mutation.check for mutation in MUTATIONS}:
        assert sum(entry["check"] == check for entry in truth) == PER_CHECK, check
    assert len({entry["line"] for entry in truth}) == len(truth)


def test_lines_that_the_truth_does_not_name_are_as_they_were(out):
    clean, mutated = lines_of(out / "clean.jsonl"), lines_of(out / "mutated.jsonl")
    verbatim = ("contamination",)
    spoiled = {entry["line"] for entry in read_lines(out / "truth.jsonl") if entry["check"] not in verbatim}
    for number, line in enumerate(mutated, 1):
        if number in spoiled:
            assert number > len(clean) or line != clean[number - 1], number
        else:
            assert line == clean[number - 1], number


def test_lines_of_bad_json_and_bad_encoding_are_bad_and_the_others_are_read(out):
    bad = {"invalid-json": json.JSONDecodeError, "invalid-encoding": UnicodeDecodeError}
    lines = lines_of(out / "mutated.jsonl")
    for entry in read_lines(out / "truth.jsonl"):
        if error := bad.get(entry["check"]):
            with pytest.raises(error):
                json.loads(lines[entry["line"] - 1].decode("utf-8"))
        else:
            json.loads(lines[entry["line"] - 1])


def test_near_copies_are_as_close_as_the_truth_says(out):
    lines = lines_of(out / "mutated.jsonl")
    for entry in read_lines(out / "truth.jsonl"):
        if entry["check"] == "near-duplicate":
            here, there = (json.loads(lines[number - 1])["messages"] for number in (entry["line"], entry["or"]))
            closeness = [
                jaccard(left["content"], right["content"]) for left, right in zip(here[1:], there[1:], strict=True)
            ]
            assert FLOOR <= min(closeness) < 1
            assert f"{min(closeness):.2f}" == entry["variant"]


@pytest.mark.parametrize("seed", range(5))
def test_personal_data_is_well_formed(seed):
    rng = random.Random(seed)
    for check, variant, make in privacy.KINDS:
        value = make(rng)
        if check == "credit-card-number":
            assert luhn.is_valid(re.sub(r"\D", "", value)), variant
        if check == "iban":
            assert iban.is_valid(value), variant
        if check == "phone-number":
            assert phonenumbers.is_valid_number(phonenumbers.parse(value, "US")), (variant, value)


def test_gsm8k_becomes_natural_text(tmp_path):
    path = tmp_path / "gsm8k.jsonl"
    entry = {"question": "How many clips?", "answer": "She sold 48/2 = <<48/2=24>>24 clips.\n#### 24"}
    path.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    [talk] = read_gsm8k(path)
    assert talk.answer == "She sold 48/2 = 24 clips.\nThe answer is 24."
    assert [message["role"] for message in chat(talk)["messages"]] == ["system", "user", "assistant"]


def test_recall_counts_lines_and_a_pair_is_found_on_either_of_its_lines():
    truth = [
        {"line": 1, "check": "refusal", "variant": "a"},
        {"line": 2, "check": "refusal", "variant": "b"},
        {"line": 9, "check": "near-duplicate", "variant": "0.80", "or": 4},
    ]
    findings = [
        {"check": "refusal", "line": 1},
        {"check": "mojibake", "line": 2},
        {"check": "near-duplicate", "line": 4},
    ]
    found = recalls(truth, findings)
    assert (found["refusal"].planted, found["refusal"].found, dict(found["refusal"].missed)) == (2, 1, {"b": 1})
    assert found["near-duplicate"].found == 1


def test_alarms_count_examples_not_findings_and_leave_notes_out():
    findings = [
        {"check": "html-residue", "line": 1, "severity": "warning"},
        {"check": "html-residue", "line": 1, "severity": "warning"},
        {"check": "html-residue", "line": 2, "severity": "info"},
    ]
    assert alarms(findings) == {"html-residue": 1}
