"""Leaks between two files, and in a split that is there already, are found and shown."""

import json
import random

import pytest

from tests.audit.run import chat, curator, write
from tests.duplicates.material import question


@pytest.fixture
def files(tmp_path):
    generator = random.Random(3)
    train = [question(generator) for _ in range(30)]
    held = [question(generator) for _ in range(8)]
    held.append((f"Please {train[4][0]}", f"{train[4][1]} again"))
    held.append((train[9][0].upper(), "Something else altogether is said here."))
    write(tmp_path / "train.jsonl", [chat(*example) for example in train])
    write(tmp_path / "validation.jsonl", [chat(*example) for example in held])
    return tmp_path


def test_similar_examples_and_equal_prompts_are_listed_with_both_texts_and_end_with_1(files):
    outcome = curator(files, "leaks", "train.jsonl", "validation.jsonl")
    assert outcome.code == 1
    assert "2 of 10 validation examples" in outcome.out
    assert "validation.jsonl:9  and  train.jsonl:5" in outcome.out
    assert "validation.jsonl:10  and  train.jsonl:10  (the same prompt" in outcome.out
    assert "Something else altogether" in outcome.out
    assert not list(files.glob("*.curator"))


def test_an_example_that_stands_in_both_files_is_shown_once(files):
    for name in ("a.jsonl", "b.jsonl"):
        write(files / name, [chat("What is red and round?", "An apple of a sort that is ripe.")])
    outcome = curator(files, "leaks", "a.jsonl", "b.jsonl")
    assert outcome.code == 1
    assert outcome.out.count("An apple of a sort") == 1
    assert "the same text" in outcome.out


def test_the_whole_list_is_json_for_programs_and_the_threshold_can_be_chosen(files):
    found = json.loads(curator(files, "leaks", "train.jsonl", "validation.jsonl", "--json").out)
    assert [nearest["leaks"] for nearest in found["nearest"]] == [False] * 8 + [True] * 2
    strict = curator(files, "leaks", "train.jsonl", "validation.jsonl", "--json", "--threshold", "1", "--no-meaning")
    assert json.loads(strict.out)["leaking"] == 1


def test_a_split_that_does_not_leak_ends_with_0_and_files_that_cannot_be_read_with_2(files):
    assert curator(files, "split", "train.jsonl", "validation.jsonl").code == 0
    exported = curator(files, "export", "train.jsonl", "validation.jsonl", "--target", "huggingface", "--out", "out")
    assert exported.code == 0, exported.err
    assert curator(files, "leaks", "out/train.jsonl", "out/validation.jsonl").code == 0
    assert curator(files, "leaks", "train.jsonl", "nowhere.jsonl").code == 2


def test_hostile_text_in_a_leak_reaches_no_terminal(tmp_path):
    text = "Say \x1b[31mred\x07 now and tell me why in a few plain words"
    for name in ("a.jsonl", "b.jsonl"):
        write(tmp_path / name, [chat(text, "Because \x9b2J it is so, and will be so for a long time.")])
    outcome = curator(tmp_path, "leaks", "a.jsonl", "b.jsonl")
    assert outcome.code == 1
    assert not set(outcome.out) & {"\x1b", "\x07", "\x9b"}


def leaks_of(folder, *arguments):
    curator(folder, "audit", *arguments, "--quiet", "--findings", "f.jsonl", "--fail-on", "never")
    lines = (folder / "f.jsonl").read_text(encoding="utf-8").splitlines()
    return [finding for finding in map(json.loads, lines) if finding["check"] == "split-leak"]


def test_an_audit_of_files_that_are_a_split_by_name_reports_each_leak_with_its_other_half(files):
    found = leaks_of(files, "train.jsonl", "validation.jsonl")
    assert [(finding["file"], finding["line"], finding["severity"]) for finding in found] == [
        ("validation.jsonl", 9, "error"),
        ("validation.jsonl", 10, "error"),
    ]
    assert [finding["related"][0]["line"] for finding in found] == [5, 10]
    assert curator(files, "audit", "train.jsonl", "validation.jsonl", "--fail-on", "split-leak>0").code == 1


def test_an_audit_checks_the_saved_split_and_says_when_there_is_none(files):
    report = json.loads(curator(files, "audit", "train.jsonl", "--json").out)
    assert {"check": "split-leak", "reason": "nothing is split yet: `curator split` does"} in report["not_run"]
    curator(files, "split", "train.jsonl", "--validation", "0.3")
    report = json.loads(curator(files, "audit", "train.jsonl", "--json").out)
    assert "split-leak" not in [entry["check"] for entry in report["not_run"]]
    assert leaks_of(files, "train.jsonl") == []


ORIGINAL = (
    "Maria's bakery in Lisbon sells 45 almond croissants every morning for $3 each. On Sundays it sells only half of "
    "them, and gives the remaining croissants to a shelter. How much money does the bakery earn in a week?"
)
REWORDED = (
    "Work out the weekly earnings of Maria's bakery. It is in Lisbon and sells 45 almond croissants at $3 a piece each "
    "morning, but on Sundays just half of the croissants, and the rest of them goes to a shelter."
)


@pytest.fixture
def reworded(files):
    """The training set has a question of the validation set in other words."""
    for name, asked in (("train.jsonl", REWORDED), ("validation.jsonl", ORIGINAL)):
        with (files / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(chat(asked, f"That is what {name} says.")) + "\n")
    return files


def test_a_question_in_other_words_is_a_leak_and_no_meaning_says_that_it_was_not_looked_for(reworded):
    outcome = curator(reworded, "leaks", "train.jsonl", "validation.jsonl", "--json")
    found = json.loads(outcome.out)
    assert outcome.code == 1
    assert (found["leaking"], found["reworded"]) == (3, 1)
    assert found["nearest"][10]["paraphrase"]["line"] == 31
    assert "in other words (1 by meaning alone)" in found["claim"]
    shown = curator(reworded, "leaks", "train.jsonl", "validation.jsonl").out
    assert "validation.jsonl:11  and  train.jsonl:31  (the same question in other words, cosine 0." in shown
    assert REWORDED in shown
    words = curator(reworded, "leaks", "train.jsonl", "validation.jsonl", "--no-meaning")
    assert "2 of 11" in words.out and "Meaning was not compared." in words.out


def test_an_audit_of_a_split_by_name_reports_a_question_in_other_words(reworded):
    found = [finding for finding in leaks_of(reworded, "train.jsonl", "validation.jsonl") if finding["line"] == 11]
    assert [finding["related"][0]["line"] for finding in found] == [31]
    assert "It asks in other words what an example in training asks (cosine 0." in found[0]["message"]
    found = leaks_of(reworded, "train.jsonl", "validation.jsonl", "--no-meaning")
    assert [finding["line"] for finding in found] == [9, 10]


def test_a_split_keeps_a_question_and_its_other_wording_on_one_side_and_the_certificate_names_both_kinds(reworded):
    name = "both.jsonl"
    (reworded / name).write_bytes(
        (reworded / "train.jsonl").read_bytes() + (reworded / "validation.jsonl").read_bytes()
    )
    for seed in range(3):
        outcome = curator(reworded, "split", name, "--anew", "--validation", "0.4", "--seed", str(seed))
        assert outcome.code == 0, outcome.out
        assert "or with the same question in other words (0 by meaning alone)" in outcome.out
    page = (reworded / "both.jsonl.curator" / "split" / "certificate.md").read_text(encoding="utf-8")
    assert "prompts that ask the same in other words" in page
    blind = curator(reworded, "split", name, "--anew", "--no-meaning")
    assert "Meaning was not compared." in blind.out
