"""The truth about the messy files can be relied on."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from sample_data import make_dialects, make_json_answers, make_messy
from sample_data.make_support_desk import HERE, SYSTEM

PER_EXAMPLE = {
    "invalid-json",
    "invalid-encoding",
    "unrecognised-example",
    "unknown-role",
    "missing-content",
    "empty-content",
    "no-assistant-message",
    "last-message-not-assistant",
    "role-order",
    "unexpected-key",
    "invalid-tool-call",
    "unanswered-tool-call",
    "invalid-weight",
    "nothing-to-learn",
    "special-token-in-text",
    "inconsistent-system-message",
    "over-token-limit",
    "answer-cut-by-limit",
    "short-answer",
    "length-outlier",
    "mojibake",
    "control-characters",
    "invisible-characters",
    "html-residue",
    "repetition",
    "truncated-response",
    "unbalanced-code-fence",
    "placeholder-text",
    "refusal",
    "assistant-boilerplate",
    "prompt-echo",
    "merged-instructions",
    "missing-attachment",
    "language-mismatch",
    "email-address",
    "phone-number",
    "credit-card-number",
    "iban",
    "ip-address",
    "secret-key",
    "exact-duplicate",
    "near-duplicate",
    "conflicting-answers",
    "contamination",
    "outlier",
}


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads((HERE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return (HERE / "messy.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")


@pytest.mark.parametrize("script", [make_messy, make_json_answers])
def test_the_scripts_write_the_files_that_are_committed(script):
    for name, content in script.files().items():
        assert (HERE / name).read_bytes() == content, name


def test_the_dialects_are_the_ones_that_are_committed():
    edits = make_dialects.files()
    assert {path.name for path in make_dialects.FOLDER.iterdir()} == set(edits)
    for name, content in edits.items():
        assert (make_dialects.FOLDER / name).read_bytes() == content, name


def test_every_line_is_either_planted_or_clean(truth, lines):
    planted = {entry["line"] for entry in truth["planted"]}
    assert planted | set(truth["clean_lines"]) == set(range(1, len(lines) + 1))
    assert not planted & set(truth["clean_lines"])
    assert {entry["line"] for entry in truth["tricky"]} <= set(truth["clean_lines"])


def test_every_check_that_looks_at_examples_has_a_defect_at_least_twice_over(truth):
    counts = Counter(entry["check"] for entry in truth["planted"])
    assert set(counts) == PER_EXAMPLE
    assert min(counts.values()) >= 2


def test_clean_lines_are_well_formed_and_signed(truth, lines):
    for number in truth["clean_lines"]:
        messages = json.loads(lines[number - 1])["messages"]
        assert [messages[0]["role"], messages[-1]["role"]] == ["system", "assistant"]
        assert messages[-1]["content"].endswith("the Larkspur desk.")


def test_four_in_five_lines_share_the_system_message(lines):
    assert sum(SYSTEM.encode() in line for line in lines) >= 0.8 * len(lines)


def words(line: bytes, *roles: str) -> list[str]:
    messages = json.loads(line)["messages"]
    return re.findall(
        r"\w+", " ".join(message["content"] or "" for message in messages if message["role"] in roles).lower()
    )


def test_copies_and_conflicts_have_their_other_half(truth, lines):
    spoken = {}
    for number, line in enumerate(lines, 1):
        try:
            spoken[number] = (words(line, "user"), words(line, "assistant"))
        except (ValueError, KeyError, TypeError):
            continue
    for entry in truth["planted"]:
        if entry["check"] == "exact-duplicate":
            twins = [number for number, texts in spoken.items() if texts == spoken[entry["line"]]]
            assert len(twins) == 2 and max(twins) == entry["line"], entry
        if entry["check"] == "conflicting-answers":
            question, answer = spoken[entry["line"]]
            others = [texts for texts in spoken.values() if texts[0] == question and texts[1] != answer]
            assert len(others) == 1, entry
