"""What a command prints fits the terminal it is printed on, and what it writes goes where it was asked to."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.cli.test_the_loop import SAMPLES, curator

pytestmark = pytest.mark.usefixtures("without_meaning")


@pytest.fixture
def folder(tmp_path):
    lines = ['{"messages": [{"role": "user", "content": "Où?"}, {"role": "assistant", "content": "Là – 東京."}]}'] * 2
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
@pytest.mark.parametrize("command", [("audit", "--fail-on", "never", "--target", "openai"), ("show",)])
def test_a_terminal_that_knows_few_characters_shows_what_it_can(folder, command, encoding):
    verb, *options = command
    outcome = subprocess.run(
        [sys.executable, "-m", "curator", verb, "a.jsonl", *options],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert (b"a.jsonl  2 examples" if verb == "audit" else rb"\u6771\u4eac") in outcome.stdout


def test_examples_as_json_are_utf_8_on_every_terminal(folder):
    outcome = subprocess.run(
        [sys.executable, "-m", "curator", "show", "a.jsonl", "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert json.loads(outcome.stdout.splitlines()[0])["messages"][1]["content"] == "Là – 東京."


def test_ones_own_prices_outrank_the_table(folder):
    (folder / "curator.toml").write_text('[prices.openai]\n"gpt-4.1" = 1000\nmine = {value = 0, source = "gift"}\n')
    report = json.loads(curator(folder, "audit", "a.jsonl", "--target", "openai", "--json").stdout)
    prices = {price["model"]: price for price in report["prices"]}
    tokens = prices["gpt-4.1"]["tokens"] * prices["gpt-4.1"]["epochs"]
    assert prices["gpt-4.1"]["dollars"] == pytest.approx(tokens / 1000, abs=0.01)
    assert prices["mine"]["source"] == "gift"


def test_a_price_that_is_none_is_named_with_its_place(folder):
    (folder / "curator.toml").write_text('[prices.openai]\n"gpt-4.1" = "cheap"\n')
    outcome = curator(folder, "audit", "a.jsonl")
    assert outcome.returncode == 2
    assert "prices.openai.gpt-4.1.value = 'cheap' is not possible" in outcome.stderr


def test_a_corrected_copy_is_written_and_judged_and_the_file_stays_as_it_was(tmp_path):
    shutil.copy(SAMPLES / "messy.jsonl", tmp_path / "mine.jsonl")
    before = (tmp_path / "mine.jsonl").read_bytes()
    outcome = curator(tmp_path, "validate", "mine.jsonl", "--target", "openai", "--fix")
    assert outcome.returncode == 1, "what had to be skipped is a problem that a person must look at"
    assert "skipped: error invalid-json" in outcome.stdout
    assert "openai would accept it: 0 errors" in outcome.stderr
    assert (tmp_path / "mine.jsonl").read_bytes() == before
    assert (
        curator(tmp_path, "validate", "mine.corrected.jsonl", "--target", "openai", "--allow-secrets").returncode == 0
    )


def test_a_target_or_a_severity_that_does_not_exist_ends_with_2(folder):
    assert "no target 'opnai'" in curator(folder, "audit", "a.jsonl", "--target", "opnai").stderr
    wrong = curator(folder, "show", "a.jsonl", "--where", "check:refusal/grave")
    assert (wrong.returncode, "error, warning, info" in wrong.stderr) == (2, True)


def test_a_filter_can_ask_for_the_severity_of_one_check(tmp_path):
    blank = "Dear [Your Name], thank you for the letter that you sent us in May; we were glad to read it."
    lines = [
        {"messages": [{"role": "user", "content": "Who wrote to us?"}, {"role": "assistant", "content": blank}]},
        {"messages": [{"role": "user", "content": "Write a template."}, {"role": "assistant", "content": blank}]},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    every = curator(tmp_path, "show", "a.jsonl", "--where", "check:placeholder-text").stdout
    warned = curator(tmp_path, "show", "a.jsonl", "--where", "check:placeholder-text/warning").stdout
    assert ("a.jsonl:1" in every, "a.jsonl:2" in every) == (True, True)
    assert ("a.jsonl:1" in warned, "a.jsonl:2" in warned) == (True, False)


def test_a_file_that_is_one_object_over_many_lines_is_read(tmp_path):
    messages = [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "There."}]
    (tmp_path / "a.json").write_text(json.dumps({"messages": messages}, indent=2))
    outcome = curator(tmp_path, "audit", "a.json")
    assert outcome.returncode == 0
    assert "1 example " in outcome.stdout


def test_a_file_without_one_readable_line_gets_a_report_and_no_crash(tmp_path):
    (tmp_path / "a.jsonl").write_text("nothing\nof\nthis\nis JSON\n")
    outcome = curator(tmp_path, "audit", "a.jsonl")
    assert outcome.returncode == 1
    assert "no line of it could be read" in outcome.stdout
    assert curator(tmp_path, "decide", "a.jsonl", "--policy", "recommended").returncode == 0
